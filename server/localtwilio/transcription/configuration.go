package transcription

import "strings"

// configuration is what was said of a Transcription, by Twilio's names.
type configuration map[string]string

// language is the language that is spoken, in BCP 47's way of writing it: en-US.
func (c configuration) language() string {
	code := c["languageCode"]
	if code == "" {
		return "en-US" // Twilio's default
	}
	tags := strings.Split(strings.ToLower(code), "-")
	for i, t := range tags {
		switch {
		case i == 0:
		case len(t) == 2: // a region
			tags[i] = strings.ToUpper(t)
		case len(t) == 4: // a script
			tags[i] = strings.ToUpper(t[:1]) + t[1:]
		}
	}
	return strings.Join(tags, "-")
}

// partial says whether results are wanted that may still change.
func (c configuration) partial() bool { return c["partialResults"] == "true" }

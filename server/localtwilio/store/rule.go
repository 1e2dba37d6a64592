package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Rule is one of a Room's RecordingRules or of a Participant's SubscribeRules: it includes or
// excludes the Tracks that all of its filters match.
type Rule struct {
	Type      string `json:"type"`                // include, exclude
	All       bool   `json:"all,omitempty"`       // every Track
	Publisher string `json:"publisher,omitempty"` // identity or Participant SID
	Track     string `json:"track,omitempty"`     // name or Track SID
	Kind      string `json:"kind,omitempty"`      // audio, video, data
	Priority  string `json:"priority,omitempty"`  // SubscribeRules only: low, standard, high
}

// UnmarshalJSON reads a rule whose "all" may be a string, "true" or "false": twilio-video.js's own
// tests send it so (test/lib/rest.js), and Twilio takes it.
func (r *Rule) UnmarshalJSON(b []byte) error {
	type plain Rule // without this method
	given := struct {
		*plain
		All json.RawMessage `json:"all"`
	}{plain: (*plain)(r)}
	if err := json.Unmarshal(b, &given); err != nil {
		return err
	}
	switch all := string(given.All); all {
	case "", "null", "false", `"false"`:
		r.All = false
	case "true", `"true"`:
		r.All = true
	default:
		return fmt.Errorf("%w: all is %.40s", errRules, all)
	}
	return nil
}

// Rules that a Room or Participant starts with.
var (
	IncludeAll = json.RawMessage(`[{"type":"include","all":true}]`)
	ExcludeAll = json.RawMessage(`[{"type":"exclude","all":true}]`)
)

// maxRules is how many rules are taken at once.
const maxRules = 100

var errRules = errors.New("rules are not valid")

// CheckRules says whether the rules may be set: each has a type and at least one filter, and "all"
// stands alone.
func CheckRules(rules []Rule) error {
	if len(rules) == 0 || len(rules) > maxRules {
		return errRules
	}
	for _, r := range rules {
		filtered := r.Publisher != "" || r.Track != "" || r.Kind != "" || r.Priority != ""
		if r.Type != "include" && r.Type != "exclude" || r.All == filtered ||
			!slices.Contains([]string{"", "audio", "video", "data"}, r.Kind) ||
			!slices.Contains([]string{"", "low", "standard", "high"}, r.Priority) {
			return errRules
		}
	}
	return nil
}

// DecodeRules takes a bare list as well as one wrapped as the REST API has it. What cannot be
// read is no rules.
func DecodeRules(b json.RawMessage) []Rule {
	var list []Rule
	if json.Unmarshal(b, &list) == nil {
		return list
	}
	var wrapped struct {
		Rules []Rule `json:"rules"`
	}
	if json.Unmarshal(b, &wrapped) != nil {
		return nil
	}
	return wrapped.Rules
}

// Includes tells whether the rules include a Track: the last match decides, and without any it
// is left out.
func Includes(rules []Rule, identity string, k Track) bool {
	on := false
	for _, r := range rules {
		if r.matches(identity, k) {
			on = r.Type == "include"
		}
	}
	return on
}

func (r Rule) matches(identity string, k Track) bool {
	if r.All {
		return true
	}
	if r.Publisher == "" && r.Track == "" && r.Kind == "" && r.Priority == "" {
		return false
	}
	return (r.Publisher == "" || r.Publisher == identity || r.Publisher == k.ParticipantSID) &&
		(r.Track == "" || r.Track == k.Name || r.Track == k.SID) &&
		(r.Kind == "" || r.Kind == k.Kind) &&
		(r.Priority == "" || r.Priority == k.Priority)
}

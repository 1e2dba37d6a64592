package twiliospec

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"

	"escalate/server/sids"
)

// ranges are the limits that the documents state in prose only, inclusive.
// Each name means the same wherever it is used in what we call.
var ranges = map[string][2]int{
	"EmptyRoomTimeout":       {1, 60},         // minutes; Video, Rooms
	"UnusedRoomTimeout":      {1, 60},         // minutes; Video, Rooms
	"MaxParticipants":        {1, 50},         // Video, Rooms
	"MaxParticipantDuration": {600, 86_400},   // seconds; Video, Rooms, error 53123
	"Ttl":                    {0, 31_536_000}, // seconds; Sync, error 54011
}

// jsonText are the form fields whose value is JSON.
var jsonText = map[string]bool{"Data": true, "Attributes": true, "RecordingRules": true, "Rules": true}

// uniqueName is what a Sync name may be: error 54302 states 1 to 256
// characters, and nothing that looks like a SID.
var (
	uniqueName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,256}$`)
)

// maxData is the largest Data of a Sync Document, in bytes (error 54006).
const maxData = 16 << 10

// maxAttributes is the most that the attributes of a Task may be, in characters
// (TaskRouter's page of limits); those of a Conversation's Message may be 4 KB.
const maxAttributes = 4096

// maxBody is the longest Body of a Conversation Message, in characters.
const maxBody = 1600

// prose returns what is wrong with the value of a form field by the rules that
// the documents state only in words, or "".
func prose(name, value string) string {
	if r, ok := ranges[name]; ok {
		if n, err := strconv.Atoi(value); err != nil || n < r[0] || n > r[1] {
			return fmt.Sprintf("is not in %d to %d", r[0], r[1])
		}
	}
	if jsonText[name] && !json.Valid([]byte(value)) {
		return "is not JSON"
	}
	switch {
	case name == "Data" && len(value) > maxData:
		return "is over 16 KiB"
	case name == "Attributes" && len([]rune(value)) > maxAttributes:
		return "is over 4,096 characters"
	case name == "Body" && len([]rune(value)) > maxBody:
		return "is over 1,600 characters"
	case name == "UniqueName" && (!uniqueName.MatchString(value) || sids.Looks(value)):
		return "is not a unique name"
	}
	return ""
}

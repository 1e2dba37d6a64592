package rsp

import (
	"encoding/json"

	"escalate/server/localtwilio/store"
)

// recordingRule is one rule of a Room's RecordingRules. A rule without any of
// its filters matches nothing.
type recordingRule struct {
	Type      string `json:"type"` // include, exclude
	All       bool   `json:"all"`
	Publisher string `json:"publisher"` // identity or Participant SID
	Track     string `json:"track"`     // name or Track SID
	Kind      string `json:"kind"`
}

func (r recordingRule) matches(x *session, t *track) bool {
	if r.All {
		return true
	}
	if r.Publisher == "" && r.Track == "" && r.Kind == "" {
		return false
	}
	return (r.Publisher == "" || r.Publisher == x.identity || r.Publisher == x.sid) &&
		(r.Track == "" || r.Track == t.Name || r.Track == t.sid) &&
		(r.Kind == "" || r.Kind == t.Kind)
}

// recordingRules reads a Room's rules. Without any, the Room's option of the
// same purpose decides. Rules that cannot be read count as none.
func recordingRules(r store.Room) []recordingRule {
	if rules := decodeRules(r.RecordingRules); len(rules) > 0 {
		return rules
	}
	if r.RecordParticipantsOnConnect {
		return []recordingRule{{Type: "include", All: true}}
	}
	return nil
}

// decodeRules takes a bare list as well as one wrapped as the REST API has it.
func decodeRules(b json.RawMessage) []recordingRule {
	var list []recordingRule
	if json.Unmarshal(b, &list) == nil {
		return list
	}
	var wrapped struct {
		Rules []recordingRule `json:"rules"`
	}
	if json.Unmarshal(b, &wrapped) != nil {
		return nil
	}
	return wrapped.Rules
}

// records tells whether the rules include a Track: the last match decides.
func records(rules []recordingRule, x *session, t *track) bool {
	on := false
	for _, r := range rules {
		if r.matches(x, t) {
			on = r.Type == "include"
		}
	}
	return on
}

// recordsAny tells whether anything that is published now is recorded. Twilio
// reports a recording only then (twilio-video.js, test/integration/spec/room.js).
func recordsAny(rules []recordingRule, members []*session) bool {
	if len(rules) == 0 {
		return false
	}
	for _, x := range members {
		for _, t := range x.tracks {
			if t.code == 0 && t.Kind != "data" && records(rules, x, t) {
				return true
			}
		}
	}
	return false
}

// checkRecording tells everybody when the recording starts or stops.
func (r *room) checkRecording() {
	on := recordsAny(recordingRules(r.info), r.members)
	if on == r.recording.IsRecording {
		return
	}
	r.recording = recordingState{IsRecording: on, Revision: r.recording.Revision + 1}
	now := r.recording
	for _, x := range r.members {
		x.out.send(news{head: headOf("update"), Recording: &now})
	}
}

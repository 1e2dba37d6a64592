package rsp

import (
	"encoding/json"

	"escalate/server/localtwilio/recording"
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

// recorded lists what the rules include of what is published now. Twilio reports a
// recording only when there is any (twilio-video.js, test/integration/spec/room.js).
func recorded(rules []recordingRule, members []*session) (list []recording.Source) {
	if len(rules) == 0 {
		return nil
	}
	for _, x := range members {
		for _, t := range x.tracks {
			if t.code == 0 && t.Kind != "data" && records(rules, x, t) {
				list = append(list, recording.Source{TrackSID: t.sid, ParticipantSID: x.sid, Name: t.Name})
			}
		}
	}
	return list
}

// recorder answers who writes a Room's Tracks to files: nobody where media does not pass
// through here, as in Rooms of type peer-to-peer.
func (s *Server) recorder(r *room) *recording.Room {
	media, ok := r.media.(recording.Media)
	if !ok || s.cfg.Recordings == nil {
		return nil
	}
	return s.cfg.Recordings.Room(r.sid, media)
}

// checkRecording records what the rules include by now, and tells everybody when the
// recording starts or stops.
func (r *room) checkRecording() {
	list := recorded(recordingRules(r.info), r.members)
	if r.recorder != nil {
		r.recorder.Set(list)
	}
	on := len(list) > 0
	if on == r.recording.IsRecording {
		return
	}
	r.recording = recordingState{IsRecording: on, Revision: r.recording.Revision + 1}
	now := r.recording
	for _, x := range r.members {
		x.out.send(news{head: headOf("update"), Recording: &now})
	}
}

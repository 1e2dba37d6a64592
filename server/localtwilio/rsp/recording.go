package rsp

import (
	"escalate/server/localtwilio/recording"
	"escalate/server/localtwilio/store"
)

// recorded lists what the rules include of what is published now. Twilio reports a
// recording only when there is any (twilio-video.js, test/integration/spec/room.js).
func recorded(rules []store.Rule, members []*session) (list []recording.Source) {
	for _, x := range members {
		for _, t := range x.tracks.list {
			if t.code == 0 && t.Kind != "data" && store.Includes(rules, x.identity, x.stored(t)) {
				list = append(list, recording.Source{TrackSID: t.sid, ParticipantSID: x.sid, Name: t.Name})
			}
		}
	}
	return list
}

// checkRecording records what the rules include by now, and tells everybody when the
// recording starts or stops.
func (r *room) checkRecording() {
	list := recorded(store.DecodeRules(r.info.Rules()), r.members)
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

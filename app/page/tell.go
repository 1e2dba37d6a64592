package page

import (
	"slices"

	"escalate/app/call"
	"escalate/app/video"
)

// slot is a place on the stage. A place is never given to another Participant
// and never closed during a call: go-app matches elements by position, and a
// <video> that changed hands would show the wrong person for a moment.
type slot struct {
	sid, identity string
	gone          bool
}

// place gives newcomers a slot and marks who has gone.
func (s *session) place() {
	for i := range s.slots {
		_, here := s.state.Participant(s.slots[i].sid)
		s.slots[i].gone = !here
	}
	for _, p := range s.state.Participants {
		if !slices.ContainsFunc(s.slots, func(sl slot) bool { return sl.sid == p.SID }) {
			s.slots = append(s.slots, slot{sid: p.SID, identity: p.Identity})
		}
	}
}

// tell says what an event means to someone who cannot see it.
func (s *session) tell(before call.State, ev video.Event) {
	switch e := ev.(type) {
	case video.ParticipantConnected:
		s.say(fill(s.w.DidJoin, s.nameOf(e.Participant.Identity)))
	case video.ParticipantDisconnected:
		if p, ok := before.Participant(e.SID); ok {
			s.say(fill(s.w.DidLeave, s.nameOf(p.Identity)))
		}
	case video.TrackSubscribed:
		if p, ok := s.state.Participant(e.ParticipantSID); ok && e.Track.Kind == video.Screen {
			s.say(fill(s.w.Sharing, s.nameOf(p.Identity)))
		}
	case video.TrackUnsubscribed:
		if p, ok := before.Participant(e.ParticipantSID); ok {
			for _, t := range p.Tracks {
				if t.SID == e.TrackSID && t.Kind == video.Screen {
					s.say(fill(s.w.SharingOver, s.nameOf(p.Identity)))
				}
			}
		}
	case video.ScreenEnded:
		s.say(s.w.ScreenStopped)
	case video.ParticipantReconnecting:
		if p, ok := s.state.Participant(e.SID); ok {
			s.say(s.nameOf(p.Identity) + ": " + s.w.OtherReconnecting)
		}
	case video.ParticipantReconnected:
		if p, ok := before.Participant(e.SID); ok && p.Reconnecting {
			s.say(fill(s.w.DidResume, s.nameOf(p.Identity)))
		}
	case video.Reconnecting:
		s.say(s.w.Reconnecting)
	case video.Reconnected:
		s.say(s.w.Back)
	case video.RecordingChanged:
		if e.On {
			s.say(s.w.RecordOn)
		} else {
			s.say(s.w.RecordOff)
		}
	}
}

// say makes a screen reader say it.
func (s *session) say(text string) {
	if text == s.live {
		text += "\u00a0" // an unchanged text would not be said again
	}
	s.live = text
}

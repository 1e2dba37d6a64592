package page

import (
	"slices"

	"escalate/app/call"
	"escalate/app/video"
	"escalate/app/words"
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
		s.say(words.DidJoin.With(s.lang, s.nameOf(e.Participant.Identity)))
	case video.ParticipantDisconnected:
		if p, ok := before.Participant(e.SID); ok {
			s.say(words.DidLeave.With(s.lang, s.nameOf(p.Identity)))
		}
	case video.TrackSubscribed:
		if p, ok := s.state.Participant(e.ParticipantSID); ok && e.Track.Kind == video.Screen {
			s.say(words.Sharing.With(s.lang, s.nameOf(p.Identity)))
		}
	case video.TrackUnsubscribed:
		if p, ok := before.Participant(e.ParticipantSID); ok {
			for _, t := range p.Tracks {
				if t.SID == e.TrackSID && t.Kind == video.Screen {
					s.say(words.SharingOver.With(s.lang, s.nameOf(p.Identity)))
				}
			}
		}
	case video.ScreenEnded:
		s.say(words.ScreenStopped.In(s.lang))
	case video.ParticipantReconnecting:
		if p, ok := s.state.Participant(e.SID); ok {
			s.say(s.nameOf(p.Identity) + ": " + words.OtherReconnecting.In(s.lang))
		}
	case video.ParticipantReconnected:
		if p, ok := before.Participant(e.SID); ok && p.Reconnecting {
			s.say(words.DidResume.With(s.lang, s.nameOf(p.Identity)))
		}
	case video.Reconnecting:
		s.say(words.Reconnecting.In(s.lang))
	case video.Reconnected:
		s.say(words.Back.In(s.lang))
	case video.RecordingChanged:
		if e.On {
			s.say(words.RecordOn.In(s.lang))
		} else {
			s.say(words.RecordOff.In(s.lang))
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

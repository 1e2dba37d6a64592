package stage

import (
	"escalate/app/call"
	"escalate/app/video"
	"escalate/app/words"
)

// sayEvent says what an event means to someone who cannot see it.
func (s *Stage) sayEvent(before call.State, ev video.Event) {
	switch e := ev.(type) {
	case video.ParticipantConnected:
		s.screen.Say(words.DidJoin.With(s.screen.Lang, s.NameOf(e.Participant.Identity)))
	case video.ParticipantDisconnected:
		if p, ok := before.Participant(e.SID); ok {
			s.screen.Say(words.DidLeave.With(s.screen.Lang, s.NameOf(p.Identity)))
		}
	case video.TrackSubscribed:
		if p, ok := s.Call.State.Participant(e.ParticipantSID); ok && e.Track.Kind == video.Screen {
			s.screen.Say(words.Sharing.With(s.screen.Lang, s.NameOf(p.Identity)))
		}
	case video.TrackUnsubscribed:
		if p, ok := before.Participant(e.ParticipantSID); ok {
			for _, t := range p.Tracks {
				if t.SID == e.TrackSID && t.Kind == video.Screen {
					s.screen.Say(words.SharingOver.With(s.screen.Lang, s.NameOf(p.Identity)))
				}
			}
		}
	case video.ScreenEnded:
		s.screen.Say(words.ScreenStopped.In(s.screen.Lang))
	case video.ParticipantReconnecting:
		if p, ok := s.Call.State.Participant(e.SID); ok {
			s.screen.Say(s.NameOf(p.Identity) + ": " + words.OtherReconnecting.In(s.screen.Lang))
		}
	case video.ParticipantReconnected:
		if p, ok := before.Participant(e.SID); ok && p.Reconnecting {
			s.screen.Say(words.DidResume.With(s.screen.Lang, s.NameOf(p.Identity)))
		}
	case video.Reconnecting:
		s.screen.Say(words.Reconnecting.In(s.screen.Lang))
	case video.Reconnected:
		s.screen.Say(words.Back.In(s.screen.Lang))
	case video.RecordingChanged:
		if e.On {
			s.screen.Say(words.RecordOn.In(s.screen.Lang))
		} else {
			s.screen.Say(words.RecordOff.In(s.screen.Lang))
		}
	}
}

package call

import (
	"maps"
	"slices"

	"escalate/app/video"
)

// Apply is the State after an event. It copies what it changes, so that
// earlier States stay valid. Events that fit nothing known change nothing.
func (s State) Apply(ev video.Event) State {
	switch e := ev.(type) {
	case video.ParticipantConnected:
		return s.withParticipant(e.Participant)
	case video.ParticipantDisconnected:
		return s.without(e.SID)
	case video.ParticipantReconnecting:
		return s.change(e.SID, func(p *video.Participant) { p.Reconnecting = true })
	case video.ParticipantReconnected:
		return s.change(e.SID, func(p *video.Participant) { p.Reconnecting = false })

	case video.TrackPublished:
		return s.change(e.ParticipantSID, func(p *video.Participant) { *p = withTrack(*p, e.Track) })
	case video.TrackUnpublished:
		return s.change(e.ParticipantSID, func(p *video.Participant) { *p = withoutTrack(*p, e.TrackSID) })
	case video.TrackSubscribed:
		t := e.Track
		t.Subscribed = true
		return s.change(e.ParticipantSID, func(p *video.Participant) { *p = withTrack(*p, t) })
	case video.TrackUnsubscribed:
		return s.track(e.ParticipantSID, e.TrackSID, func(t *video.Track) { t.Subscribed = false })
	case video.TrackEnabled:
		return s.track(e.ParticipantSID, e.TrackSID, func(t *video.Track) { t.Enabled = true })
	case video.TrackDisabled:
		return s.track(e.ParticipantSID, e.TrackSID, func(t *video.Track) { t.Enabled = false })
	case video.TrackSwitchedOff:
		return s.track(e.ParticipantSID, e.TrackSID, func(t *video.Track) { t.SwitchedOff = true })
	case video.TrackSwitchedOn:
		return s.track(e.ParticipantSID, e.TrackSID, func(t *video.Track) { t.SwitchedOff = false })

	case video.LocalTrackPublished:
		s.Local = withTrack(s.Local, e.Track)
		return s.interrupted(e.Track.Kind, false)
	case video.LocalTrackUnpublished:
		s.Local = withoutTrack(s.Local, e.TrackSID)
		return s
	case video.LocalTrackStopped:
		return s.interrupted(e.Kind, true)
	case video.LocalTrackResumed:
		return s.interrupted(e.Kind, false)
	case video.ScreenEnded:
		s.Local.Tracks = slices.DeleteFunc(slices.Clone(s.Local.Tracks), isScreen)
		return s

	case video.DominantSpeaker:
		s.Dominant = e.SID
		return s
	case video.NetworkQuality:
		return s.quality(e.SID, e.Level).direction(e)
	case video.RecordingChanged:
		s.Recording = e.On
		return s
	case video.PlaybackBlocked:
		s.PlaybackBlocked = true
		return s
	case video.PlaybackResumed:
		s.PlaybackBlocked = false
		return s

	case video.Reconnecting:
		if s.Phase == InCall {
			s.Phase = Reconnecting
			s.Reconnects++
			s.Error = e.Err
		}
		return s
	case video.Reconnected:
		if s.Phase == Reconnecting {
			s.Phase = InCall
			s.Error = nil
		}
		return s
	case video.Disconnected:
		return s.ended(e.Err)
	}
	return s
}

// ended keeps what a farewell page may tell (quality, reconnects, recording)
// and forgets who was there.
func (s State) ended(err *video.Error) State {
	if s.Phase == Left || s.Phase == Failed {
		return s
	}
	s.Phase = Left
	s.Error = err
	s.Participants = nil
	s.Local.Tracks = nil
	s.Dominant = ""
	s.PlaybackBlocked = false
	s.Interrupted = nil
	s.loud, s.causes, s.measured, s.paused, s.still = nil, nil, CauseUnknown, nil, 0
	return s
}

func (s State) withParticipant(p video.Participant) State {
	p = clone(p)
	i := s.index(p.SID)
	s.Participants = slices.Clone(s.Participants)
	if i < 0 {
		s.Participants = append(s.Participants, p)
	} else {
		s.Participants[i] = p
	}
	return s
}

func (s State) without(sid string) State {
	i := s.index(sid)
	if i < 0 {
		return s
	}
	s.Participants = slices.Delete(slices.Clone(s.Participants), i, i+1)
	if s.Dominant == sid {
		s.Dominant = ""
	}
	s = s.PausedBy(sid, false)
	if _, ok := s.Quality[sid]; ok {
		s.Quality = maps.Clone(s.Quality)
		delete(s.Quality, sid)
	}
	return s
}

func (s State) index(sid string) int {
	return slices.IndexFunc(s.Participants, func(p video.Participant) bool { return p.SID == sid })
}

// change applies f to a copy of the Participant, the local one included.
func (s State) change(sid string, f func(*video.Participant)) State {
	if sid != "" && sid == s.Local.SID {
		s.Local = clone(s.Local)
		f(&s.Local)
		return s
	}
	i := s.index(sid)
	if i < 0 {
		return s
	}
	s.Participants = slices.Clone(s.Participants)
	p := clone(s.Participants[i])
	f(&p)
	s.Participants[i] = p
	return s
}

// track applies f to a copy of one Track.
func (s State) track(participantSID, trackSID string, f func(*video.Track)) State {
	return s.change(participantSID, func(p *video.Participant) {
		for i := range p.Tracks {
			if p.Tracks[i].SID == trackSID {
				f(&p.Tracks[i])
			}
		}
	})
}

func (s State) quality(sid string, level int) State {
	s.Quality = maps.Clone(s.Quality)
	if s.Quality == nil {
		s.Quality = map[string]int{}
	}
	s.Quality[sid] = level
	if sid == s.Local.SID && sid != "" && (s.WorstQuality < 0 || level < s.WorstQuality) {
		s.WorstQuality = level
	}
	return s
}

func (s State) interrupted(k video.Kind, on bool) State {
	if s.Interrupted[k] == on {
		return s
	}
	s.Interrupted = maps.Clone(s.Interrupted)
	if s.Interrupted == nil {
		s.Interrupted = map[video.Kind]bool{}
	}
	if on {
		s.Interrupted[k] = true
	} else {
		delete(s.Interrupted, k)
	}
	return s
}

func clone(p video.Participant) video.Participant {
	p.Tracks = slices.Clone(p.Tracks)
	return p
}

// withTrack adds t, or replaces the Track with its SID in place. What is
// subscribed stays so: "published" may be told after "subscribed".
func withTrack(p video.Participant, t video.Track) video.Participant {
	p = clone(p)
	for i, old := range p.Tracks {
		if old.SID == t.SID {
			t.Subscribed = t.Subscribed || old.Subscribed
			p.Tracks[i] = t
			return p
		}
	}
	p.Tracks = append(p.Tracks, t)
	return p
}

func withoutTrack(p video.Participant, sid string) video.Participant {
	p = clone(p)
	p.Tracks = slices.DeleteFunc(p.Tracks, func(t video.Track) bool { return t.SID == sid })
	return p
}

func isScreen(t video.Track) bool { return t.Kind == video.Screen }

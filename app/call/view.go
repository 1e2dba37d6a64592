package call

import "escalate/app/video"

// Remote is the Participant to show large: whoever has been there longest. ok
// is false while nobody else is there.
func (s State) Remote() (p video.Participant, ok bool) {
	if len(s.Participants) == 0 {
		return video.Participant{}, false
	}
	return s.Participants[0], true
}

// Participant finds someone by SID, the local Participant included.
func (s State) Participant(sid string) (p video.Participant, ok bool) {
	if sid != "" && sid == s.Local.SID {
		return s.Local, true
	}
	if i := s.index(sid); i >= 0 {
		return s.Participants[i], true
	}
	return video.Participant{}, false
}

// Find is the first Track of a kind that p publishes, whether it can be drawn
// or not.
func Find(p video.Participant, k video.Kind) (t video.Track, ok bool) {
	for _, t := range p.Tracks {
		if t.Kind == k {
			return t, true
		}
	}
	return video.Track{}, false
}

// Camera is p's camera if its picture can be drawn now: subscribed, enabled
// and not switched off.
func Camera(p video.Participant) (t video.Track, ok bool) {
	t, ok = Find(p, video.Video)
	return t, ok && t.Subscribed && t.Enabled && !t.SwitchedOff
}

// Microphone is p's microphone if it can be heard now.
func Microphone(p video.Participant) (t video.Track, ok bool) {
	t, ok = Find(p, video.Audio)
	return t, ok && t.Subscribed && t.Enabled
}

// ScreenTrack is the screen that one of the others shares and that can be
// drawn, with who shares it. The one who came last wins, should there be two.
func (s State) ScreenTrack() (t video.Track, p video.Participant, ok bool) {
	for i := len(s.Participants) - 1; i >= 0; i-- {
		if t, ok := Find(s.Participants[i], video.Screen); ok && t.Subscribed && t.Enabled {
			return t, s.Participants[i], true
		}
	}
	return video.Track{}, video.Participant{}, false
}

// ScreenOn says whether we share our screen.
func (s State) ScreenOn() bool {
	_, ok := Find(s.Local, video.Screen)
	return ok
}

// MicrophoneOn says whether the others can hear us.
func (s State) MicrophoneOn() bool {
	t, ok := Find(s.Local, video.Audio)
	return ok && t.Enabled && !s.Interrupted[video.Audio]
}

// CameraOn says whether the others can see us.
func (s State) CameraOn() bool {
	t, ok := Find(s.Local, video.Video)
	return ok && t.Enabled && !s.Interrupted[video.Video]
}

// QualityOf is a Participant's network level, -1 when not known.
func (s State) QualityOf(sid string) int {
	if l, ok := s.Quality[sid]; ok {
		return l
	}
	return -1
}

// QualityWords is the key of the words for a network level: "broken" (0),
// "bad" (1), "weak" (2), "fair" (3), "good" (4, 5), or "" when not known.
func QualityWords(level int) string {
	switch {
	case level < 0 || level > 5:
		return ""
	case level >= 4:
		return "good"
	}
	return [...]string{"broken", "bad", "weak", "fair"}[level]
}

package page

import (
	"time"

	"escalate/app/call"
	"escalate/app/video"
	"escalate/app/words"
)

// justShared is how young a share of ours must be for a share of theirs to
// have been begun at the same time.
const justShared = 3 * time.Second

// noticeFor is how long a notice stays: long enough to read it twice, short
// enough not to hide a face for the rest of the call.
const noticeFor = 12 * time.Second

// tellNotice shows and says what the page did by itself.
func (s *session) tellNotice(text words.Sentence) {
	s.notice = text
	s.say(text.String())
	s.later(noticeFor, func() {
		if s.notice == text {
			s.notice = words.Sentence{}
		}
	})
}

// react does what an event asks for, beyond showing it.
func (s *session) react(before call.State, ev video.Event) {
	switch e := ev.(type) {
	case video.DataReceived:
		s.heardNote(e)
	case video.LocalTrackStopped:
		s.lost(e.Kind)
	case video.ParticipantConnected:
		if s.interrupted() {
			s.tellPaused() // they could not hear it before
		}
	case video.TrackSubscribed:
		if e.Track.Kind == video.Screen {
			s.theirShareAt = time.Now()
			s.yield(e.ParticipantSID, time.Since(s.sharedAt) < justShared)
		}
	case video.LocalTrackPublished:
		if e.Track.Kind == video.Screen {
			s.sharedAt = time.Now()
			// Ours is the newer one and stays, unless both began at once.
			if _, p, ok := s.state.ScreenTrack(); ok && time.Since(s.theirShareAt) < justShared {
				s.yield(p.SID, true)
			}
		}
	}
	was := before.Interrupted[video.Audio] || before.Interrupted[video.Video]
	if was != s.interrupted() && s.inRoom() {
		s.tellPaused()
	}
}

// yield ends our screen share because somebody else has begun one: the newer
// one is shown. If both began at once, exactly one side gives way.
func (s *session) yield(sid string, together bool) {
	p, ok := s.state.Participant(sid)
	if !ok || !s.state.ScreenOn() || together && s.identity < p.Identity {
		return
	}
	s.room.StopScreen()
	s.tellNotice(words.ShareReplaced.About(s.lang, s.nameOf(p.Identity)))
}

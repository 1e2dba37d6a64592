package stage

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/device"
	"escalate/app/video"
	"escalate/app/words"
)

// justShared is how young a share of ours must be for a share of theirs to
// have been begun at the same time.
const justShared = 3 * time.Second

// share is our shared screen, and who gives way where two are shared.
type share struct {
	stage *Stage
	busy  bool // it is being begun
	// since and theirSince are when the newest shares began.
	since, theirSince time.Time
}

// ToggleShare starts or stops the screen share.
func (s *Stage) ToggleShare() {
	room := s.Call.Room()
	if room == nil {
		return
	}
	if s.Call.State.ScreenOn() {
		room.StopScreen()
		return
	}
	if s.share.busy {
		return
	}
	s.share.busy = true
	s.screen.Act(room.ShareScreen, func(err error) {
		s.share.busy = false
		if err == nil {
			s.screen.Trouble = ""
			s.screen.Say(words.SelfSharing.In(s.screen.Lang))
			return
		}
		switch e := device.AsError(err); e.Reason {
		case video.MediaDenied, video.MediaDismissed:
			// The person changed their mind in the browser's own dialog: no news to them.
		default:
			s.screen.Complain(words.Media(e).In(s.screen.Lang))
		}
	})
}

func (s *Stage) onShare(app.Context, app.Event) { s.ToggleShare() }

// theirs is told that another has begun to share.
func (h *share) theirs(participantSID string) {
	h.theirSince = h.stage.Now()
	h.yield(participantSID, h.theirSince.Sub(h.since) < justShared)
}

// ours is told that we have begun to share.
func (h *share) ours() {
	h.since = h.stage.Now()
	// Ours is the newer one and stays, unless both began at once.
	if _, p, ok := h.stage.Call.State.ScreenTrack(); ok && h.since.Sub(h.theirSince) < justShared {
		h.yield(p.SID, true)
	}
}

// yield ends our screen share because somebody else has begun one: the newer
// one is shown. If both began at once, exactly one side gives way.
func (h *share) yield(sid string, together bool) {
	c := h.stage.Call
	p, ok := c.State.Participant(sid)
	if !ok || !c.State.ScreenOn() || together && c.Identity < p.Identity {
		return
	}
	c.room.StopScreen()
	h.stage.screen.Tell(words.ShareReplaced.About(h.stage.screen.Lang, h.stage.NameOf(p.Identity)))
}

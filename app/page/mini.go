package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/words"
)

// toggleMini puts the call into a small window that stays on top, or back.
func (s *session) toggleMini() {
	if s.mini != nil {
		s.mini()
		return
	}
	videos := s.miniVideos()
	buttons := []string{MuteButton, CameraButton, LeaveButton}
	ctx := s.ctx
	async(s, func(c context.Context) (func(), error) {
		return s.deps.Host.Mini(c, s.miniTitle(), videos, buttons, func() {
			ctx.Dispatch(func(app.Context) { s.mini = nil })
		})
	}, func(stop func(), err error) {
		switch {
		case err != nil:
			s.tellNotice(words.NoMini.Plain(s.lang))
		case s.room == nil:
			stop()
		default:
			s.mini = stop
		}
	})
}

// miniVideos are the ids of what to show small: the shared screen or the other
// one's camera first, then ourselves.
func (s *session) miniVideos() []string {
	var ids []string
	if _, p, ok := s.state.ScreenTrack(); ok {
		ids = append(ids, RemoteScreen(p.SID))
	}
	for _, p := range s.state.Participants {
		if _, on := call.Camera(p); on {
			ids = append(ids, RemoteVideo(p.SID))
		}
	}
	return append(ids, SelfVideo)
}

func (s *session) miniTitle() string {
	if p, ok := s.state.Remote(); ok {
		return s.nameOf(p.Identity)
	}
	return words.You.In(s.lang)
}

func (s *session) onMini(app.Context, app.Event) { s.toggleMini() }

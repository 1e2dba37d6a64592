package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// toggleBlur blurs what is behind us, or ends that.
func (s *session) toggleBlur() {
	c, on := s.capture, !s.blur
	if c == nil || s.blurring {
		return
	}
	s.blurring = true
	s.intent.wantBlur(on)
	act(s, func(ctx context.Context) error { return c.Blur(ctx, on) }, func(err error) {
		s.blurring = false
		if err != nil {
			s.intent.wantBlur(s.blur)
			s.support.Blur = false // it will not work at the second click either
			s.tellNotice(words.NoBlur.Plain(s.lang))
			return
		}
		s.blur = on
		s.say(ui.Pick(on, words.BlurOn.In(s.lang), words.BlurOff.In(s.lang)))
		s.changed()
	})
}

func (s *session) onBlur(app.Context, app.Event) { s.toggleBlur() }

// blurButton is there before the call and in it: who wants a blurred background
// wants it before anybody sees the other one.
func (s *session) blurButton() app.UI {
	none := !s.support.Blur || s.capture == nil || !s.capture.Has(video.Video) && !s.blur
	return ui.Hide(ui.Button(BlurButton, "button-quiet", ui.IconBlur, words.Blur.In(s.lang), s.onBlur), none).
		Aria("pressed", ui.OnOff(s.blur)).Aria("busy", ui.OnOff(s.blurring))
}

package device

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// blur is whether what is behind us is blurred.
type blur struct {
	on      bool
	loading bool
}

// Blurred says whether what is behind us is blurred.
func (k *Kit) Blurred() bool { return k.blur.on }

// ToggleBlur blurs what is behind us, or ends that.
func (k *Kit) ToggleBlur() {
	c, on := k.capture, !k.blur.on
	if c == nil || k.blur.loading {
		return
	}
	k.blur.loading = true
	k.Intent.WantBlur(on)
	k.screen.Act(func(ctx context.Context) error { return c.Blur(ctx, on) }, func(err error) {
		k.blur.loading = false
		if err != nil {
			k.Intent.WantBlur(k.blur.on)
			k.Support.Blur = false // it will not work at the second click either
			k.screen.Tell(words.NoBlur.Plain(k.screen.Lang))
			return
		}
		k.blur.on = on
		k.screen.Say(ui.Pick(on, &words.BlurOn, &words.BlurOff).In(k.screen.Lang))
		k.screen.Changed()
	})
}

// BlurButton is there before the call and in it: who wants a blurred background
// wants it before anybody sees the other one.
func (k *Kit) BlurButton() app.UI {
	none := !k.Support.Blur || k.capture == nil || !k.capture.Has(video.Video) && !k.blur.on
	toggle := func(app.Context, app.Event) { k.ToggleBlur() }
	return ui.Hide(ui.Button(BlurButton, "button-quiet", ui.IconBlur, words.Blur.In(k.screen.Lang), toggle), none).
		Aria("pressed", ui.OnOff(k.blur.on)).Aria("busy", ui.OnOff(k.blur.loading))
}

package device

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/words"
)

// chime is the test sound of the speaker.
type chime struct {
	playing bool
	said    string // about it
}

// Chime plays a sound through the chosen speaker.
func (k *Kit) Chime() {
	if k.chime.playing {
		return
	}
	k.chime = chime{playing: true, said: words.ChimePlaying.In(k.screen.Lang)}
	speaker := k.Choices.Device(AudioOutput)
	k.screen.Act(func(ctx context.Context) error { return k.host.Chime(ctx, speaker) }, func(err error) {
		k.chime.playing = false
		if err != nil {
			k.chime.said = words.ChimeFailed.In(k.screen.Lang)
		}
	})
}

// chimeTest is the button for it.
func (k *Kit) chimeTest() app.UI {
	play := func(app.Context, app.Event) { k.Chime() }
	return app.Div().Class("chime").Body(
		ui.Button(ChimeButton, "button-quiet", ui.IconSound, words.ChimeButton.In(k.screen.Lang), play).Aria("busy", ui.OnOff(k.chime.playing)),
		ui.Hide(app.Span().ID(ChimeNote).Class("fine").Role("status"), k.chime.said == "").Text(k.chime.said),
	)
}

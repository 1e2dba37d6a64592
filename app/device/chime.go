package device

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/words"
)

// Chime is the test sound of the speaker.
type Chime struct {
	screen  *ui.Screen
	host    Host
	choices *Choices

	playing bool
	said    string // about it
}

// Play plays it through the chosen speaker.
func (c *Chime) Play() {
	if c.playing {
		return
	}
	c.playing, c.said = true, words.ChimePlaying.In(c.screen.Lang)
	speaker := c.choices.Device(AudioOutput)
	c.screen.Act(func(ctx context.Context) error { return c.host.Chime(ctx, speaker) }, func(err error) {
		c.playing = false
		if err != nil {
			c.said = words.ChimeFailed.In(c.screen.Lang)
		}
	})
}

// button plays it.
func (c *Chime) button() app.UI {
	play := func(app.Context, app.Event) { c.Play() }
	return app.Div().Class("chime").Body(
		ui.Button(ChimeButton, "button-quiet", ui.IconSound, words.ChimeButton.In(c.screen.Lang), play).Aria("busy", ui.OnOff(c.playing)),
		ui.Hide(app.Span().ID(ChimeNote).Class("fine").Role("status"), c.said == "").Text(c.said),
	)
}

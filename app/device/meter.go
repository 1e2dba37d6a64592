package device

import (
	"math"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
)

// meterBars is how many bars the microphone meter has.
const meterBars = 10

// meterEvery is how often the meter looks: slower than ten times a second
// looks broken, faster costs battery on a phone.
const meterEvery = 100 * time.Millisecond

// meter shows how loud the microphone is. It is a component of its own so that
// ten updates a second redraw these bars and not the page.
type meter struct {
	app.Compo
	Source video.Capture
	Label  string

	bars int
}

// OnMount starts looking; it ends when the meter leaves the page.
func (m *meter) OnMount(ctx app.Context) {
	source := m.Source // another Capture gets another meter
	go func() {
		t := time.NewTicker(meterEvery)
		defer t.Stop()
		seen := 0
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
			if n := barsOf(source.Level()); n != seen {
				seen = n
				ctx.Dispatch(func(app.Context) { m.bars = n })
			}
		}
	}()
}

// Render implements app.Composer.
func (m *meter) Render() app.UI {
	bars := make([]app.UI, meterBars)
	for i := range bars {
		bars[i] = ui.With(app.Span(), i < m.bars, "on")
	}
	return app.Div().Class("meter").Role("img").Aria("label", m.Label).Body(bars...)
}

// barsOf spreads a level of 0 to 1 over the bars; the root makes quiet speech
// visible, as ears do.
func barsOf(level float64) int {
	if level <= 0.004 {
		return 0
	}
	return int(math.Min(meterBars, math.Ceil(math.Sqrt(level)*meterBars)))
}

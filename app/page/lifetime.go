package page

import (
	"fmt"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/wire"
)

// lifetime says how long the link works. Once the agent is in, it works for as
// long as the call, and there is nothing to say. The server does not know the
// reader's time zone and names a duration; start.js, and then this program, make
// a time of day of it.
func (j *Join) lifetime() app.UI {
	until := j.state.ValidUntil
	left := time.Until(until)
	if j.state.Status != wire.StatusInvited || left <= 0 {
		return app.P().Hidden(true)
	}
	text := j.w.lasts(left)
	if clock := j.s.deps.Host.Clock(until); clock != "" {
		text = fill(j.w.LinkUntil, clock)
	}
	return app.P().ID(LinkLife).Class("fine").Body(
		app.Time().DateTime(until.UTC().Format(time.RFC3339)).DataSet("words", j.w.LinkUntil).Text(text))
}

// lasts rounds up: a link that works a little longer than said disappoints
// nobody.
func (w *words) lasts(d time.Duration) string {
	minutes := int((d + time.Minute - 1) / time.Minute)
	hours := (minutes + 59) / 60
	switch {
	case minutes <= 1:
		return w.LinkMinute
	case minutes == 60:
		return w.LinkHour
	case minutes < 120:
		return fmt.Sprintf(w.LinkMinutes, minutes)
	}
	return fmt.Sprintf(w.LinkHours, hours)
}

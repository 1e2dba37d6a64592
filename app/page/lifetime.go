package page

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/wire"
	"escalate/app/words"
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
	text := words.Lasts(j.lang, left)
	if clock := j.s.deps.Host.Clock(until); clock != "" {
		text = words.LinkUntil.With(j.lang, clock)
	}
	return app.P().ID(LinkLife).Class("fine").Body(
		app.Time().DateTime(until.UTC().Format(time.RFC3339)).DataSet("words", words.LinkUntil.In(j.lang)).Text(text))
}

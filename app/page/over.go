package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/wire"
)

// overCard is for who comes too late.
func (j *Join) overCard() app.UI {
	title, lead := j.w.OverEndedHeading, j.w.OverEndedLead
	switch j.state.Status {
	case wire.StatusExpired:
		title, lead = j.w.OverExpiredHeading, j.w.OverExpiredLead
	case "":
		title, lead = j.w.OverUnknownHeading, j.w.OverUnknownLead
	}
	return app.Div().Class("card card-center").Body(
		heading(title),
		app.P().Class("lead").Text(lead),
	)
}

// blocked is for a browser that cannot: what it is, and how to go on elsewhere.
func (j *Join) blocked() app.UI {
	title, lead := j.w.OldHeading, j.w.OldLead
	switch u := j.s.support; {
	case u.InApp:
		title, lead = j.w.InAppHeading, j.w.InAppLead
	case !u.Secure:
		title, lead = j.w.InsecureHeading, j.w.InsecureLead
	}
	return app.Div().Class("card card-center").Body(
		svg(iconWarn),
		heading(title),
		app.P().Class("lead").Text(lead),
		app.Div().Class("actions").Body(
			button(CopyButton, "button-primary", iconCopy, pick(j.copied, j.w.Copied, j.w.CopyLink), j.onCopy)),
		note(TroubleNote, j.trouble),
	)
}

func (j *Join) onCopy(ctx app.Context, _ app.Event) {
	u := ctx.Page().URL().String()
	act(&j.s, func(ctx context.Context) error { return j.s.deps.Host.Copy(ctx, u) }, func(err error) {
		j.copied = err == nil
		j.trouble = ""
		if err != nil {
			j.trouble = j.w.CopyByHand
		}
	})
}

package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/wire"
	"escalate/app/words"
)

// overCard is for who comes too late.
func (j *Join) overCard() app.UI {
	title, lead := words.OverEndedHeading.In(j.lang), words.OverEndedLead.In(j.lang)
	switch j.state.Status {
	case wire.StatusExpired:
		title, lead = words.OverExpiredHeading.In(j.lang), words.OverExpiredLead.In(j.lang)
	case "":
		title, lead = words.OverUnknownHeading.In(j.lang), words.OverUnknownLead.In(j.lang)
	}
	return app.Div().Class("card card-center").Body(
		ui.Heading(title),
		app.P().Class("lead").Text(lead),
	)
}

// blocked is for a browser that cannot: what it is, and how to go on elsewhere.
func (j *Join) blocked() app.UI {
	why := words.Blocked(j.s.support)
	return app.Div().Class("card card-center").Body(
		ui.Icon(ui.IconWarn),
		ui.Heading(why.Heading.In(j.lang)),
		app.P().Class("lead").Text(why.Text.In(j.lang)),
		app.Div().Class("actions").Body(
			ui.Button(CopyButton, "button-primary", ui.IconCopy, ui.Pick(j.copied, words.Copied.In(j.lang), words.CopyLink.In(j.lang)), j.onCopy)),
		ui.Note(ui.TroubleID, j.trouble),
	)
}

func (j *Join) onCopy(ctx app.Context, _ app.Event) {
	u := ctx.Page().URL().String()
	act(&j.s, func(ctx context.Context) error { return j.s.deps.Host.Copy(ctx, u) }, func(err error) {
		j.copied = err == nil
		j.trouble = ""
		if err != nil {
			j.trouble = words.CopyByHand.In(j.lang)
		}
	})
}

package page

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/device"
	"escalate/app/ui"
	"escalate/app/wire"
	"escalate/app/words"
)

// loadAgain is the pause between two tries to fetch the state of a page that
// came without it.
const loadAgain = 3 * time.Second

// titleOf is what the tab is called at a step.
func titleOf(l words.Language, p Phase, brand string) string {
	switch p {
	case PhaseWaiting:
		return words.WaitTitle.In(l)
	case PhaseJoining:
		return words.JoiningTitle.In(l)
	case PhaseInCall:
		return words.CallTitle.With(l, brand)
	case PhaseRejoining, PhaseLost:
		return words.LostTitle.In(l)
	case PhaseAfter, PhaseOver:
		return words.AfterTitle.With(l, brand)
	case PhaseBlocked:
		return words.BlockedTitle.In(l)
	}
	return words.InviteTitle.With(l, brand)
}

// Render implements app.Composer.
func (j *Join) Render() app.UI {
	phase, live := string(j.attempt.phase), j.screen.Live()
	l, a := j.screen.Lang, &j.attempt
	card := func(step app.UI) app.UI { return ui.Frame(j.page, phase, "page", live, ui.Brand(j.page), step) }
	switch a.phase {
	case PhaseInCall:
		title := words.CallNobody.Plain(l)
		if n := clean(j.state.AgentName); n != "" {
			title = words.CallHeading.About(l, n)
		}
		return ui.Frame(j.page, phase, "call", live, j.stage.View(title, words.Alone.About(l, j.agent()))...)
	case PhaseWaiting:
		return card(j.waiting())
	case PhaseLoading:
		return card(busyCard(words.Loading.In(l), a.trouble, "", a.onCancel))
	case PhaseJoining:
		return card(busyCard(words.JoiningHeading.In(l), ui.Pick(j.stage.Kit.Prompt.Loading, words.SDKLoading.In(l), ""), words.Cancel.In(l), a.onCancel))
	case PhaseRejoining:
		return card(busyCard(words.RejoinHeading.In(l), words.RejoinLead.In(l), words.Leave.In(l), a.onCancel))
	case PhaseLost:
		return card(j.lost())
	case PhaseAfter:
		return card(j.after())
	case PhaseOver:
		return card(overCard(l, j.state.Status))
	case PhaseBlocked:
		return card(j.blocked.card(words.Blocked(j.stage.Kit.Support)))
	}
	return card(j.greenRoom())
}

// busyCard says that something is going on that needs no help. cancel is the
// button that ends it, if it can be ended.
func busyCard(title, lead, cancel string, onCancel app.EventHandler) app.UI {
	return app.Div().Class("card card-center").Body(
		app.Span().Class("spinner spinner-large").Aria("hidden", "true"),
		ui.Heading(title),
		ui.Hide(app.P().Class("lead"), lead == "").Text(lead),
		ui.Hide(app.Div().Class("actions"), cancel == "").Body(
			ui.Button(CancelButton, "button-quiet", "", cancel, onCancel)),
	)
}

// waiting is shown until the agent is in the Room; the call then starts by itself.
func (j *Join) waiting() app.UI {
	l, check := j.screen.Lang, device.Check{Kit: j.stage.Kit, Ask: j.onCheck}
	return app.Div().Class("card card-wide").Body(
		app.Div().Class("invite").Body(
			app.Div().Class("pulse").Aria("hidden", "true").Body(ui.Icon(ui.IconUser)),
			ui.HeadingOf(words.WaitHeading.About(l, j.agent())),
			app.P().Class("lead").Body(ui.Sentence(words.WaitLead.About(l, j.agent()))),
			app.Div().Class("actions").Body(ui.Button(CancelButton, "button-quiet", "", words.WaitCancel.In(l), j.attempt.onCancel)),
		),
		ui.Hide(app.Section().Class("check").Aria("label", words.Preview.In(l)), j.stage.Kit.Capture() == nil).Body(
			check.Preview(), check.Levels(), check.Fields(),
		),
	)
}

// after is the post-video page: rating, comment, and the way back.
func (j *Join) after() app.UI {
	l := j.screen.Lang
	open := !j.over() && j.state.Status != ""
	lead := words.AfterLead.In(l)
	if !open {
		lead = words.EndedNote.In(l) + " " + lead
	}
	rated := j.rating.sent || j.state.Rated
	return app.Div().Class("card").Body(
		ui.Heading(words.AfterHeading.In(l)),
		app.P().Class("lead").Text(lead),
		j.rating.form(rated, giver{j.attempt.seat.identity, j.attempt.seat.key}),
		ui.Hide(app.Div().Class("again"), !open).Body(
			app.P().Class("fine").Text(words.StillOpen.In(l)),
			ui.Button(RejoinButton, "button-quiet", ui.IconCam, words.Rejoin.In(l), j.onRejoin),
		),
		ui.Hide(app.P().Class("fine"), open || !rated).Text(words.Close.In(l)),
	)
}

func (j *Join) onRejoin(app.Context, app.Event) {
	j.attempt.back.tries = 0
	j.stage.Kit.Intent.Of(j.code)
	j.join(j.stage.Kit.Intent.Now().Again(j.want))
}

// lost is shown when coming back by ourselves was given up.
func (j *Join) lost() app.UI {
	l := j.screen.Lang
	title, lead := words.LostHeading.In(l), ui.Pick(j.attempt.trouble == "", words.LostLead.In(l), j.attempt.trouble)
	if j.attempt.elsewhere {
		title, lead = words.ElsewhereHeading.In(l), words.ElsewhereLead.In(l)
	}
	return app.Div().Class("card card-center").Body(
		ui.Icon(ui.IconWarn),
		ui.Heading(title),
		app.P().Class("lead").Text(lead),
		app.Div().Class("actions").Body(ui.Button(RejoinButton, "button-primary button-large", ui.IconCam, words.Rejoin.In(l), j.onRejoin)),
	)
}

// overCard is for who comes too late.
func overCard(l words.Language, s wire.Status) app.UI {
	title, lead := &words.OverEndedHeading, &words.OverEndedLead
	switch s {
	case wire.StatusExpired:
		title, lead = &words.OverExpiredHeading, &words.OverExpiredLead
	case "":
		title, lead = &words.OverUnknownHeading, &words.OverUnknownLead
	}
	return app.Div().Class("card card-center").Body(
		ui.Heading(title.In(l)),
		app.P().Class("lead").Text(lead.In(l)),
	)
}

// blocked is for a browser that cannot: what it is, and how to go on elsewhere.
type blocked struct {
	screen  *ui.Screen
	host    Host
	copied  bool
	trouble string
}

func (b *blocked) card(why *words.Advice) app.UI {
	l := b.screen.Lang
	return app.Div().Class("card card-center").Body(
		ui.Icon(ui.IconWarn),
		ui.Heading(why.Heading.In(l)),
		app.P().Class("lead").Text(why.Text.In(l)),
		app.Div().Class("actions").Body(
			ui.Button(CopyButton, "button-primary", ui.IconCopy, ui.Pick(b.copied, &words.Copied, &words.CopyLink).In(l), b.onCopy)),
		ui.Note(ui.TroubleID, b.trouble),
	)
}

func (b *blocked) onCopy(ctx app.Context, _ app.Event) {
	u := ctx.Page().URL().String()
	b.screen.Act(func(ctx context.Context) error { return b.host.Copy(ctx, u) }, func(err error) {
		b.copied, b.trouble = err == nil, ""
		if err != nil {
			b.trouble = words.CopyByHand.In(b.screen.Lang)
		}
	})
}

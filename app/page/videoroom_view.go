package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// Render implements app.Composer.
func (v *VideoRoom) Render() app.UI {
	switch v.phase {
	case PhaseInCall:
		return ui.Frame(v.page, string(v.phase), "call", v.s.live, v.s.callView(
			words.AgentCallHeading.Of(v.lang, v.customer()), words.Progress(v.known.State).Of(v.lang, v.customer()), v.callExtras()...)...)
	case PhaseConnecting:
		lead := words.ConnectingLead.In(v.lang)
		if v.signIn.known {
			lead = words.NoTask.In(v.lang)
		}
		return v.card(words.ConnectingHeading.In(v.lang),
			app.P().Class("lead").Text(lead), ui.Note(ui.TroubleID, v.trouble))
	case PhaseJoining, PhaseAsking:
		return v.card(words.JoiningHeading.In(v.lang), app.Span().Class("spinner spinner-large").Aria("hidden", "true"),
			ui.Hide(app.P().Class("lead"), v.s.prompt.slow || v.phase != PhaseAsking && !v.s.slow.on).Text(v.s.askingWords()),
			ui.Note(ui.TroubleID, ui.Pick(v.s.prompt.slow, v.s.unansweredWords(), "")),
			ui.Hide(app.Div().Class("actions"), !v.s.prompt.slow).Body(
				ui.Button(JoinButton, "button-primary", ui.IconCam, words.Join.In(v.lang), v.onJoin),
				ui.Button(QuietJoinButton, "link-text", "", words.JoinNothing.In(v.lang), v.onQuietJoin)),
			v.cancelButton(words.Cancel.In(v.lang)))
	case PhaseRejoining:
		return v.card(words.RejoinHeading.In(v.lang), app.Span().Class("spinner spinner-large").Aria("hidden", "true"),
			app.P().Class("lead").Text(words.RejoinLead.In(v.lang)),
			v.cancelButton(words.Leave.In(v.lang)))
	case PhaseOver:
		return v.card(words.OverEndedHeading.In(v.lang), app.P().Class("lead").Text(words.AgentEnded.In(v.lang)), ui.Note(ui.TroubleID, v.trouble))
	case PhaseBlocked:
		why := ui.Pick(v.s.support.Secure, &words.OldBrowser, &words.Insecure)
		return v.card(why.Heading.In(v.lang), app.P().Class("lead").Text(why.Text.In(v.lang)))
	case PhaseLeft:
		return v.idle(words.LeftHeading.In(v.lang), words.Rejoin.In(v.lang))
	case PhaseLost:
		return v.idle(ui.Pick(v.elsewhere, words.ElsewhereHeading.In(v.lang), words.LostHeading.In(v.lang)), words.Rejoin.In(v.lang))
	}
	return v.idle(words.IdleHeading.In(v.lang), words.Join.In(v.lang))
}

// card is a step with nothing but words.
func (v *VideoRoom) card(title string, body ...app.UI) app.UI {
	return ui.Frame(v.page, string(v.phase), "page page-tab", v.s.live, app.Div().Class("card card-center").Body(
		append([]app.UI{ui.Heading(title)}, body...)...))
}

// idle is the escalation with everything an agent does before joining.
func (v *VideoRoom) idle(title, join string) app.UI {
	busy := ""
	if v.running != nil {
		busy = words.BusyLead.With(v.lang, v.running.Code)
	}
	return ui.Frame(v.page, string(v.phase), "page page-tab", v.s.live, app.Div().Class("card").Body(
		ui.Heading(title),
		app.P().ID(AgentStatus).Class("status-line").DataSet("customer", string(v.known.Customer.Phase)).
			Body(ui.Sentence(words.Progress(v.known.State).Of(v.lang, v.customer()))),
		ui.Hide(app.Div().ID(BusyNote).Class("note note-trouble").Role("alert"), busy == "").Body(
			app.H2().Text(words.BusyHeading.In(v.lang)), app.P().Text(busy)),
		ui.Note(ui.TroubleID, ui.Pick(busy == "", v.trouble, "")),
		ui.Hide(app.P().Class("chip chip-record"), !v.known.Recording).Text(words.Recorded.In(v.lang)),
		ui.Hide(app.Div().Class("actions"), v.ending).Body(
			ui.Button(JoinButton, "button-primary button-large", ui.IconCam, join, v.onJoin),
			ui.Button(QuietJoinButton, "link-text", "", words.JoinQuiet.In(v.lang), v.onQuietJoin),
		),
		ui.Hide(app.P().Class("fine"), v.known.AgentPresent || v.known.CustomerPresent).Body(ui.Sentence(words.AgentJoinHint.Of(v.lang, v.customer()))),
		app.Div().Class("link-box").Body(
			app.Label().For(LinkText).Body(ui.Sentence(words.LinkLabel.Of(v.lang, v.customer()))),
			app.Input().ID(LinkText).Type("text").ReadOnly(true).Value(v.known.JoinURL),
			app.Div().Class("row").Body(
				ui.Button(CopyButton, "button-quiet", ui.IconCopy, words.CopyLink.In(v.lang), v.onCopy),
				ui.Button(ResendButton, "button-quiet", ui.IconSend, words.SendAgain.In(v.lang), v.onResend),
			),
			ui.Hide(app.P().Class("note note-good"), v.notice == "").Body(ui.Icon(ui.IconCheck), app.Span().Text(v.notice)),
		),
		v.endButton(),
	))
}

// callExtras are the agent's additions to the panel of a call.
func (v *VideoRoom) callExtras() []app.UI {
	return []app.UI{
		ui.Button(CopyButton, "button-quiet", ui.IconCopy, words.CopyLink.In(v.lang), v.onCopy),
		ui.Button(ResendButton, "button-quiet", ui.IconSend, words.SendAgain.In(v.lang), v.onResend),
		ui.Hide(app.P().Class("fine"), v.notice == "").Text(v.notice),
		v.endButton(),
	}
}

// cancelButton ends what would otherwise be waited for.
func (v *VideoRoom) cancelButton(text string) app.UI {
	return app.Div().Class("actions").Body(ui.Button(CancelButton, "button-quiet", "", text, v.onCancel))
}

func (v *VideoRoom) endButton() app.UI {
	return ui.Button(EndButton, "button-danger", ui.IconLeave, ui.Pick(v.sureEnd, words.EndSure.In(v.lang), words.End.In(v.lang)), v.onEnd)
}

func (v *VideoRoom) onJoin(app.Context, app.Event) {
	v.join(video.Want{Audio: true, Video: true})
}

// onQuietJoin joins without a camera, and where not even the microphone can be
// had, without anything.
func (v *VideoRoom) onQuietJoin(app.Context, app.Event) {
	if v.s.prompt.slow {
		v.s.prompt.end()
		v.join(video.Want{}) // another question might get no answer either
		return
	}
	none := v.s.noDevice()
	if !none {
		v.s.intent.of(v.code)
		v.s.intent.want(video.Video, false)
	}
	v.join(video.Want{Audio: !none})
}

func (v *VideoRoom) onCancel(app.Context, app.Event) { v.cancel() }

func (v *VideoRoom) onCopy(app.Context, app.Event)   { v.copyLink() }
func (v *VideoRoom) onResend(app.Context, app.Event) { v.resend() }
func (v *VideoRoom) onEnd(app.Context, app.Event)    { v.end() }

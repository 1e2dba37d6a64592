package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/video"
)

// Render implements app.Composer.
func (v *VideoRoom) Render() app.UI {
	switch v.phase {
	case PhaseInCall:
		return frame(v.page, v.phase, "call", v.s.live, v.s.callView(
			v.onCustomer(v.w.AgentCallHeading, v.w.Named.CallHeading), v.w.customer(v.known.State, v.customer()), v.callExtras()...)...)
	case PhaseConnecting:
		lead := v.w.ConnectingLead
		if v.signIn.known {
			lead = v.w.NoTask
		}
		return v.card(v.w.ConnectingHeading,
			app.P().Class("lead").Text(lead), note(TroubleNote, v.trouble))
	case PhaseJoining, PhaseAsking:
		return v.card(v.w.JoiningHeading, app.Span().Class("spinner spinner-large").Aria("hidden", "true"),
			hide(app.P().Class("lead"), v.s.prompt.slow || v.phase != PhaseAsking && !v.s.slow.on).Text(v.s.askingWords()),
			note(TroubleNote, pick(v.s.prompt.slow, v.s.unansweredWords(), "")),
			hide(app.Div().Class("actions"), !v.s.prompt.slow).Body(
				button(JoinButton, "button-primary", iconCam, v.w.Join, v.onJoin),
				button(QuietJoinButton, "link-text", "", v.w.JoinNothing, v.onQuietJoin)),
			v.cancelButton(v.w.Cancel))
	case PhaseRejoining:
		return v.card(v.w.RejoinHeading, app.Span().Class("spinner spinner-large").Aria("hidden", "true"),
			app.P().Class("lead").Text(v.w.RejoinLead),
			v.cancelButton(v.w.Leave))
	case PhaseOver:
		return v.card(v.w.OverEndedHeading, app.P().Class("lead").Text(v.w.AgentEnded), note(TroubleNote, v.trouble))
	case PhaseBlocked:
		secure := v.s.support.Secure
		return v.card(pick(secure, v.w.OldHeading, v.w.InsecureHeading),
			app.P().Class("lead").Text(pick(secure, v.w.OldLead, v.w.InsecureLead)))
	case PhaseLeft:
		return v.idle(v.w.LeftHeading, v.w.Rejoin)
	case PhaseLost:
		return v.idle(pick(v.elsewhere, v.w.ElsewhereHeading, v.w.LostHeading), v.w.Rejoin)
	}
	return v.idle(v.w.IdleHeading, v.w.Join)
}

// card is a step with nothing but words.
func (v *VideoRoom) card(title string, body ...app.UI) app.UI {
	return frame(v.page, v.phase, "page page-tab", v.s.live, app.Div().Class("card card-center").Body(
		append([]app.UI{heading(title)}, body...)...))
}

// idle is the escalation with everything an agent does before joining.
func (v *VideoRoom) idle(title, join string) app.UI {
	busy := ""
	if v.running != nil {
		busy = fill(v.w.BusyLead, v.running.Code)
	}
	return frame(v.page, v.phase, "page page-tab", v.s.live, app.Div().Class("card").Body(
		heading(title),
		app.P().ID(AgentStatus).Class("status-line").DataSet("customer", string(v.known.Customer.Phase)).
			Body(v.w.customer(v.known.State, v.customer()).node()),
		hide(app.Div().ID(BusyNote).Class("note note-trouble").Role("alert"), busy == "").Body(
			app.H2().Text(v.w.BusyHeading), app.P().Text(busy)),
		note(TroubleNote, pick(busy == "", v.trouble, "")),
		hide(app.P().Class("chip chip-record"), !v.known.Recording).Text(v.w.Recorded),
		hide(app.Div().Class("actions"), v.ending).Body(
			button(JoinButton, "button-primary button-large", iconCam, join, v.onJoin),
			button(QuietJoinButton, "link-text", "", v.w.JoinQuiet, v.onQuietJoin),
		),
		hide(app.P().Class("fine"), v.known.AgentPresent || v.known.CustomerPresent).Body(v.onCustomer(v.w.AgentJoinHint, v.w.Named.JoinHint).node()),
		app.Div().Class("link-box").Body(
			app.Label().For(LinkText).Body(v.onCustomer(v.w.LinkLabel, v.w.Named.LinkLabel).node()),
			app.Input().ID(LinkText).Type("text").ReadOnly(true).Value(v.known.JoinURL),
			app.Div().Class("row").Body(
				button(CopyButton, "button-quiet", iconCopy, v.w.CopyLink, v.onCopy),
				button(ResendButton, "button-quiet", iconSend, v.w.SendAgain, v.onResend),
			),
			hide(app.P().Class("note note-good"), v.notice == "").Body(svg(iconCheck), app.Span().Text(v.notice)),
		),
		v.endButton(),
	))
}

// callExtras are the agent's additions to the panel of a call.
func (v *VideoRoom) callExtras() []app.UI {
	return []app.UI{
		button(CopyButton, "button-quiet", iconCopy, v.w.CopyLink, v.onCopy),
		button(ResendButton, "button-quiet", iconSend, v.w.SendAgain, v.onResend),
		hide(app.P().Class("fine"), v.notice == "").Text(v.notice),
		v.endButton(),
	}
}

// cancelButton ends what would otherwise be waited for.
func (v *VideoRoom) cancelButton(text string) app.UI {
	return app.Div().Class("actions").Body(button(CancelButton, "button-quiet", "", text, v.onCancel))
}

func (v *VideoRoom) endButton() app.UI {
	return button(EndButton, "button-danger", iconLeave, pick(v.sureEnd, v.w.EndSure, v.w.End), v.onEnd)
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

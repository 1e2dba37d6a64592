package page

import (
	"context"
	"math/rand/v2"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// Render implements app.Composer.
func (v *VideoRoom) Render() app.UI {
	l, prompt := v.screen.Lang, &v.stage.Kit.Prompt
	switch v.attempt.phase {
	case PhaseInCall:
		return ui.Frame(v.page, string(v.attempt.phase), "call", v.screen.Live(), v.stage.View(
			words.AgentCallHeading.Of(l, v.customer()), v.progress(), append(v.invite.extras(), v.ending.button())...)...)
	case PhaseConnecting:
		return v.card(words.ConnectingHeading.In(l),
			app.P().Class("lead").Text(ui.Pick(v.signIn.known, &words.NoTask, &words.ConnectingLead).In(l)),
			ui.Note(ui.TroubleID, v.attempt.trouble))
	case PhaseJoining, PhaseAsking:
		return v.card(words.JoiningHeading.In(l), app.Span().Class("spinner spinner-large").Aria("hidden", "true"),
			ui.Hide(app.P().Class("lead"), prompt.Slow || v.attempt.phase != PhaseAsking && !prompt.Loading).Text(prompt.Asking()),
			ui.Note(ui.TroubleID, prompt.Unanswered()),
			ui.Hide(app.Div().Class("actions"), !prompt.Slow).Body(
				ui.Button(JoinButton, "button-primary", ui.IconCam, words.Join.In(l), v.onJoin),
				ui.Button(QuietJoinButton, "link-text", "", words.JoinNothing.In(l), v.onQuietJoin)),
			v.attempt.cancelButton(&words.Cancel))
	case PhaseRejoining:
		return v.card(words.RejoinHeading.In(l), app.Span().Class("spinner spinner-large").Aria("hidden", "true"),
			app.P().Class("lead").Text(words.RejoinLead.In(l)),
			v.attempt.cancelButton(&words.Leave))
	case PhaseOver:
		return v.card(words.OverEndedHeading.In(l), app.P().Class("lead").Text(words.AgentEnded.In(l)), ui.Note(ui.TroubleID, v.attempt.trouble))
	case PhaseBlocked:
		why := ui.Pick(v.stage.Kit.Support.Secure, &words.OldBrowser, &words.Insecure)
		return v.card(why.Heading.In(l), app.P().Class("lead").Text(why.Text.In(l)))
	case PhaseLeft:
		return v.idle(&words.LeftHeading, &words.Rejoin)
	case PhaseLost:
		return v.idle(ui.Pick(v.attempt.elsewhere, &words.ElsewhereHeading, &words.LostHeading), &words.Rejoin)
	}
	return v.idle(&words.IdleHeading, &words.Join)
}

// progress is how far the customer is.
func (v *VideoRoom) progress() words.Sentence {
	return words.Progress(v.known.State).Of(v.screen.Lang, v.customer())
}

// card is a step with nothing but words.
func (v *VideoRoom) card(title string, body ...app.UI) app.UI {
	return ui.Frame(v.page, string(v.attempt.phase), "page page-tab", v.screen.Live(), app.Div().Class("card card-center").Body(
		append([]app.UI{ui.Heading(title)}, body...)...))
}

// idle is the escalation with everything an agent does before joining.
func (v *VideoRoom) idle(title, join *words.Text) app.UI {
	l, busy := v.screen.Lang, ""
	if v.running != nil {
		busy = words.BusyLead.With(l, v.running.Code)
	}
	return ui.Frame(v.page, string(v.attempt.phase), "page page-tab", v.screen.Live(), app.Div().Class("card").Body(
		ui.Heading(title.In(l)),
		app.P().ID(AgentStatus).Class("status-line").DataSet("customer", string(v.known.Customer.Phase)).
			Body(ui.Sentence(v.progress())),
		ui.Hide(app.Div().ID(BusyNote).Class("note note-trouble").Role("alert"), busy == "").Body(
			app.H2().Text(words.BusyHeading.In(l)), app.P().Text(busy)),
		ui.Note(ui.TroubleID, ui.Pick(busy == "", v.attempt.trouble, "")),
		ui.Hide(app.P().Class("chip chip-record"), !v.known.Recording).Text(words.Recorded.In(l)),
		ui.Hide(app.Div().Class("actions"), v.ending.asked).Body(
			ui.Button(JoinButton, "button-primary button-large", ui.IconCam, join.In(l), v.onJoin),
			ui.Button(QuietJoinButton, "link-text", "", words.JoinQuiet.In(l), v.onQuietJoin),
		),
		ui.Hide(app.P().Class("fine"), v.known.AgentPresent || v.known.CustomerPresent).Body(ui.Sentence(words.AgentJoinHint.Of(l, v.customer()))),
		v.invite.box(),
		v.ending.button(),
	))
}

func (v *VideoRoom) onJoin(app.Context, app.Event) {
	v.join(video.Want{Audio: true, Video: true})
}

// onQuietJoin joins without a camera, and where not even the microphone can be
// had, without anything.
func (v *VideoRoom) onQuietJoin(app.Context, app.Event) {
	kit := v.stage.Kit
	if kit.Prompt.Slow {
		kit.Prompt.End()
		v.join(video.Want{}) // another question might get no answer either
		return
	}
	none := kit.None()
	if !none {
		kit.Intent.Of(v.code)
		kit.Intent.Want(video.Video, false)
	}
	v.join(video.Want{Audio: !none})
}

// invite is the customer's link, for the agent to pass on again.
type invite struct {
	room   *VideoRoom // whose escalation it is
	notice string     // something worked
	key    string     // of the invite that is to be posted, until it is
}

// copy puts the link on the clipboard.
func (i *invite) copy() {
	v, link := i.room, i.room.known.JoinURL
	v.screen.Act(func(ctx context.Context) error { return v.source.host.Copy(ctx, link) }, func(err error) {
		i.notice, v.attempt.trouble = words.Copied.In(v.screen.Lang), ""
		if err != nil {
			i.notice, v.attempt.trouble = "", words.CopyByHand.In(v.screen.Lang)
		}
		v.screen.Say(i.notice + v.attempt.trouble)
	})
}

// resend posts the link into the chat once more.
func (i *invite) resend() {
	v := i.room
	if i.key == "" {
		i.key = strconv.FormatUint(rand.Uint64(), 36)
	}
	e := wire.Escalate{TaskSID: v.task, SendInvite: true, InviteKey: i.key, Lang: v.page.Lang}
	v.screen.Go(func(ctx context.Context) func() {
		got, err := v.source.api.Escalate(ctx, e)
		return func() {
			switch {
			case e.TaskSID != v.task || v.attempt.phase == PhaseOver:
				// Something else is shown by now.
			case err != nil:
				i.notice = ""
				v.complain(err)
			default:
				i.notice, v.attempt.trouble, i.key = words.SentAgain.In(v.screen.Lang), "", ""
				v.screen.Say(i.notice)
				v.known, v.code = got, got.Code
			}
		}
	})
}

// buttons are what can be done with it.
func (i *invite) buttons() []app.UI {
	l := i.room.screen.Lang
	return []app.UI{
		ui.Button(CopyButton, "button-quiet", ui.IconCopy, words.CopyLink.In(l), i.onCopy),
		ui.Button(ResendButton, "button-quiet", ui.IconSend, words.SendAgain.In(l), i.onResend),
	}
}

// extras are the agent's additions to the panel of a call.
func (i *invite) extras() []app.UI {
	return append(i.buttons(), ui.Hide(app.P().Class("fine"), i.notice == "").Text(i.notice))
}

// box is where the link stands before the call.
func (i *invite) box() app.UI {
	v := i.room
	return app.Div().Class("link-box").Body(
		app.Label().For(LinkText).Body(ui.Sentence(words.LinkLabel.Of(v.screen.Lang, v.customer()))),
		app.Input().ID(LinkText).Type("text").ReadOnly(true).Value(v.known.JoinURL),
		app.Div().Class("row").Body(i.buttons()...),
		ui.Hide(app.P().Class("note note-good"), i.notice == "").Body(ui.Icon(ui.IconCheck), app.Span().Text(i.notice)),
	)
}

func (i *invite) onCopy(app.Context, app.Event)   { i.copy() }
func (i *invite) onResend(app.Context, app.Event) { i.resend() }

package page

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/stage"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// attempt is one side's way into a call, through it and out again, the same for
// customer and agent:
//
//	join     camera and microphone are asked for
//	enter    an Access Token is asked for: it is given, to be waited for, or refused
//	connect  the Room is joined
//	ended    it is left: by choice, for good, for another tab; or it broke:
//	rejoin   a pause, and from enter on again, until it works or is given up
//
// What is different on the two pages is side's. It belongs to the UI goroutine.
type attempt struct {
	side   side
	screen *ui.Screen
	stage  *stage.Stage
	host   Host
	api    API
	// home is the step with Join on it. letsGo says that camera and microphone are
	// given back there, and where coming back was given up.
	home   Phase
	letsGo bool
	// left is told that a call was left; may be nil.
	left func()

	phase     Phase
	trouble   string // why joining did not work, or something else
	elsewhere bool   // the call goes on in another tab, or we were removed
	entering  bool   // a token has been asked for
	try       ui.Try
	back      comeback
	seat      seat
}

// side is what the pages do differently on the way.
type side interface {
	// show is told of another step: title, focus, and who else hears of it.
	show(p Phase)
	// link is what stands for the escalation in requests.
	link() string
	// token returns what asks for an Access Token, beside the UI.
	token() func(context.Context) (wire.Join, error)
	// take accepts news about the escalation.
	take(st wire.State)
	// over says whether the escalation is over, or is being ended by us.
	over() bool
	// finish is told that the escalation is over, by the server's code.
	finish(c wire.Code)
	// roomOver is told that the Room is over, of which the server may not know yet.
	roomOver()
	// out is where leaving a call leads to.
	out() Phase
	// objects says whether the page has an answer of its own to err, and gives it.
	objects(err error) bool
	// stuck says why it did not work. again is true where it is tried once more;
	// else Join is at hand again.
	stuck(err error, again bool)
	// noDevices says why camera and microphone could not be had.
	noDevices(a *words.Advice)
}

// to goes to another step.
func (a *attempt) to(p Phase) {
	if p == a.phase {
		return
	}
	a.phase = p
	a.side.show(p)
}

// join carries out a click on Join.
func (a *attempt) join(w video.Want) {
	a.trouble, a.elsewhere = "", false
	if a.stage.Kit.Capture() == nil && (w.Audio || w.Video) {
		a.ask(w, a.enter)
		return
	}
	a.enter()
}

// ask asks for the devices, then goes on with next.
func (a *attempt) ask(w video.Want, next func()) {
	a.to(PhaseAsking)
	a.stage.Kit.Ask(w, func(ok bool) {
		switch {
		case a.phase != PhaseAsking:
			a.stage.Kit.Release() // ended, expired or told to leave meanwhile
		case ok:
			next()
		default:
			a.side.noDevices(words.Media(a.stage.Kit.Prompt.Err))
		}
	})
}

// enter asks for a token and joins, waits, or says why not.
func (a *attempt) enter() {
	try := a.try.Begin(a.screen.Context())
	if a.phase != PhaseWaiting && a.phase != PhaseRejoining {
		a.to(PhaseJoining)
	}
	a.entering = true
	ask := a.side.token()
	a.screen.GoIn(try, func(ctx context.Context) func() {
		j, err := ask(ctx)
		return func() {
			if ui.Superseded(try) {
				return
			}
			a.entering = false
			switch {
			case err != nil:
				a.refused(err)
			case j.Waiting:
				a.side.take(j.State)
				if !a.side.over() {
					a.to(PhaseWaiting)
				}
			default:
				if a.phase == PhaseWaiting {
					a.to(PhaseJoining) // before the news, which would send a waiting page in again
				}
				if a.side.take(j.State); !ui.Superseded(try) && !a.side.over() {
					a.connect(try, j)
				}
			}
		}
	})
}

// connect joins the Room.
func (a *attempt) connect(try context.Context, j wire.Join) {
	a.seat = seat{identity: j.Identity, key: j.LeaveKey}
	a.stage.Call.Connect(j, func(err error) {
		switch {
		case ui.Superseded(try):
		case err != nil:
			a.refused(err)
		default:
			a.back.joined(time.Now())
			a.trouble = ""
			a.to(PhaseInCall)
		}
	})
}

// refused handles the server's no, and a Room that could not be joined.
func (a *attempt) refused(err error) {
	if c, over := overCode(err); over {
		a.side.finish(c)
		return
	}
	if a.side.objects(err) {
		return
	}
	again := a.phase == PhaseRejoining
	a.side.stuck(err, again)
	if again {
		a.rejoin()
	}
}

// overCode says whether the server says that an escalation is over.
func overCode(err error) (c wire.Code, over bool) {
	c = wire.CodeOf(err)
	return c, c == wire.CodeEnded || c == wire.CodeExpired || c == wire.CodeUnknownCode
}

// ended is told that the Room is over.
func (a *attempt) ended(err *video.Error) {
	how := partingOf(err, a.side.over(), a.stage.Call.Meant())
	a.tellLeft()
	switch how {
	case elsewhere:
		// Coming back by ourselves would throw the other tab out, and so on.
		a.elsewhere, a.trouble = true, words.ElsewhereLead.In(a.screen.Lang)
		a.screen.Say(words.ElsewhereHeading.In(a.screen.Lang))
		a.leave(PhaseLost)
	case completed:
		a.side.roomOver()
		a.leave(a.side.out())
	case byChoice:
		a.leave(a.side.out())
	case broken:
		a.back.lost(time.Now())
		a.trouble = words.Call(a.screen.Lang, err)
		a.rejoin()
	}
}

// rejoin tries once more to come back, or gives up.
func (a *attempt) rejoin() {
	pause, ok := a.back.next(time.Now())
	if !ok {
		if a.letsGo {
			a.leave(PhaseLost)
			return
		}
		a.to(PhaseLost)
		return
	}
	a.to(PhaseRejoining)
	a.screen.Say(words.RejoinHeading.In(a.screen.Lang))
	try := a.try.Begin(a.screen.Context())
	a.screen.Later(pause, func() {
		if !ui.Superseded(try) {
			a.enter()
		}
	})
}

// leave gives camera and microphone back; it is over, or goes on elsewhere.
func (a *attempt) leave(to Phase) {
	a.stop()
	a.stage.Kit.Release()
	a.to(to)
	if a.left != nil {
		a.left()
	}
}

// stop ends the try.
func (a *attempt) stop() {
	a.try.End()
	a.entering = false
}

// hangUp ends the call, or the way into it, by our wish.
func (a *attempt) hangUp() {
	a.try.End()
	a.stage.Call.Leave()
}

// inCall says whether we are in a call, or on the way into one.
func (a *attempt) inCall() bool {
	return a.phase == PhaseInCall || a.phase == PhaseJoining || a.phase == PhaseRejoining || a.phase == PhaseAsking
}

// notNow shows why joining did not work, with Join at hand again.
func (a *attempt) notNow(why string) {
	a.trouble = why
	a.screen.Say(why)
	a.goHome()
}

// goHome shows Join again.
func (a *attempt) goHome() {
	if a.letsGo {
		a.stage.Kit.Release()
	}
	a.to(a.home)
}

// onCancel stops waiting or joining, or coming back, which is to leave.
func (a *attempt) onCancel(app.Context, app.Event) {
	a.stop()
	a.tellLeft() // the server may have let us in already, and keep the place
	a.stage.Call.Abandon()
	if a.phase == PhaseRejoining {
		a.leave(a.side.out())
		return
	}
	a.goHome()
}

// cancelButton stops what would otherwise be waited for.
func (a *attempt) cancelButton(text *words.Text) app.UI {
	return app.Div().Class("actions").Body(ui.Button(CancelButton, "button-quiet", "", text.In(a.screen.Lang), a.onCancel))
}

// problem is a sentence for any error of a collaborator.
func (a *attempt) problem(err error) string { return words.Of(a.screen.Lang, err, a.host.Online()) }

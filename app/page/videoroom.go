package page

import (
	"context"
	"errors"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/device"
	"escalate/app/stage"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// VideoRoom is the agent's tab inside the agent desktop: the escalation of a
// Task, the customer's progress, and the call. How a call is joined, left and
// come back to is in attempt.
type VideoRoom struct {
	app.Compo

	screen *ui.Screen
	stage  *stage.Stage
	source source
	page   wire.Page
	desk   bridge
	signIn signIn

	attempt attempt
	task    string // Task SID to show, also before the token came
	code    string
	known   wire.Escalation
	running *wire.Running // the session that keeps the agent busy
	invite  invite
	ending  ending

	unfollow func()
	stops    []func()
}

func newVideoRoom(d Deps) *VideoRoom {
	p := pageData(d.Host)
	screen := &ui.Screen{Lang: words.In(p.Lang)}
	v := &VideoRoom{screen: screen, page: p}
	v.desk = bridge{host: d.Host, origins: p.Origins}
	v.signIn = signIn{hand: d.SignIn}
	v.stage = stage.New(screen, d.Host, d.Devices, d.Video, device.AgentIntent)
	v.stage.NameOf = v.nameOf
	v.source = source{screen: screen, host: d.Host, api: d.API, wait: usual()}
	v.attempt = attempt{side: v, screen: screen, stage: v.stage, host: d.Host, api: d.API,
		home: PhaseIdle, letsGo: true, phase: PhaseConnecting, left: func() { v.desk.left(v.code) }}
	v.stage.Call.Ended, v.stage.Call.Turned = v.attempt.ended, v.tellPhase
	v.invite = invite{room: v}
	v.ending = ending{room: v}
	return v
}

// nameOf calls the session's agent by name, for a supervisor to whom this page
// belongs; any other agent is a colleague.
func (v *VideoRoom) nameOf(identity string) string {
	if wire.RoleOf(identity) != wire.RoleAgent {
		return ui.Pick(v.customer() == "", words.Customer.In(v.screen.Lang), v.customer())
	}
	st := v.known.State
	if n := clean(st.AgentName); n != "" && st.AgentWorker != "" && wire.WorkerOf(identity) == st.AgentWorker {
		return n
	}
	return words.Colleague.In(v.screen.Lang)
}

// customer is the customer's name, "" when nobody knows it.
func (v *VideoRoom) customer() string { return clean(v.known.CustomerName) }

// OnMount tells the desktop that the tab is there.
func (v *VideoRoom) OnMount(ctx app.Context) {
	v.stage.Begin(ctx)
	if u := v.stage.Kit.Support; !u.WebRTC || !u.Secure {
		v.attempt.to(PhaseBlocked)
	}
	v.stops = append(v.stops,
		v.desk.listen(func(origin string, m wire.Bridge) {
			v.screen.Do(func() { v.hear(origin, m) })
		}),
		v.source.host.OnPageHide(func() { v.screen.Do(v.attempt.vanish) }),
	)
}

// OnDismount gives everything back.
func (v *VideoRoom) OnDismount() {
	v.follow("")
	for _, stop := range v.stops {
		stop()
	}
	v.stops = nil
	v.stage.Close()
}

// hear obeys the desktop.
func (v *VideoRoom) hear(origin string, m wire.Bridge) {
	v.desk.desktop = origin
	switch m.Type {
	case wire.BridgeToken:
		v.signedIn(m.Token)
	case wire.BridgeOpen:
		v.open(m.TaskSID, m.Code)
	case wire.BridgeMute:
		if v.attempt.phase == PhaseInCall {
			v.stage.Kit.Choose(video.Audio, !m.Muted)
		}
	case wire.BridgeLeave:
		if !v.attempt.inCall() {
			v.desk.left(v.code)
			return
		}
		v.attempt.hangUp()
	}
}

// open shows the escalation of a Task. A call that goes on is not left for it:
// an agent has one at a time.
func (v *VideoRoom) open(task, code string) {
	if v.attempt.inCall() {
		if code != v.code {
			v.running = &wire.Running{Code: v.code, TaskSID: v.task}
			v.screen.Complain(words.BusyLead.With(v.screen.Lang, v.code))
		}
		return
	}
	v.task, v.code = task, code
	v.known, v.running, v.attempt.trouble, v.invite.notice = wire.Escalation{}, nil, "", ""
	v.attempt.elsewhere, v.ending.asked = false, false
	v.attempt.to(PhaseConnecting)
	if v.signIn.known {
		v.load()
	}
}

// tellPhase is the agent's part in words of the bridge.
func (v *VideoRoom) tellPhase() {
	p := call.Idle
	switch v.attempt.phase {
	case PhaseAsking, PhaseJoining:
		p = call.Joining
	case PhaseRejoining:
		p = call.Reconnecting
	case PhaseInCall:
		p = v.stage.Call.State.Phase
	case PhaseLeft, PhaseLost, PhaseOver:
		p = call.Left
	}
	muted := v.attempt.phase == PhaseInCall && !v.stage.Kit.On(video.Audio)
	v.desk.send(wire.Bridge{Type: wire.BridgeState, Phase: string(p), Code: v.code, Muted: muted})
}

// load asks for the escalation of the Task that is shown.
func (v *VideoRoom) load() {
	task := v.task
	v.screen.Go(func(ctx context.Context) func() {
		t, err := v.source.api.Task(ctx, task)
		return func() {
			switch {
			case task != v.task || v.attempt.inCall():
			case err != nil:
				v.complain(err)
			case t.Escalation == nil:
				v.attempt.trouble = words.NoTask.In(v.screen.Lang)
			default:
				v.attempt.trouble, v.signIn.refused = "", false
				v.known, v.code = *t.Escalation, t.Escalation.Code
				v.follow(v.code)
				v.take(v.known.State)
				if !over(v.known.Status) {
					v.attempt.to(PhaseIdle)
				}
			}
		}
	})
}

// follow listens to the events of a code, in place of those before; an empty
// code ends it.
func (v *VideoRoom) follow(code string) {
	if v.unfollow != nil {
		v.unfollow()
		v.unfollow = nil
	}
	if code == "" {
		return
	}
	v.unfollow = v.source.follow(v.link(), v.take, nil, func() bool { return code == v.code && !over(v.known.Status) })
}

// take accepts news about the escalation that is shown.
func (v *VideoRoom) take(st wire.State) {
	if st.Code != v.code || st.Version < v.known.Version {
		return
	}
	l, who := v.screen.Lang, v.customer()
	if before, now := words.Progress(v.known.State).Of(l, who), words.Progress(st).Of(l, who); before != now && v.attempt.phase != PhaseInCall {
		v.screen.Say(now.String())
	}
	v.known.State = st
	v.stage.Recorded = st.Recording
	if !over(st.Status) || v.attempt.phase == PhaseOver {
		return
	}
	v.follow("")
	v.stage.Kit.Intent.Over()
	if v.attempt.inCall() {
		v.attempt.hangUp()
		return
	}
	v.attempt.to(PhaseOver)
	v.desk.left(v.code)
}

// join carries out a click on Join.
func (v *VideoRoom) join(w video.Want) {
	v.invite.notice, v.running = "", nil
	v.attempt.back.tries = 0
	v.stage.Kit.Intent.Of(v.code)
	v.attempt.join(w)
}

// What follows is what attempt wants to know of a side.

// link is the code with the tag, so that the agents of an office are not taken for
// people who guess codes.
func (v *VideoRoom) link() string {
	if v.known.Code == v.code && v.known.Link != "" {
		return v.known.Link
	}
	return v.code // from a server that does not tell
}

func (v *VideoRoom) token() func(context.Context) (wire.Join, error) {
	link := v.link()
	return func(ctx context.Context) (wire.Join, error) { return v.source.api.AgentJoin(ctx, link) }
}

// show makes title and focus follow; the desktop is told.
func (v *VideoRoom) show(p Phase) {
	v.ending.sure = false
	host, l := v.source.host, v.screen.Lang
	host.SetTitle(ui.Pick(p == PhaseInCall, words.CallTitle.With(l, v.page.Brand), words.AgentTitle.In(l)))
	if p != PhaseConnecting && p != PhaseIdle && p != PhaseAsking {
		// The desktop opens the tab; taking the focus then would pull the agent
		// out of the chat.
		v.screen.Then(func() { host.Focus(ui.HeadingID) })
	}
	v.screen.Changed()
	v.tellPhase()
}

func (v *VideoRoom) over() bool { return over(v.known.Status) || v.ending.asked }

func (v *VideoRoom) finish(wire.Code) {
	v.known.Status = wire.StatusEnded
	v.stage.Kit.Intent.Over()
	v.attempt.leave(v.out())
}

// roomOver: the server hears of it about now.
func (v *VideoRoom) roomOver() { v.known.Status = wire.StatusEnded }

func (v *VideoRoom) out() Phase { return ui.Pick(over(v.known.Status), PhaseOver, PhaseLeft) }

func (v *VideoRoom) objects(err error) bool {
	var e *wire.Error
	if !errors.As(err, &e) || e.Code != wire.CodeAgentBusy {
		return false
	}
	v.running = e.Running
	v.attempt.notNow(e.Message)
	return true
}

func (v *VideoRoom) stuck(err error, again bool) {
	if !again {
		v.attempt.notNow(v.problem(err))
	}
}

func (v *VideoRoom) noDevices(a *words.Advice) { v.attempt.notNow(a.In(v.screen.Lang)) }

package page

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// VideoRoom is the agent's tab inside the agent desktop: the escalation of a
// Task, the customer's progress, and the call.
type VideoRoom struct {
	app.Compo

	s     session
	lang  words.Language
	page  wire.Page
	desk  bridge
	phase Phase

	signIn  signIn
	task    string // Task SID to show, also before the token came
	code    string
	known   wire.Escalation
	running *wire.Running // the session that keeps the agent busy

	trouble string
	notice  string // something worked
	sureEnd bool   // End was pressed once
	ending  bool   // and once more: the server is asked
	// elsewhere says that the call goes on in another tab, or we were removed.
	elsewhere bool
	attempt   attempt
	back      comeback
	unfollow  func()
	stops     []func()
}

func newVideoRoom(d Deps) *VideoRoom {
	p := pageData(d.Host)
	v := &VideoRoom{page: p, lang: words.In(p.Lang), phase: PhaseConnecting}
	v.desk = bridge{host: d.Host, origins: p.Origins}
	v.s = newSession(d, v.lang, agentIntent)
	v.s.nameOf = v.nameOf
	v.s.fit = fitting{} // an agent has to see all of it
	v.s.ended = v.ended
	v.s.turned = v.tellPhase
	return v
}

// nameOf calls the session's agent by name, for a supervisor to whom this page
// belongs; any other agent is a colleague.
func (v *VideoRoom) nameOf(identity string) string {
	if wire.RoleOf(identity) != wire.RoleAgent {
		return ui.Pick(v.customer() == "", words.Customer.In(v.lang), v.customer())
	}
	st := v.known.State
	if n := clean(st.AgentName); n != "" && st.AgentWorker != "" && wire.WorkerOf(identity) == st.AgentWorker {
		return n
	}
	return words.Colleague.In(v.lang)
}

// customer is the customer's name, "" when nobody knows it.
func (v *VideoRoom) customer() string { return clean(v.known.CustomerName) }

// OnMount tells the desktop that the tab is there.
func (v *VideoRoom) OnMount(ctx app.Context) {
	v.s.begin(ctx)
	if u := v.s.support; !u.WebRTC || !u.Secure {
		v.to(PhaseBlocked)
	}
	v.stops = append(v.stops,
		v.desk.listen(func(origin string, m wire.Bridge) {
			ctx.Dispatch(func(app.Context) { v.hear(origin, m) })
		}),
		v.s.deps.Host.OnPageHide(func() { ctx.Dispatch(func(app.Context) { v.s.vanish(v.link()) }) }),
	)
}

// OnDismount gives everything back.
func (v *VideoRoom) OnDismount() {
	v.follow("")
	for _, stop := range v.stops {
		stop()
	}
	v.stops = nil
	v.s.close()
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
		if v.phase == PhaseInCall {
			v.s.choose(video.Audio, !m.Muted)
		}
	case wire.BridgeLeave:
		if !v.inCall() {
			v.desk.send(wire.Bridge{Type: wire.BridgeLeft, Code: v.code})
			return
		}
		v.attempt.end()
		v.s.leave()
	}
}

// link is what stands for the escalation in requests: its code with the tag, so
// that the agents of an office are not taken for people who guess codes.
func (v *VideoRoom) link() string {
	if v.known.Code == v.code && v.known.Link != "" {
		return v.known.Link
	}
	return v.code // from a server that does not tell
}

// inCall says whether the agent is in a call, or on the way into one.
func (v *VideoRoom) inCall() bool {
	return v.phase == PhaseInCall || v.phase == PhaseJoining || v.phase == PhaseRejoining || v.phase == PhaseAsking
}

// open shows the escalation of a Task. A call that goes on is not left for it:
// an agent has one at a time.
func (v *VideoRoom) open(task, code string) {
	if v.inCall() {
		if code != v.code {
			v.running = &wire.Running{Code: v.code, TaskSID: v.task}
			v.s.trouble = words.BusyLead.With(v.lang, v.code)
			v.s.say(v.s.trouble)
		}
		return
	}
	v.task, v.code = task, code
	v.known, v.running, v.trouble, v.notice = wire.Escalation{}, nil, "", ""
	v.elsewhere, v.ending = false, false
	v.to(PhaseConnecting)
	if v.signIn.known {
		v.load()
	}
}

// to goes to another step; the desktop is told.
func (v *VideoRoom) to(p Phase) {
	if p == v.phase {
		return
	}
	v.phase = p
	v.sureEnd = false
	host := v.s.deps.Host
	host.SetTitle(ui.Pick(p == PhaseInCall, words.CallTitle.With(v.lang, v.page.Brand), words.AgentTitle.In(v.lang)))
	if p != PhaseConnecting && p != PhaseIdle && p != PhaseAsking {
		// The desktop opens the tab; taking the focus then would pull the agent
		// out of the chat.
		v.s.ctx.Defer(func(app.Context) { host.Focus(ui.HeadingID) })
	}
	v.s.changed()
	v.tellPhase()
}

// tellPhase is the agent's part in words of the bridge.
func (v *VideoRoom) tellPhase() {
	p := call.Idle
	switch v.phase {
	case PhaseAsking, PhaseJoining:
		p = call.Joining
	case PhaseRejoining:
		p = call.Reconnecting
	case PhaseInCall:
		p = v.s.state.Phase
	case PhaseLeft, PhaseLost, PhaseOver:
		p = call.Left
	}
	muted := v.phase == PhaseInCall && !v.s.microphoneOn()
	v.desk.send(wire.Bridge{Type: wire.BridgeState, Phase: string(p), Code: v.code, Muted: muted})
}

// ended is told by the session that the Room is over.
func (v *VideoRoom) ended(err *video.Error) {
	how := v.s.partingOf(err, over(v.known.Status) || v.ending)
	v.s.tellLeft(v.link())
	switch how {
	case elsewhere:
		// Coming back by ourselves would throw the other tab out, and so on.
		v.elsewhere, v.trouble = true, words.ElsewhereLead.In(v.lang)
		v.s.say(words.ElsewhereHeading.In(v.lang))
		v.giveBack(PhaseLost)
		return
	case completed:
		v.known.Status = wire.StatusEnded // the server hears of it about now
		v.out()
		return
	case byChoice:
		v.out()
		return
	}
	v.back.lost(time.Now())
	v.trouble = words.Call(v.lang, err)
	v.rejoin()
}

// out is after a call: camera and microphone off, desktop told.
func (v *VideoRoom) out() {
	v.giveBack(ui.Pick(over(v.known.Status), PhaseOver, PhaseLeft))
}

func (v *VideoRoom) giveBack(p Phase) {
	v.attempt.end()
	v.s.release()
	v.to(p)
	v.desk.send(wire.Bridge{Type: wire.BridgeLeft, Code: v.code})
}

// rejoin tries once more to come back, or gives up.
func (v *VideoRoom) rejoin() {
	pause, ok := v.back.next(time.Now())
	if !ok {
		v.giveBack(PhaseLost)
		return
	}
	v.to(PhaseRejoining)
	v.s.say(words.RejoinHeading.In(v.lang))
	try := v.attempt.begin(v.s.ctx)
	v.s.later(pause, func() {
		if !superseded(try) {
			v.enter()
		}
	})
}

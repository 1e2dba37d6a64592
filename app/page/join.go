package page

import (
	"encoding/json"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/video"
	"escalate/app/wire"
)

// Join is the customer's page: green room, waiting, call, post-video page.
type Join struct {
	app.Compo

	s     session
	w     *words
	page  wire.Page
	code  string
	state wire.State
	phase Phase

	first string // Worker of the agent who was in the Room first

	consent        bool
	consentMissing bool
	want           video.Want // what the last Join asked for
	trouble        string     // why joining did not work
	copied         bool
	elsewhere      bool // the call goes on in another tab, or we were removed
	completed      bool // the Room is over, of which the server may not know yet

	attempt  attempt
	entering bool // a token has been asked for
	network  network
	back     comeback
	report   reporter
	rating   rating
	unwatch  func()
	stops    []func()
}

func newJoin(d Deps, code string) *Join {
	p := pageData(d.Host)
	j := &Join{page: p, w: wordsIn(p.Lang), code: code}
	j.s = newSession(d, j.w, customerIntent)
	j.s.nameOf = j.nameOf
	j.s.ended = j.ended
	j.rating = rating{code: code}
	j.report = reporter{api: d.API, code: code}
	if p.State != nil {
		j.state = *p.State
	}
	j.s.recorded = j.state.Recording
	j.phase = j.firstPhase()
	return j
}

func (j *Join) firstPhase() Phase {
	if over(j.state.Status) {
		return PhaseOver
	}
	if u := j.s.support; !u.WebRTC || !u.Secure {
		return PhaseBlocked
	}
	if j.page.State == nil {
		return PhaseLoading
	}
	return PhaseGreenRoom
}

// over says whether an escalation cannot be joined any more.
func over(s wire.Status) bool { return s == wire.StatusEnded || s == wire.StatusExpired }

// nameOf calls the session's agent by the name that the server gave; another
// Worker, such as a supervisor, must not go by it. From a server that does not
// tell whose name it is, it is that of the first who was in the Room.
func (j *Join) nameOf(identity string) string {
	if wire.RoleOf(identity) == wire.RoleCustomer {
		return j.w.Customer
	}
	worker, agent := wire.WorkerOf(identity), j.state.AgentWorker
	if agent == "" {
		j.first = pick(j.first == "", worker, j.first)
		agent = j.first
	}
	if worker != agent {
		return j.w.Colleague
	}
	return j.agent()
}

func (j *Join) agent() string {
	if n := clean(j.state.AgentName); n != "" {
		return n
	}
	return j.w.Agent
}

func (j *Join) callHeading() sentence {
	if n := clean(j.state.AgentName); n != "" {
		return about(j.w.CallHeading, n)
	}
	return plainly(j.w.CallNobody)
}

// OnMount takes over from the server's page, with what was done there.
func (j *Join) OnMount(ctx app.Context) {
	j.s.begin(ctx)
	j.s.intent.of(j.code)
	if over(j.state.Status) {
		j.s.intent.over()
	}
	host := j.s.deps.Host
	j.stops = append(j.stops, host.OnPageHide(func() {
		ctx.Dispatch(func(app.Context) { j.s.vanish(j.code) })
	}))
	j.rating.resume(j)
	var e early
	if b := host.Early(); b != nil {
		_ = json.Unmarshal(b, &e) // unreadable is as good as nothing done
	}
	j.consent = e.Consent
	switch j.phase {
	case PhaseLoading:
		j.load()
	case PhaseGreenRoom:
		j.watch()
		j.progress(wire.PhaseOpened, "")
		j.checkNetwork()
		switch e.Click {
		case JoinButton:
			j.onJoin(ctx, app.Event{})
		case QuietJoinButton:
			j.onQuietJoin(ctx, app.Event{})
		case CheckButton:
			j.onCheck(ctx, app.Event{})
		}
		if e.Focus != "" && e.Click == "" {
			ctx.Defer(func(app.Context) { host.Focus(e.Focus) })
		}
	case PhaseBlocked:
		detail := wire.TroubleUnsupported
		switch u := j.s.support; {
		case u.InApp:
			detail = wire.TroubleInAppBrowser
		case !u.Secure:
			detail = wire.TroubleInsecure
		}
		j.progress(wire.PhaseTrouble, detail)
	}
}

// OnDismount gives everything back.
func (j *Join) OnDismount() {
	for _, stop := range j.stops {
		stop()
	}
	j.stops = nil
	if j.unwatch != nil {
		j.unwatch()
	}
	j.s.close()
}

// to goes to another step: title, focus and the agent's view follow.
func (j *Join) to(p Phase) {
	if p == j.phase {
		return
	}
	j.phase = p
	host := j.s.deps.Host
	host.SetTitle(j.title())
	if p != PhaseAsking { // the browser's own prompt has the focus then
		j.s.ctx.Defer(func(app.Context) { host.Focus(HeadingID) })
	}
	j.s.changed()
	switch p {
	case PhaseAsking:
		j.progress(wire.PhasePermission, "")
	case PhaseWaiting:
		host.Settled()
		j.progress(wire.PhaseWaiting, "")
	case PhaseJoining:
		j.progress(wire.PhaseJoining, "")
	case PhaseInCall:
		host.Settled()
		j.progress(wire.PhaseInCall, "")
	case PhaseAfter:
		j.progress(wire.PhaseLeft, "")
	case PhaseRejoining, PhaseLost:
		j.progress(wire.PhaseTrouble, wire.TroubleNetwork)
	}
}

func (j *Join) progress(p wire.Phase, detail string) {
	j.report.send(j.s.ctx, wire.Progress{Phase: p, Detail: detail})
}

func (j *Join) title() string {
	switch j.phase {
	case PhaseWaiting:
		return j.w.WaitTitle
	case PhaseJoining:
		return j.w.JoiningTitle
	case PhaseInCall:
		return fill(j.w.CallTitle, j.page.Brand)
	case PhaseRejoining, PhaseLost:
		return j.w.LostTitle
	case PhaseAfter, PhaseOver:
		return fill(j.w.AfterTitle, j.page.Brand)
	case PhaseBlocked:
		return j.w.BlockedTitle
	}
	return fill(j.w.InviteTitle, j.page.Brand)
}

// Render implements app.Composer.
func (j *Join) Render() app.UI {
	switch j.phase {
	case PhaseInCall:
		return frame(j.page, j.phase, "call", j.s.live,
			j.s.callView(j.callHeading(), about(j.w.Alone, j.agent()))...)
	case PhaseWaiting:
		return frame(j.page, j.phase, "page", j.s.live, brand(j.page), j.waiting())
	case PhaseLoading:
		return frame(j.page, j.phase, "page", j.s.live, brand(j.page), j.busyCard(j.w.Loading, j.trouble, ""))
	case PhaseJoining:
		return frame(j.page, j.phase, "page", j.s.live, brand(j.page), j.busyCard(j.w.JoiningHeading, pick(j.s.slow.on, j.w.SDKLoading, ""), j.w.Cancel))
	case PhaseRejoining:
		return frame(j.page, j.phase, "page", j.s.live, brand(j.page), j.busyCard(j.w.RejoinHeading, j.w.RejoinLead, j.w.Leave))
	case PhaseLost:
		return frame(j.page, j.phase, "page", j.s.live, brand(j.page), j.lost())
	case PhaseAfter:
		return frame(j.page, j.phase, "page", j.s.live, brand(j.page), j.after())
	case PhaseOver:
		return frame(j.page, j.phase, "page", j.s.live, brand(j.page), j.overCard())
	case PhaseBlocked:
		return frame(j.page, j.phase, "page", j.s.live, brand(j.page), j.blocked())
	}
	return frame(j.page, j.phase, "page", j.s.live, brand(j.page), j.greenRoom())
}

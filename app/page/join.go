package page

import (
	"encoding/json"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// Join is the customer's page: green room, waiting, call, post-video page.
type Join struct {
	app.Compo

	s     session
	lang  words.Language
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
	j := &Join{page: p, lang: words.In(p.Lang), code: code}
	j.s = newSession(d, j.lang, customerIntent)
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
	if words.Blocked(j.s.support) != nil {
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
		return words.Customer.In(j.lang)
	}
	worker, agent := wire.WorkerOf(identity), j.state.AgentWorker
	if agent == "" {
		j.first = ui.Pick(j.first == "", worker, j.first)
		agent = j.first
	}
	if worker != agent {
		return words.Colleague.In(j.lang)
	}
	return j.agent()
}

func (j *Join) agent() string {
	if n := clean(j.state.AgentName); n != "" {
		return n
	}
	return words.Agent.In(j.lang)
}

func (j *Join) callHeading() words.Sentence {
	if n := clean(j.state.AgentName); n != "" {
		return words.CallHeading.About(j.lang, n)
	}
	return words.CallNobody.Plain(j.lang)
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
		j.progress(wire.PhaseTrouble, words.Blocked(j.s.support).Trouble)
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
		j.s.ctx.Defer(func(app.Context) { host.Focus(ui.HeadingID) })
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
		return words.WaitTitle.In(j.lang)
	case PhaseJoining:
		return words.JoiningTitle.In(j.lang)
	case PhaseInCall:
		return words.CallTitle.With(j.lang, j.page.Brand)
	case PhaseRejoining, PhaseLost:
		return words.LostTitle.In(j.lang)
	case PhaseAfter, PhaseOver:
		return words.AfterTitle.With(j.lang, j.page.Brand)
	case PhaseBlocked:
		return words.BlockedTitle.In(j.lang)
	}
	return words.InviteTitle.With(j.lang, j.page.Brand)
}

// Render implements app.Composer.
func (j *Join) Render() app.UI {
	switch j.phase {
	case PhaseInCall:
		return ui.Frame(j.page, string(j.phase), "call", j.s.live,
			j.s.callView(j.callHeading(), words.Alone.About(j.lang, j.agent()))...)
	case PhaseWaiting:
		return ui.Frame(j.page, string(j.phase), "page", j.s.live, ui.Brand(j.page), j.waiting())
	case PhaseLoading:
		return ui.Frame(j.page, string(j.phase), "page", j.s.live, ui.Brand(j.page), j.busyCard(words.Loading.In(j.lang), j.trouble, ""))
	case PhaseJoining:
		return ui.Frame(j.page, string(j.phase), "page", j.s.live, ui.Brand(j.page), j.busyCard(words.JoiningHeading.In(j.lang), ui.Pick(j.s.slow.on, words.SDKLoading.In(j.lang), ""), words.Cancel.In(j.lang)))
	case PhaseRejoining:
		return ui.Frame(j.page, string(j.phase), "page", j.s.live, ui.Brand(j.page), j.busyCard(words.RejoinHeading.In(j.lang), words.RejoinLead.In(j.lang), words.Leave.In(j.lang)))
	case PhaseLost:
		return ui.Frame(j.page, string(j.phase), "page", j.s.live, ui.Brand(j.page), j.lost())
	case PhaseAfter:
		return ui.Frame(j.page, string(j.phase), "page", j.s.live, ui.Brand(j.page), j.after())
	case PhaseOver:
		return ui.Frame(j.page, string(j.phase), "page", j.s.live, ui.Brand(j.page), j.overCard())
	case PhaseBlocked:
		return ui.Frame(j.page, string(j.phase), "page", j.s.live, ui.Brand(j.page), j.blocked())
	}
	return ui.Frame(j.page, string(j.phase), "page", j.s.live, ui.Brand(j.page), j.greenRoom())
}

package page

import (
	"context"
	"errors"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/device"
	"escalate/app/stage"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// Join is the customer's page: green room, waiting, call, post-video page. How a
// call is joined, left and come back to is in attempt.
type Join struct {
	app.Compo

	screen *ui.Screen
	stage  *stage.Stage
	source source
	page   wire.Page
	code   string
	state  wire.State
	first  string // Worker of the agent who was in the Room first

	attempt   attempt
	want      video.Want // what the last Join asked for
	consent   consent
	completed bool // the Room is over, of which the server may not know yet

	network network
	report  reporter
	rating  rating
	blocked blocked
	unwatch func()
	stops   []func()
}

func newJoin(d Deps, code string) *Join {
	p := pageData(d.Host)
	screen := &ui.Screen{Lang: words.In(p.Lang)}
	j := &Join{screen: screen, page: p, code: code}
	j.stage = stage.New(screen, d.Host, d.Devices, d.Video, device.CustomerIntent)
	j.stage.NameOf, j.stage.Fills = j.nameOf, true
	j.source = source{screen: screen, host: d.Host, api: d.API, wait: usual()}
	j.attempt = attempt{side: j, screen: screen, stage: j.stage, host: d.Host, api: d.API, home: PhaseGreenRoom}
	j.stage.Call.Ended = j.attempt.ended
	j.consent = consent{screen: screen}
	j.network = network{screen: screen, host: d.Host}
	j.rating = rating{screen: screen, host: d.Host, api: d.API, code: code}
	j.report = reporter{screen: screen, api: d.API, code: code}
	j.blocked = blocked{screen: screen, host: d.Host}
	if p.State != nil {
		j.state = *p.State
	}
	j.stage.Recorded = j.state.Recording
	switch {
	case j.over():
		j.attempt.phase = PhaseOver
	case words.Blocked(j.stage.Kit.Support) != nil:
		j.attempt.phase = PhaseBlocked
	case p.State == nil:
		j.attempt.phase = PhaseLoading
	default:
		j.attempt.phase = PhaseGreenRoom
	}
	return j
}

// over says whether an escalation cannot be joined any more.
func over(s wire.Status) bool { return s == wire.StatusEnded || s == wire.StatusExpired }

func (j *Join) over() bool { return over(j.state.Status) }

// nameOf calls the session's agent by the name that the server gave; another
// Worker, such as a supervisor, must not go by it. From a server that does not
// tell whose name it is, it is that of the first who was in the Room.
func (j *Join) nameOf(identity string) string {
	if wire.RoleOf(identity) == wire.RoleCustomer {
		return words.Customer.In(j.screen.Lang)
	}
	worker, agent := wire.WorkerOf(identity), j.state.AgentWorker
	if agent == "" {
		j.first = ui.Pick(j.first == "", worker, j.first)
		agent = j.first
	}
	if worker != agent {
		return words.Colleague.In(j.screen.Lang)
	}
	return j.agent()
}

func (j *Join) agent() string {
	if n := clean(j.state.AgentName); n != "" {
		return n
	}
	return words.Agent.In(j.screen.Lang)
}

// OnMount takes over from the server's page, with what was done there.
func (j *Join) OnMount(ctx app.Context) {
	j.stage.Begin(ctx)
	j.stage.Kit.Intent.Of(j.code)
	if j.over() {
		j.stage.Kit.Intent.Over()
	}
	host := j.source.host
	j.stops = append(j.stops, host.OnPageHide(func() { j.screen.Do(j.attempt.vanish) }))
	j.rating.resume()
	e := earlyOf(host)
	j.consent.given = e.Consent
	switch j.attempt.phase {
	case PhaseLoading:
		j.load()
	case PhaseGreenRoom:
		j.watch()
		j.report.progress(wire.PhaseOpened, "")
		j.checkNetwork()
		switch e.Click {
		case JoinButton:
			j.onJoin(ctx, app.Event{})
		case QuietJoinButton:
			j.onQuietJoin(ctx, app.Event{})
		case device.CheckButton:
			j.onCheck(ctx, app.Event{})
		}
		if e.Focus != "" && e.Click == "" {
			j.screen.Then(func() { host.Focus(e.Focus) })
		}
	case PhaseBlocked:
		j.report.progress(wire.PhaseTrouble, words.Blocked(j.stage.Kit.Support).Trouble)
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
	j.stage.Close()
}

// join carries out a click on Join, if the customer agrees to what it brings.
func (j *Join) join(w video.Want) {
	if j.state.Recording && !j.consent.given {
		j.consent.ask(j.source.host)
		return
	}
	j.want = w
	j.stage.Kit.Intent.Of(j.code)
	j.attempt.join(w)
}

// watch follows the escalation for as long as the page is open.
func (j *Join) watch() {
	if j.unwatch != nil {
		j.unwatch()
	}
	j.unwatch = j.source.follow(j.code, j.take, j.noNews, func() bool { return !j.over() })
}

// noNews is told that looking went wrong.
func (j *Join) noNews(err error) {
	if wire.CodeOf(err) == wire.CodeUnknownCode && j.attempt.phase == PhaseGreenRoom {
		j.finish(wire.CodeUnknownCode)
	}
}

// fetch asks for the state of the escalation.
func (j *Join) fetch(done func(wire.State, error)) {
	j.screen.Go(func(ctx context.Context) func() {
		v, err := j.source.api.State(ctx, j.code)
		return func() {
			done(v, err)
		}
	})
}

// load fetches the state that the server would have written into the page. The
// page came without it because it was kept in the browser and the line is slow.
func (j *Join) load() {
	j.fetch(func(st wire.State, err error) {
		if j.attempt.phase != PhaseLoading {
			return
		}
		c, over := overCode(err)
		switch {
		case err == nil:
			j.attempt.trouble = ""
			if j.take(st); j.attempt.phase != PhaseLoading {
				return // it is over
			}
			j.watch()
			j.attempt.to(PhaseGreenRoom)
			j.report.progress(wire.PhaseOpened, "")
		case over:
			j.finish(c)
		default:
			j.attempt.trouble = j.attempt.problem(err)
			j.screen.Say(j.attempt.trouble)
			j.screen.Later(loadAgain, j.load)
		}
	})
}

// take accepts news about the escalation.
func (j *Join) take(st wire.State) {
	if st.Version < j.state.Version {
		return // overtaken on the way
	}
	if j.completed && !over(st.Status) {
		st.Status = wire.StatusEnded
	} else if over(st.Status) {
		j.stage.Kit.Intent.Over()
	}
	j.state = st
	j.stage.Recorded = st.Recording
	switch {
	case j.over():
		switch j.attempt.phase {
		case PhaseInCall:
			j.stage.Call.Leave()
		case PhaseAfter, PhaseOver, PhaseBlocked:
		default:
			j.stage.Call.Abandon()
			j.attempt.leave(j.out())
		}
	case j.attempt.phase == PhaseWaiting && st.AgentPresent && !j.attempt.entering:
		j.attempt.enter()
	}
}

// What follows is what attempt wants to know of a side.

func (j *Join) link() string { return j.code }

func (j *Join) token() func(context.Context) (wire.Join, error) {
	r := wire.JoinRequest{}
	if j.state.Recording {
		r.Consent = words.Consent.In(j.screen.Lang)
	}
	return func(ctx context.Context) (wire.Join, error) { return j.source.api.Join(ctx, j.code, r) }
}

// show makes title, focus and the agent's view follow.
func (j *Join) show(p Phase) {
	host := j.source.host
	host.SetTitle(titleOf(j.screen.Lang, p, j.page.Brand))
	if p != PhaseAsking { // the browser's own prompt has the focus then
		j.screen.Then(func() { host.Focus(ui.HeadingID) })
	}
	j.screen.Changed()
	switch p {
	case PhaseAsking:
		j.report.progress(wire.PhasePermission, "")
	case PhaseWaiting:
		host.Settled()
		j.report.progress(wire.PhaseWaiting, "")
	case PhaseJoining:
		j.report.progress(wire.PhaseJoining, "")
	case PhaseInCall:
		host.Settled()
		j.report.progress(wire.PhaseInCall, "")
	case PhaseAfter:
		j.report.progress(wire.PhaseLeft, "")
	case PhaseRejoining, PhaseLost:
		j.report.progress(wire.PhaseTrouble, wire.TroubleNetwork)
	}
}

// finish is the end of an escalation: after a call its rating, else a notice.
func (j *Join) finish(c wire.Code) {
	switch c {
	case wire.CodeExpired:
		j.state.Status = wire.StatusExpired
	case wire.CodeUnknownCode:
		j.state.Status = ""
	default:
		j.state.Status = wire.StatusEnded
	}
	j.stage.Kit.Intent.Over()
	j.attempt.leave(j.out())
}

// roomOver: the server hears of it from Twilio about now. Until then its news
// must not offer a way back into a Room that is not there.
func (j *Join) roomOver() {
	j.completed, j.state.Status = true, wire.StatusEnded
	j.screen.Later(j.source.wait.poll, func() {
		j.completed = false
		j.watch()
		j.fetch(func(st wire.State, err error) {
			if err != nil {
				j.noNews(err)
				return
			}
			j.take(st)
		})
	})
}

// out shows the post-video page to who was in a call, or that it is over.
func (j *Join) out() Phase { return ui.Pick(j.attempt.back.since.IsZero(), PhaseOver, PhaseAfter) }

func (j *Join) objects(err error) bool {
	if wire.CodeOf(err) == wire.CodeConsentRequired {
		j.state.Recording, j.consent.missing = true, true
		j.attempt.to(PhaseGreenRoom)
		return true
	}
	var v *video.Error
	if errors.As(err, &v) && (v.Reason == video.RoomCompleted || v.Reason == video.RoomNotFound) {
		j.finish(wire.CodeEnded)
		return true
	}
	return false
}

func (j *Join) stuck(err error, again bool) {
	j.attempt.trouble = j.attempt.problem(err)
	if again {
		return
	}
	j.screen.Say(j.attempt.trouble)
	j.report.progress(wire.PhaseTrouble, troubleOf(err))
	j.attempt.goHome()
}

// troubleOf is what the agent is told of a call that could not be joined.
func troubleOf(err error) string {
	var w *wire.Error
	if errors.As(err, &w) && w.Code != wire.CodeUnavailable {
		return "" // the customer's network is fine
	}
	var v *video.Error
	if errors.As(err, &v) {
		switch v.Reason {
		case video.RoomFull, video.TokenInvalid:
			return "" // as above
		case video.SDKBlocked:
			return wire.TroubleSDKBlocked
		case video.SDKSlow:
			return wire.TroubleSDKSlow
		}
	}
	return wire.TroubleNetwork
}

func (j *Join) noDevices(a *words.Advice) {
	j.attempt.goHome()
	j.screen.Say(a.In(j.screen.Lang))
	j.report.progress(wire.PhaseTrouble, a.Trouble)
}

package page

import (
	"context"
	"errors"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// join carries out a click on Join.
func (j *Join) join(w video.Want) {
	if j.state.Recording && !j.consent {
		j.consentMissing = true
		j.s.say(words.ConsentMissing.In(j.lang))
		j.s.ctx.Defer(func(app.Context) { j.s.deps.Host.Focus(ConsentInput) })
		return
	}
	j.trouble, j.want, j.elsewhere = "", w, false
	j.s.intent.of(j.code)
	if j.s.capture == nil && (w.Audio || w.Video) {
		j.askFirst(w, j.enter)
		return
	}
	j.enter()
}

// askFirst asks for the devices, then goes on with next.
func (j *Join) askFirst(w video.Want, next func()) {
	j.to(PhaseAsking)
	j.s.ask(w, func(ok bool) {
		if j.phase != PhaseAsking {
			j.s.release() // ended or expired meanwhile
			return
		}
		if !ok {
			j.to(PhaseGreenRoom)
			a := words.Media(j.s.mediaErr)
			j.s.say(a.In(j.lang))
			j.progress(wire.PhaseTrouble, a.Trouble)
			return
		}
		next()
	})
}

// enter asks for a token and joins, waits, or says why not.
func (j *Join) enter() {
	try := j.attempt.begin(j.s.ctx)
	if j.phase != PhaseWaiting && j.phase != PhaseRejoining {
		j.to(PhaseJoining)
	}
	j.entering = true
	r := wire.JoinRequest{}
	if j.state.Recording {
		r.Consent = words.Consent.In(j.lang)
	}
	asyncIn(try, &j.s, func(ctx context.Context) (wire.Join, error) {
		return j.s.deps.API.Join(ctx, j.code, r)
	}, func(a wire.Join, err error) {
		if superseded(try) {
			return
		}
		j.entering = false
		switch {
		case err != nil:
			j.refused(err)
		case a.Waiting:
			j.take(a.State)
			if !over(j.state.Status) {
				j.to(PhaseWaiting)
			}
		default:
			if j.phase == PhaseWaiting {
				j.to(PhaseJoining) // before the news, which would send a waiting page in again
			}
			if j.take(a.State); !superseded(try) {
				j.connect(try, a)
			}
		}
	})
}

func (j *Join) connect(try context.Context, a wire.Join) {
	j.rating.by = giver{a.Identity, a.LeaveKey}
	j.s.connect(a, func(err error) {
		switch {
		case superseded(try):
		case err != nil:
			j.notConnected(videoError(err))
		default:
			j.back.joined(time.Now())
			j.to(PhaseInCall)
		}
	})
}

// refused handles the server's no to a wish to join.
func (j *Join) refused(err error) {
	var e *wire.Error
	if errors.As(err, &e) {
		switch e.Code {
		case wire.CodeEnded, wire.CodeExpired, wire.CodeUnknownCode:
			j.finish(e.Code)
			return
		case wire.CodeConsentRequired:
			j.state.Recording, j.consentMissing = true, true
			j.to(PhaseGreenRoom)
			return
		}
	}
	detail := ""
	if e == nil || e.Code == wire.CodeUnavailable {
		detail = wire.TroubleNetwork
	}
	j.again(j.s.problem(err), detail)
}

// notConnected handles a Room that could not be joined.
func (j *Join) notConnected(e *video.Error) {
	if e.Reason == video.RoomCompleted || e.Reason == video.RoomNotFound {
		j.finish(wire.CodeEnded)
		return
	}
	j.again(words.Call(j.lang, e), joinTrouble(e.Reason))
}

// again tries to come back if we were in a call, and else shows the green room
// with the reason; detail is the reason for the agent.
func (j *Join) again(why, detail string) {
	if j.phase == PhaseRejoining {
		j.trouble = why
		j.rejoin()
		return
	}
	j.trouble = why
	j.s.say(why)
	j.progress(wire.PhaseTrouble, detail)
	j.to(PhaseGreenRoom)
}

// ended is told by the session that the Room is over.
func (j *Join) ended(err *video.Error) {
	how := j.s.partingOf(err, over(j.state.Status))
	j.s.tellLeft(j.code)
	switch how {
	case elsewhere:
		// Coming back by ourselves would throw the other tab out, and so on.
		j.elsewhere = true
		j.s.release() // the other tab wants the camera
		j.to(PhaseLost)
		j.s.say(words.ElsewhereHeading.In(j.lang))
		return
	case byChoice:
		j.goodbye()
		return
	case completed:
		// The server hears of it from Twilio about now. Until then its news must
		// not offer a way back into a Room that is not there.
		j.completed, j.state.Status = true, wire.StatusEnded
		j.goodbye()
		j.s.later(j.s.wait.poll, func() {
			j.completed = false
			j.watch()
			j.fetchState()
		})
		return
	}
	j.back.lost(time.Now())
	j.trouble = words.Call(j.lang, err)
	j.rejoin()
}

// rejoin tries once more to come back, or gives up.
func (j *Join) rejoin() {
	pause, ok := j.back.next(time.Now())
	if !ok {
		j.to(PhaseLost)
		return
	}
	j.to(PhaseRejoining)
	j.s.say(words.RejoinHeading.In(j.lang))
	try := j.attempt.begin(j.s.ctx)
	j.s.later(pause, func() {
		if !superseded(try) {
			j.enter()
		}
	})
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
	j.s.intent.over()
	j.goodbye()
}

// goodbye shows the post-video page to who was in a call, or that it is over.
func (j *Join) goodbye() {
	j.attempt.end()
	j.entering = false
	j.s.release()
	if j.back.since.IsZero() {
		j.to(PhaseOver)
		return
	}
	j.to(PhaseAfter)
}

// watch follows the escalation for as long as the page is open.
func (j *Join) watch() {
	if j.unwatch != nil {
		j.unwatch()
	}
	j.unwatch = j.s.follow(j.code, j.take, j.noNews, func() bool { return !over(j.state.Status) })
}

// noNews is told that looking went wrong.
func (j *Join) noNews(err error) {
	var e *wire.Error
	if errors.As(err, &e) && e.Code == wire.CodeUnknownCode && j.phase == PhaseGreenRoom {
		j.finish(e.Code)
	}
}

func (j *Join) fetchState() {
	async(&j.s, func(ctx context.Context) (wire.State, error) {
		return j.s.deps.API.State(ctx, j.code)
	}, func(st wire.State, err error) {
		if err != nil {
			j.noNews(err)
			return
		}
		j.take(st)
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
		j.s.intent.over()
	}
	j.state = st
	j.s.recorded = st.Recording
	switch {
	case over(st.Status):
		switch j.phase {
		case PhaseInCall:
			j.s.leave()
		case PhaseAfter, PhaseOver, PhaseBlocked:
		default:
			j.s.abandon()
			j.goodbye()
		}
	case j.phase == PhaseWaiting && st.AgentPresent && !j.entering:
		j.enter()
	}
}

// joinTrouble is what the agent is told of a call that could not be joined.
func joinTrouble(r video.Reason) string {
	switch r {
	case video.RoomFull, video.TokenInvalid:
		return "" // the customer's network is fine
	case video.SDKBlocked:
		return wire.TroubleSDKBlocked
	case video.SDKSlow:
		return wire.TroubleSDKSlow
	}
	return wire.TroubleNetwork
}

package page

import (
	"context"
	"errors"
	"time"

	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// load asks for the escalation of the Task that is shown.
func (v *VideoRoom) load() {
	task := v.task
	async(&v.s, func(ctx context.Context) (wire.Task, error) {
		return v.s.deps.API.Task(ctx, task)
	}, func(t wire.Task, err error) {
		switch {
		case task != v.task || v.inCall():
		case err != nil:
			v.complain(err)
		case t.Escalation == nil:
			v.trouble = words.NoTask.In(v.lang)
		default:
			v.trouble, v.signIn.refused = "", false
			v.known, v.code = *t.Escalation, t.Escalation.Code
			v.follow(v.code)
			v.take(v.known.State)
			if !over(v.known.Status) {
				v.to(PhaseIdle)
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
	v.unfollow = v.s.follow(v.link(), v.take, nil, func() bool { return code == v.code && !over(v.known.Status) })
}

// take accepts news about the escalation that is shown.
func (v *VideoRoom) take(st wire.State) {
	if st.Code != v.code || st.Version < v.known.Version {
		return
	}
	who := v.customer()
	if before, now := words.Progress(v.known.State).Of(v.lang, who), words.Progress(st).Of(v.lang, who); before != now && v.phase != PhaseInCall {
		v.s.say(now.String())
	}
	v.known.State = st
	v.s.recorded = st.Recording
	if !over(st.Status) || v.phase == PhaseOver {
		return
	}
	v.follow("")
	v.s.intent.over()
	if v.inCall() {
		v.attempt.end()
		v.s.leave()
		return
	}
	v.to(PhaseOver)
	v.desk.send(wire.Bridge{Type: wire.BridgeLeft, Code: v.code})
}

// join carries out a click on Join.
func (v *VideoRoom) join(w video.Want) {
	v.trouble, v.notice, v.running, v.elsewhere = "", "", nil, false
	v.back.tries = 0
	v.s.intent.of(v.code)
	if v.s.capture != nil || !w.Audio && !w.Video {
		v.to(PhaseJoining)
		v.enter()
		return
	}
	v.to(PhaseAsking)
	v.s.ask(w, func(ok bool) {
		switch {
		case v.phase != PhaseAsking:
			v.s.release() // told to leave meanwhile
		case ok:
			v.to(PhaseJoining)
			v.enter()
		default:
			v.trouble = words.Media(v.s.mediaErr).In(v.lang)
			v.s.say(v.trouble)
			v.to(PhaseIdle)
		}
	})
}

// enter asks for a token and joins.
func (v *VideoRoom) enter() {
	try := v.attempt.begin(v.s.ctx)
	link := v.link()
	asyncIn(try, &v.s, func(ctx context.Context) (wire.Join, error) {
		return v.s.deps.API.AgentJoin(ctx, link)
	}, func(a wire.Join, err error) {
		switch {
		case superseded(try):
		case err != nil:
			v.refused(err)
		default:
			if v.take(a.State); !superseded(try) && !over(v.known.Status) {
				v.connect(try, a)
			}
		}
	})
}

func (v *VideoRoom) connect(try context.Context, a wire.Join) {
	v.s.connect(a, func(err error) {
		switch {
		case superseded(try):
		case err == nil:
			v.back.joined(time.Now())
			v.trouble = ""
			v.to(PhaseInCall)
		case v.phase == PhaseRejoining:
			v.rejoin()
		default:
			v.notNow(words.Call(v.lang, videoError(err)))
		}
	})
}

// refused handles the server's no to a wish to join.
func (v *VideoRoom) refused(err error) {
	var e *wire.Error
	if errors.As(err, &e) {
		switch e.Code {
		case wire.CodeAgentBusy:
			v.running = e.Running
			v.notNow(e.Message)
			return
		case wire.CodeEnded, wire.CodeExpired, wire.CodeUnknownCode:
			v.known.Status = wire.StatusEnded
			v.s.intent.over()
			v.out()
			return
		}
	}
	if v.phase == PhaseRejoining {
		v.rejoin()
		return
	}
	v.notNow(v.problem(err))
}

// notNow shows why joining did not work, with Join at hand again.
func (v *VideoRoom) notNow(why string) {
	v.s.release()
	v.trouble = why
	v.s.say(why)
	v.to(PhaseIdle)
}

// cancel stops joining, or coming back, which is to leave.
func (v *VideoRoom) cancel() {
	v.attempt.end()
	v.s.giveUp(v.link())
	if v.phase == PhaseRejoining {
		v.out()
		return
	}
	v.s.release()
	v.to(PhaseIdle)
}

// resend posts the link into the chat once more.
func (v *VideoRoom) resend() {
	e := wire.Escalate{TaskSID: v.task, SendInvite: true, Lang: v.page.Lang}
	async(&v.s, func(ctx context.Context) (wire.Escalation, error) {
		return v.s.deps.API.Escalate(ctx, e)
	}, func(got wire.Escalation, err error) {
		switch {
		case e.TaskSID != v.task || v.phase == PhaseOver:
			// Something else is shown by now.
		case err != nil:
			v.notice = ""
			v.complain(err)
		default:
			v.notice, v.trouble = words.SentAgain.In(v.lang), ""
			v.s.say(v.notice)
			v.known, v.code = got, got.Code
		}
	})
}

// end ends the call for everyone, on the second click within a few seconds.
func (v *VideoRoom) end() {
	if !v.sureEnd {
		v.sureEnd = true
		v.s.say(words.EndSure.In(v.lang))
		v.s.later(5*time.Second, func() { v.sureEnd = false })
		return
	}
	v.sureEnd, v.ending = false, true
	code, link := v.code, v.link()
	async(&v.s, func(ctx context.Context) (wire.State, error) {
		return v.s.deps.API.End(ctx, link)
	}, func(st wire.State, err error) {
		if code != v.code {
			return
		}
		v.ending = false
		var e *wire.Error
		switch {
		case err == nil:
			v.take(st)
		case errors.As(err, &e) && (e.Code == wire.CodeEnded || e.Code == wire.CodeExpired || e.Code == wire.CodeUnknownCode):
			st = v.known.State
			st.Status = wire.StatusEnded
			v.take(st)
		default:
			v.complain(err)
		}
	})
}

// copyLink puts the customer's link on the clipboard.
func (v *VideoRoom) copyLink() {
	link := v.known.JoinURL
	act(&v.s, func(ctx context.Context) error { return v.s.deps.Host.Copy(ctx, link) }, func(err error) {
		v.notice, v.trouble = words.Copied.In(v.lang), ""
		if err != nil {
			v.notice, v.trouble = "", words.CopyByHand.In(v.lang)
		}
		v.s.say(v.notice + v.trouble)
	})
}

package page

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/wire"
	"escalate/app/words"
)

// bridge speaks with the agent desktop that frames the Video Room tab. It
// listens only to the window that frames us, and only if its origin is one the
// server names; what it says goes to that origin alone, except "ready", which
// holds nothing secret.
type bridge struct {
	host    Host
	origins []string
	desktop string // origin of the desktop, once it has written
}

// listen starts with "ready" and calls f with each message of the desktop, on
// whatever goroutine it came.
func (b *bridge) listen(f func(origin string, m wire.Bridge)) (stop func()) {
	stop = b.host.OnMessage(func(origin string, fromParent bool, data []byte) {
		if m, ok := b.read(origin, fromParent, data); ok {
			f(origin, m)
		}
	})
	b.post(wire.Bridge{Type: wire.BridgeReady}, "*")
	return stop
}

// read checks and decodes a message.
func (b *bridge) read(origin string, fromParent bool, data []byte) (m wire.Bridge, ok bool) {
	if !fromParent || !slices.Contains(b.origins, origin) {
		return m, false
	}
	if json.Unmarshal(data, &m) != nil || m.Escalate != wire.BridgeVersion {
		return m, false // another program's message, or another version's
	}
	return m, true
}

// send tells the desktop something; before it has written, nobody is told.
func (b *bridge) send(m wire.Bridge) {
	if b.desktop != "" {
		b.post(m, b.desktop)
	}
}

// left tells the desktop that the agent is not in the call with the code.
func (b *bridge) left(code string) { b.send(wire.Bridge{Type: wire.BridgeLeft, Code: code}) }

func (b *bridge) post(m wire.Bridge, origin string) {
	m.Escalate = wire.BridgeVersion
	if data, err := json.Marshal(m); err == nil {
		b.host.PostToParent(data, origin)
	}
}

// signIn is the agent's being signed in to Flex, as the desktop's messages and
// the server's answers tell.
type signIn struct {
	hand    func(flexToken string) // hands a token to the API
	known   bool                   // the desktop has sent a token
	refused bool                   // the server has refused it
	said    string                 // what was said about that
}

// problem is what to say about an error of the server.
func (v *VideoRoom) problem(err error) string {
	why := v.attempt.problem(err)
	if wire.CodeOf(err) == wire.CodeUnauthorized {
		if v.attempt.phase == PhaseInCall {
			// The server's advice for who cannot sign in may end the call. The
			// desktop sends a new token soon.
			why = words.SignInStale.In(v.screen.Lang)
		}
		v.signIn.refused, v.signIn.said = true, why
	}
	return why
}

// complain shows what did not work, in the call and outside of it.
func (v *VideoRoom) complain(err error) {
	v.attempt.trouble = v.problem(err)
	if v.attempt.phase == PhaseInCall {
		v.screen.Trouble = v.attempt.trouble
	}
	v.screen.Say(v.attempt.trouble)
}

// signedIn takes a token from the desktop.
func (v *VideoRoom) signedIn(token string) {
	first := !v.signIn.known
	v.signIn.known = true
	v.signIn.hand(token)
	switch {
	case v.task == "":
	case first, v.attempt.phase == PhaseConnecting && v.signIn.refused:
		v.load()
	case v.signIn.refused:
		v.signIn.check(v)
	}
}

// check asks with a new token for what changes nothing. If it is good, what was
// said about the old one goes.
func (s *signIn) check(v *VideoRoom) {
	task := v.task
	v.screen.Go(func(ctx context.Context) func() {
		_, err := v.source.api.Task(ctx, task)
		return func() {
			if err != nil {
				return // as bad as the old one, or not known
			}
			s.refused = false
			if v.attempt.trouble == s.said {
				v.attempt.trouble = ""
			}
			if v.screen.Trouble == s.said {
				v.screen.Trouble = ""
			}
		}
	})
}

// sureFor is how long a first click on End waits for the second.
const sureFor = 5 * time.Second

// ending is End for everyone, which takes two clicks within a few seconds.
type ending struct {
	room  *VideoRoom // whose escalation it is
	sure  bool       // End was pressed once
	asked bool       // and once more: the server is asked
}

func (e *ending) button() app.UI {
	text := ui.Pick(e.sure, &words.EndSure, &words.End).In(e.room.screen.Lang)
	return ui.Button(EndButton, "button-danger", ui.IconLeave, text, e.onClick)
}

func (e *ending) onClick(app.Context, app.Event) { e.click() }

// click ends the escalation if it is the second.
func (e *ending) click() {
	v := e.room
	if !e.sure {
		e.sure = true
		v.screen.Say(words.EndSure.In(v.screen.Lang))
		v.screen.Later(sureFor, func() { e.sure = false })
		return
	}
	e.sure, e.asked = false, true
	code, link := v.code, v.link()
	v.screen.Go(func(ctx context.Context) func() {
		st, err := v.source.api.End(ctx, link)
		return func() {
			if code != v.code {
				return
			}
			e.asked = false
			_, already := overCode(err)
			switch {
			case err == nil:
				v.take(st)
			case already:
				st = v.known.State
				st.Status = wire.StatusEnded
				v.take(st)
			default:
				v.complain(err)
			}
		}
	})
}

package page

import (
	"encoding/json"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/wire"
)

// missedBeats is how many beats of a stream may be missing before the page
// takes the server behind it for gone. One gets lost with a phone's change of
// cell; a person waits no longer than three.
const missedBeats = 3

// likelyPace is taken for the pace of the beats until the first one has told
// it: a server may also go before it has said anything.
const likelyPace = 5 * time.Second

// follower keeps a stream of states going: a browser comes back by itself when
// a stream breaks off, but not when the server gives it up, nor when the
// server is gone and its connection stays. All of it belongs to the UI
// goroutine.
type follower struct {
	s    *session
	path string
	news func(wire.State)
	more func() bool // whether anything can still come

	n     int           // counts streams; what belongs to an older one is ignored
	stop  func()        // closes the stream
	pace  time.Duration // of the beats
	alarm *time.Timer   // goes off when the beats are missing
}

// follow tells news of the escalation with the code, as long as there is more.
func (s *session) follow(code string, news func(wire.State), more func() bool) (stop func()) {
	f := &follower{s: s, path: wire.CodePath(code, wire.ActionEvents), news: news, more: more, pace: likelyPace}
	f.open()
	return f.close
}

func (f *follower) open() {
	f.close()
	n, ctx := f.n, f.s.ctx
	mine := func(do func(app.Context)) {
		ctx.Dispatch(func(c app.Context) {
			if n == f.n {
				do(c)
			}
		})
	}
	f.stop = f.s.deps.Host.Events(f.path, func(name, data string) {
		mine(func(c app.Context) { f.event(c, name, data) })
	}, func() {
		mine(func(app.Context) {
			f.rest()
			f.s.later(pollEvery, func() { f.again(n) })
		})
	})
	f.await()
}

// await sets the alarm for what should come next on the stream that is open.
func (f *follower) await() {
	f.rest()
	n, ctx := f.n, f.s.ctx
	f.alarm = time.AfterFunc(missedBeats*f.pace, func() {
		ctx.Dispatch(func(app.Context) { f.again(n) })
	})
}

// again opens the stream anew if it is still the one with the number n.
func (f *follower) again(n int) {
	if n == f.n && f.more() {
		f.open()
	}
}

func (f *follower) event(c app.Context, name, data string) {
	if name == wire.EventBeat {
		var b wire.Beat
		c.PreventUpdate() // nothing looks different
		if json.Unmarshal([]byte(data), &b) == nil && b.Every > 0 {
			f.pace = time.Duration(b.Every) * time.Millisecond
		}
	}
	f.await()
	var st wire.State
	if name == wire.EventState && json.Unmarshal([]byte(data), &st) == nil {
		f.news(st) // last: it may close the stream
	}
}

// rest stops waiting for beats.
func (f *follower) rest() {
	if f.alarm != nil {
		f.alarm.Stop()
		f.alarm = nil
	}
}

func (f *follower) close() {
	f.n++
	f.rest()
	if f.stop != nil {
		f.stop()
		f.stop = nil
	}
}

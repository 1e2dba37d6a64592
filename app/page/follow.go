package page

import (
	"context"
	"encoding/json"
	"time"

	"escalate/app/ui"
	"escalate/app/wire"
)

// missedBeats is how many beats of a stream may be missing before the page
// takes the server behind it for gone. One gets lost with a phone's change of
// cell; a person waits no longer than three.
const missedBeats = 3

// lateBeats is how many may be missing before the page looks for itself: what
// stands on the way may hold a stream's bytes back without ending it.
const lateBeats = 2

// likelyPace is taken for the pace of the beats until the first one has told
// it: a server may also go before it has said anything.
const likelyPace = 5 * time.Second

// follower keeps news of an escalation coming: by a stream of events, which a
// browser mends by itself when it breaks off, but not when the server gives it
// up, nor when the server is gone and its connection stays; and by looking,
// with short requests, for as long as the stream is silent or the page out of
// view. A hidden page holds no stream: a browser has six connections to a
// server without HTTP/2, for all of its tabs together. All of it belongs to
// the UI goroutine.
type follower struct {
	source
	code string
	news func(wire.State)
	// failed is told when looking went wrong; may be nil.
	failed func(error)
	more   func() bool // whether anything can still come

	n       int           // counts streams; what belongs to an older one is ignored
	stop    func()        // closes the stream
	pace    time.Duration // of the beats
	alarm   *time.Timer   // goes off when the stream is given up
	look    *time.Timer   // goes off when it is time to look
	looking bool          // a request is on its way
	leaving *time.Timer   // goes off when the page has been hidden for long
	hidden  bool
	unwatch func()
}

// source is where news come from.
type source struct {
	screen *ui.Screen
	host   Host
	api    API
	wait   patience
}

// patience is how long news are waited for.
type patience struct {
	// first is when the first event of a stream must have come: a server sends
	// one at once, so a stream without has been held back on the way.
	first time.Duration
	// poll is the pace of looking for oneself where the stream is silent.
	poll time.Duration
	// hidden is how long a page may be out of view before it gives its stream
	// back: who only looks something up in the chat is soon back.
	hidden time.Duration
}

// usual is what people get.
func usual() patience {
	return patience{first: 3 * time.Second, poll: 5 * time.Second, hidden: 5 * time.Second}
}

// follow tells news of the escalation with the code, as long as there is more.
func (s source) follow(code string, news func(wire.State), failed func(error), more func() bool) (stop func()) {
	f := &follower{source: s, code: code, news: news, failed: failed, more: more, pace: likelyPace}
	f.unwatch = s.host.OnVisibility(func(visible bool) {
		s.screen.Do(func() { f.seen(visible) })
	})
	f.open()
	return f.end
}

// end gives everything back.
func (f *follower) end() {
	f.close()
	f.leaving = halt(f.leaving)
	if f.unwatch != nil {
		f.unwatch()
		f.unwatch = nil
	}
}

// open opens the stream, or only looks while the page is hidden.
func (f *follower) open() {
	f.close()
	if f.hidden {
		f.lookIn(f.wait.poll)
		return
	}
	n := f.n
	f.stop = f.host.Events(wire.CodePath(f.code, wire.ActionEvents), func(name, data string) {
		f.screen.DoQuietly(func() (seen bool) { return n != f.n || f.event(name, data) })
	}, func() {
		f.screen.Do(func() {
			if n != f.n {
				return
			}
			f.alarm = halt(f.alarm)
			f.lookIn(0)
			f.screen.Later(f.wait.poll, func() { f.again(n) })
		})
	})
	f.await()
	f.lookIn(f.wait.first)
}

// await sets the alarm for what should come next on the stream that is open.
func (f *follower) await() {
	n := f.n
	f.alarm = f.after(f.alarm, missedBeats*f.pace, func() { f.again(n) })
}

// again opens the stream anew if it is still the one with the number n, and
// looks at once for what it may have kept to itself.
func (f *follower) again(n int) {
	if n == f.n && f.more() {
		f.open()
		f.lookIn(0)
	}
}

// after sets the timer t anew: f is called on the UI goroutine.
func (f *follower) after(t *time.Timer, d time.Duration, do func()) *time.Timer {
	halt(t)
	n := f.n
	return time.AfterFunc(d, func() {
		f.screen.DoQuietly(func() (seen bool) {
			if n == f.n {
				do()
			}
			return false // news, if any, come later
		})
	})
}

// lookIn looks after a while, and then at the pace of polling, until an event
// of the stream puts it off.
func (f *follower) lookIn(d time.Duration) {
	f.look = f.after(f.look, d, func() {
		if !f.more() {
			return
		}
		f.lookNow()
		f.lookIn(f.wait.poll)
	})
}

func (f *follower) lookNow() {
	if f.looking {
		return
	}
	f.looking = true
	f.screen.Go(func(ctx context.Context) func() {
		st, err := f.api.State(ctx, f.code)
		return func() {
			f.looking = false
			switch {
			case f.unwatch == nil || !f.more():
				// Nobody follows any more.
			case err == nil:
				f.tell(st)
			case f.failed != nil:
				f.failed(err)
			}
		}
	})
}

// event takes an event of the stream and says whether anything looks different.
func (f *follower) event(name, data string) (seen bool) {
	if name == wire.EventBeat {
		var b wire.Beat
		if json.Unmarshal([]byte(data), &b) == nil && b.Every > 0 {
			f.pace = time.Duration(b.Every) * time.Millisecond
		}
	}
	f.await()
	f.lookIn(lateBeats * f.pace)
	var st wire.State
	if name == wire.EventState && json.Unmarshal([]byte(data), &st) == nil {
		f.tell(st)
	}
	return name != wire.EventBeat
}

// tell passes news on, and holds no stream after the last.
func (f *follower) tell(st wire.State) {
	if f.news(st); !f.more() {
		f.close()
	}
}

// seen is told that the page comes into view or leaves it.
func (f *follower) seen(visible bool) {
	f.leaving = halt(f.leaving)
	switch {
	case !visible && !f.hidden:
		f.leaving = time.AfterFunc(f.wait.hidden, func() {
			f.screen.Do(func() {
				if f.leaving != nil {
					f.hidden = true
					f.open()
				}
			})
		})
	case visible && f.hidden:
		f.hidden = false
		if f.more() {
			f.open()
			f.lookIn(0) // a timer of a hidden page may be a minute late
		}
	}
}

// close ends the stream and all waiting.
func (f *follower) close() {
	f.n++
	f.alarm, f.look = halt(f.alarm), halt(f.look)
	if f.stop != nil {
		f.stop()
		f.stop = nil
	}
}

// halt stops a timer, if there is one.
func halt(t *time.Timer) *time.Timer {
	if t != nil {
		t.Stop()
	}
	return nil
}

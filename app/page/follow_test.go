package page

import (
	"fmt"
	"testing"
	"time"

	"escalate/app/wire"
)

// beat sends a beat on the newest stream.
func (h *fakeHost) beat(every time.Duration) {
	h.mu.Lock()
	f := h.events
	h.mu.Unlock()
	f(wire.EventBeat, fmt.Sprintf(`{"every":%d}`, every.Milliseconds()))
}

func (h *fakeHost) streams() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.opened
}

func TestSilentStreamIsOpenedAnew(t *testing.T) {
	r, _ := joinRig(t, invited())
	r.host.beat(5 * time.Millisecond)
	r.until("a second stream", func() bool { return r.host.streams() == 2 })
	// Nothing comes on that one either, not even a first beat.
	r.until("a third one", func() bool { return r.host.streams() == 3 })
	// It was worth it.
	s := invited()
	s.Status, s.Version = wire.StatusExpired, 2
	r.host.tell(s)
	r.until("the news", r.shows(`data-phase="over"`))
	n := r.host.streams()
	began := time.Now()
	r.until("all beats are missing", func() bool { return time.Since(began) > 2*missedBeats*5*time.Millisecond })
	if got := r.host.streams(); got != n {
		t.Errorf("%d streams were opened after the last news", got-n)
	}
}

func TestStreamSilentFromTheStartIsOpenedAnew(t *testing.T) {
	r, j := joinRig(t, invited())
	r.do(func() {
		f := &follower{source: j.source, code: j.code, news: j.take, more: func() bool { return true }, pace: 5 * time.Millisecond}
		f.open()
		t.Cleanup(func() { r.do(f.close) })
	})
	// The first stream is the page's own.
	r.until("a second stream for one that never said a word", func() bool { return r.host.streams() >= 3 })
}

func TestStreamWithBeatsIsLeftAlone(t *testing.T) {
	r, _ := joinRig(t, invited())
	const pace = 20 * time.Millisecond
	r.host.beat(pace)
	r.host.beat(time.Hour) // in time, and good for long
	began := time.Now()
	r.until("the first beat's time has passed", func() bool { return time.Since(began) > 2*missedBeats*pace })
	if n := r.host.streams(); n != 1 {
		t.Errorf("%d streams", n)
	}
}

// Without a pace that can be true, the likely one holds.
func TestBeatWithoutPace(t *testing.T) {
	for _, tt := range []struct{ name, data string }{{"no number", `{}`}, {"no JSON", `soon`}, {"never", `{"every":0}`}} {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := joinRig(t, invited())
			r.host.mu.Lock()
			f := r.host.events
			r.host.mu.Unlock()
			f(wire.EventBeat, tt.data)
			began := time.Now()
			r.until("there was time to go wrong", func() bool { return time.Since(began) > 20*time.Millisecond })
			if n := r.host.streams(); n != 1 {
				t.Errorf("%d streams", n)
			}
		})
	}
}

// What an older stream still has to say is not heard.
func TestOnlyTheNewestStreamCounts(t *testing.T) {
	r, j := joinRig(t, invited())
	r.host.mu.Lock()
	old := r.host.events
	r.host.mu.Unlock()
	r.do(j.watch)
	old(wire.EventState, `{"code":"`+j.code+`","status":"expired","version":9}`)
	r.do(func() {})
	if j.attempt.phase != PhaseGreenRoom {
		t.Errorf("phase %s", j.attempt.phase)
	}
}

// hurried makes a page wait for next to nothing where it waits for seconds.
func hurried(s *source) {
	s.wait.first, s.wait.poll, s.wait.hidden = time.Millisecond, 2*time.Millisecond, time.Millisecond
}

// A proxy may hold back the bytes of a stream for as long as it likes: both
// pages look for themselves then, and in every step where news matter.
func TestHeldBackStreamDelaysNobody(t *testing.T) {
	t.Run("customer", func(t *testing.T) {
		r := newRig(t, joinPageData(invited()))
		j := newJoin(r.deps(), "K7Q2MWX")
		hurried(&j.source)
		r.mount(j)
		s := open(invited())
		s.AgentName = "Nora"
		r.api.set(func(f *fakeAPI) { f.state = s })
		r.until("the news in the green room", r.shows("Nora</bdi> invites you"))
	})
	t.Run("agent before the call", func(t *testing.T) {
		r, v := tab(t)
		hurried(&v.source)
		r.hears(wire.Bridge{Type: wire.BridgeToken, Token: "flex"})
		r.hears(wire.Bridge{Type: wire.BridgeOpen, TaskSID: "WT1", Code: "K7Q2MWX"})
		r.until("idle", r.shows(`data-phase="idle"`))
		s := escalation().State
		s.Version, s.Customer = 2, wire.Progress{Phase: wire.PhaseWaiting}
		r.api.set(func(f *fakeAPI) { f.state = s })
		r.until("the news", r.shows("The customer is waiting for you"))
	})
	t.Run("agent in the call", func(t *testing.T) {
		r, v := tab(t)
		hurried(&v.source)
		r.hears(wire.Bridge{Type: wire.BridgeToken, Token: "flex"})
		r.hears(wire.Bridge{Type: wire.BridgeOpen, TaskSID: "WT1", Code: "K7Q2MWX"})
		r.until("idle", r.shows(`data-phase="idle"`))
		r.do(func() { v.onJoin(nil, noEvent()) })
		r.until("in call", r.shows(`data-phase="in_call"`))
		s := open(open(escalation().State))
		s.Status = wire.StatusEnded
		r.api.set(func(f *fakeAPI) { f.state = s })
		r.until("the end", r.shows(`data-phase="over"`))
		n := r.api.looked()
		r.until("there was time to look again", passed(20*time.Millisecond))
		if got := r.api.looked(); got > n+1 { // one may have been on its way
			t.Errorf("it looked %d times after the end", got-n)
		}
	})
}

func (f *fakeAPI) looked() (n int) {
	f.set(func(f *fakeAPI) { n = f.looks })
	return n
}

// passed says whether a time is over.
func passed(d time.Duration) func() bool {
	began := time.Now()
	return func() bool { return time.Since(began) > d }
}

func TestNobodyLooksWhileTheStreamSpeaks(t *testing.T) {
	r := newRig(t, joinPageData(invited()))
	j := newJoin(r.deps(), "K7Q2MWX")
	j.source.wait.first, j.source.wait.poll = time.Hour, time.Millisecond
	r.mount(j)
	r.host.beat(time.Hour)
	r.do(func() {})
	r.until("there was time to look", passed(20*time.Millisecond))
	if n := r.api.looked(); n != 0 {
		t.Errorf("it looked %d times", n)
	}
	r.host.beat(10 * time.Millisecond) // and is silent then
	r.until("it looks again", func() bool { return r.api.looked() > 1 })
	r.until("it stops with a beat", func() bool {
		r.host.beat(time.Hour) // the stream may just be opened anew, and this be lost
		r.do(func() {})
		n := r.api.looked()
		r.until("there was time to look", passed(20*time.Millisecond))
		return r.api.looked() <= n+1 // one may have been on its way
	})
}

// A browser has six connections to a server for all tabs: a page out of view
// holds none of them.
func TestHiddenPageGivesItsStreamBack(t *testing.T) {
	r := newRig(t, joinPageData(invited()))
	j := newJoin(r.deps(), "K7Q2MWX")
	hurried(&j.source)
	j.source.wait.first = time.Hour
	r.mount(j)
	r.host.beat(time.Hour)
	r.api.set(func(f *fakeAPI) { f.join = wire.Join{Waiting: true, State: invited()} })
	r.do(func() { j.onJoin(nil, noEvent()) })
	r.until("waiting", r.shows(`data-phase="waiting"`))
	r.host.visible(false)
	r.until("the stream is given back", func() bool { return r.host.saw(func(h *fakeHost) bool { return h.open == 0 }) })
	if !r.devices.Newest().Has("audio") {
		t.Error("the microphone is gone")
	}
	// Who waits is let in all the same.
	s := open(invited())
	r.api.set(func(f *fakeAPI) {
		f.state, f.join = s, wire.Join{Token: "tok", Room: "RMx", Identity: "customer:K:n", State: s}
	})
	r.until("in call", r.shows(`data-phase="in_call"`))
	if n := r.host.streams(); n != 1 {
		t.Errorf("%d streams", n)
	}
	n := r.api.looked()
	r.host.visible(true)
	r.until("a stream again, and a look at once", func() bool {
		return r.host.saw(func(h *fakeHost) bool { return h.open == 1 }) && r.api.looked() > n
	})
}

// Who only looks something up in the chat comes back to the same stream.
func TestShortlyHiddenPageKeepsItsStream(t *testing.T) {
	r, _ := joinRig(t, invited())
	r.host.visible(false)
	r.do(func() {})
	r.host.visible(true)
	r.do(func() {})
	if n := r.host.streams(); n != 1 {
		t.Errorf("%d streams", n)
	}
}

// A page that has nothing to wait for holds no stream, in view or not.
func TestNoStreamIsHeldAfterTheEnd(t *testing.T) {
	r, j := joinRig(t, invited())
	s := j.state
	s.Status, s.Version = wire.StatusExpired, 2
	r.host.tell(s)
	r.until("over", r.phase("over"))
	r.until("the stream is given back", func() bool { return r.host.saw(func(h *fakeHost) bool { return h.open == 0 }) })
	r.host.visible(false)
	r.host.visible(true)
	r.do(func() {})
	if n := r.host.streams(); n != 1 {
		t.Errorf("%d streams", n)
	}
}

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
		f := &follower{s: &j.s, path: "/events", news: j.take, more: func() bool { return true }, pace: 5 * time.Millisecond}
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
	if j.phase != PhaseGreenRoom {
		t.Errorf("phase %s", j.phase)
	}
}

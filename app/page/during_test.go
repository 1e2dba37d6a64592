package page

import (
	"testing"

	"escalate/app/video"
)

func TestLeavingIsAskedAboutDuringACallOnly(t *testing.T) {
	asks := func(r *rig, n int) func() bool {
		return func() bool { return r.host.saw(func(h *fakeHost) bool { return h.asks == n }) }
	}
	t.Run("customer", func(t *testing.T) {
		r, _ := joinRig(t, open(invited()))
		if !asks(r, 0)() {
			t.Error("it asks in the green room")
		}
		r, j := inCall(t)
		r.until("it asks", asks(r, 1))
		// Broken off and back in: once, not twice.
		first := r.connector.Room()
		first.Emit(video.Disconnected{Err: &video.Error{Reason: video.SignalingLost}})
		r.until("back in", func() bool { return r.connector.Room() != first && r.shows(`data-phase="in_call"`)() })
		r.until("it asks", asks(r, 1))
		r.do(func() { j.stage.Call.Leave() })
		r.until("left", r.shows(`data-phase="after"`))
		r.until("it does not ask any more", asks(r, 0))
	})
	t.Run("agent", func(t *testing.T) {
		r, v := agentInCall(t)
		r.until("it asks", asks(r, 1))
		r.do(func() { v.stage.Call.Leave() })
		r.until("it does not ask any more", asks(r, 0))
	})
	t.Run("the page goes", func(t *testing.T) {
		r, j := inCall(t)
		r.do(func() { j.stage.Close() })
		r.until("it does not ask any more", asks(r, 0))
	})
}

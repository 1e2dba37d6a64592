package rsp

import (
	"sync/atomic"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// newTimedBench has a clock of its own, which pass moves on, with what that brings.
func newTimedBench(t *testing.T) (b *bench, pass func(time.Duration)) {
	t.Helper()
	var late atomic.Int64
	st, err := store.Open("", store.Options{Now: func() time.Time { return time.Now().Add(time.Duration(late.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	b = newBench(t, func(c *Config) { c.Store = st })
	return b, func(d time.Duration) {
		late.Add(int64(d))
		if err := st.Sweep(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestParticipantDuration(t *testing.T) {
	b, pass := newTimedBench(t)
	room, err := b.store.Rooms.Create(store.Room{MaxParticipantDuration: 600})
	if err != nil {
		t.Fatal(err)
	}
	alice, ra := b.join("alice", room.SID)
	pass(6 * time.Minute)
	bob, _ := b.join("bob", room.SID)
	pass(5 * time.Minute)
	alice.expectError(codeSessionLength)
	bob.sees(ra.Participant.SID, "leaves", inState(stateDisconnected))
}

// Nobody is told of a Room's time-out, as nobody is there. It cannot be joined
// afterwards; its name leads to a new one.
func TestRoomTimeouts(t *testing.T) {
	b, pass := newTimedBench(t)
	unused, err := b.store.Rooms.Create(store.Room{UniqueName: "unused", UnusedRoomTimeout: 2, EmptyRoomTimeout: 60})
	if err != nil {
		t.Fatal(err)
	}
	left, err := b.store.Rooms.Create(store.Room{UniqueName: "left", UnusedRoomTimeout: 60, EmptyRoomTimeout: 2})
	if err != nil {
		t.Fatal(err)
	}
	alice, ra := b.join("alice", "left")
	pass(5 * time.Minute) // she is still there
	alice.msg(`{"type":"disconnect","session":"s"}`)
	b.inStore(left.SID, ra.Participant.SID, store.Disconnected)
	pass(3 * time.Minute)
	for _, r := range []store.Room{unused, left} {
		w := b.dial()
		w.hello(connectBody("bob", r.SID))
		w.expectError(codeRoomCompleted)
		if _, again := b.join("bob", r.UniqueName); again.SID == r.SID {
			t.Errorf("%s goes on", r.UniqueName)
		}
	}
}

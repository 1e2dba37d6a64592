package rsp

import (
	"fmt"
	"testing"

	"escalate/server/localtwilio/store"
)

func TestLargeRoomShowsWhoPublishes(t *testing.T) {
	b := newBench(t)
	if _, err := b.store.Rooms.Create(store.Room{UniqueName: "hall", LargeRoom: true}); err != nil {
		t.Fatal(err)
	}
	_, ra := b.join("alice", "hall", audio("a", "mic"))
	bob, rb := b.join("bob", "hall")
	carol, rc := b.join("carol", "hall")
	if p := rc.Participants; len(p) != 1 || p[0].SID != ra.Participant.SID {
		t.Fatalf("carol sees %+v", p)
	}
	shown := func(p remoteState) bool { return true } // the first that is told, whatever it is
	var last int
	for i, ca := range []struct {
		tracks []trackState
		state  string
	}{
		{[]trackState{audio("b", "mic")}, stateConnected},
		{nil, stateDisconnected},
		{[]trackState{audio("b2", "mic")}, stateConnected},
	} {
		bob.msg(updateBody(2+i, ca.tracks...))
		p := carol.sees(rb.Participant.SID, "changes", shown).Participants[0]
		if p.State != ca.state || len(p.Tracks) != len(ca.tracks) || p.Revision <= last {
			t.Fatalf("change %d: carol sees %+v", i, p)
		}
		last = p.Revision
	}
	// One who was never shown goes unseen.
	carol.msg(`{"type":"disconnect","session":"s"}`)
	b.inStore(rc.SID, rc.Participant.SID, store.Disconnected)
	bob.msg(updateBody(9))
	dan, rd := b.join("dan", "hall", audio("d", "mic"))
	if len(rd.Participants) != 1 {
		t.Errorf("dan sees %+v", rd.Participants)
	}
	r := bob.await("news of others", func(r reply) bool { return len(r.Participants) > 0 })
	if p := r.Participants[0]; p.SID != rd.Participant.SID {
		t.Errorf("bob is told of %+v", p)
	}
	dan.msg(`{"type":"disconnect","session":"s"}`)
	bob.sees(rd.Participant.SID, "leaves", inState(stateDisconnected))
}

// The number of Tracks is limited for all of a large Room's Participants together.
func TestLargeRoomTrackLimit(t *testing.T) {
	b := newBench(t)
	room, err := b.store.Rooms.Create(store.Room{UniqueName: "hall", LargeRoom: true})
	if err != nil {
		t.Fatal(err)
	}
	limit := room.MaxPublishedTracks()
	list := func(prefix string, n int) (l []trackState) {
		for i := range n {
			l = append(l, audio(fmt.Sprint(prefix, i), fmt.Sprint(prefix, i)))
		}
		return l
	}
	alice, _ := b.join("alice", "hall", list("a", limit-1)...)
	bob, rb := b.join("bob", "hall", list("b", 2)...)
	got := rb.Published.Tracks
	if got[0].State != "ready" || got[1].State != "failed" || got[1].Error.Code != codeTooManyTracks {
		t.Fatalf("published %+v", got)
	}
	// There is room again when somebody else takes one back; what was refused stays so.
	alice.msg(updateBody(2, list("a", limit-2)...))
	alice.await("one fewer", func(r reply) bool { return r.Published != nil && len(r.Published.Tracks) == limit-2 })
	bob.msg(updateBody(2, list("b", 3)...))
	p := bob.await("three Tracks", func(r reply) bool { return r.Published != nil && len(r.Published.Tracks) == 3 }).Published.Tracks
	if p[1].State != "failed" || p[2].State != "ready" {
		t.Errorf("published %+v", p)
	}
}

func TestQuotas(t *testing.T) {
	b := newBench(t, func(c *Config) { c.MaxRooms, c.MaxParticipants = 1, 2 })
	made, err := b.store.Rooms.Create(store.Room{UniqueName: "made"})
	if err != nil {
		t.Fatal(err)
	}
	alice, _ := b.join("alice", "daily")
	for _, ca := range []struct {
		identity, room string
		code           int
	}{
		{"bob", "another", codeTooManyRooms},
		{"bob", made.SID, codeTooManyRooms},
		{"bob", "daily", 0},
		{"carol", "daily", codeTooManyPresent},
	} {
		w := b.dial()
		w.hello(connectBody(ca.identity, ca.room))
		w.expectError(ca.code)
	}
	if n := len(mustRooms(t, b.store)); n != 2 {
		t.Errorf("%d Rooms were left in the store", n)
	}
	alice.msg(`{"type":"disconnect","session":"s"}`)
	waitFor(t, func() string {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.present != 1 {
			return "alice to be gone"
		}
		return ""
	})
	b.join("carol", "daily")
}

func TestRegions(t *testing.T) {
	for host, want := range map[string]string{
		"127.0.0.1:9100":               localRegion,
		"localhost":                    localRegion,
		"global.vss.twilio.com":        localRegion,
		"de1.vss.twilio.com":           "de1",
		"JP1.vss.stage.twilio.com:443": "jp1",
		"de1.example.com":              localRegion,
		"video.twilio.com":             localRegion,
	} {
		if got := regionOf(host); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

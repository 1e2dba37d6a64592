package store_test

import (
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

func TestRoomName(t *testing.T) {
	s := open(t, "", newClock())
	first := must(s.Rooms.Create(store.Room{UniqueName: "r"}))(t)
	if first.Type != "group" || first.MaxParticipants != 50 || first.EmptyRoomTimeout != 5 || first.UnusedRoomTimeout != 5 ||
		first.MaxParticipantDuration != 14400 || first.StatusCallbackMethod != "POST" {
		t.Errorf("defaults of %+v", first)
	}
	_, err := s.Rooms.Create(store.Room{UniqueName: "r"})
	wantErr(t, err, store.ErrNameTaken)
	must(s.Rooms.Complete("r"))(t)
	_, err = s.Rooms.Complete(first.SID)
	wantErr(t, err, store.ErrRoomCompleted)
	_, err = s.Rooms.Get("r")
	wantErr(t, err, store.ErrNotFound)
	second := must(s.Rooms.Create(store.Room{UniqueName: "r"}))(t)
	if got := must(s.Rooms.Get("r"))(t); got.SID != second.SID {
		t.Errorf("name leads to %s, want the Room in progress", got.SID)
	}
	if got := must(s.Rooms.Get(first.SID))(t); got.Status != store.RoomCompleted {
		t.Errorf("old room %+v", got)
	}
	if unnamed := must(s.Rooms.Create(store.Room{}))(t); unnamed.UniqueName != unnamed.SID {
		t.Errorf("unnamed room is called %q", unnamed.UniqueName)
	}
	rooms := must(s.Rooms.List(store.RoomFilter{UniqueName: "r"}))(t)
	if len(rooms) != 2 || rooms[0].SID != second.SID {
		t.Errorf("rooms %+v, want newest first", rooms)
	}
	if rooms := must(s.Rooms.List(store.RoomFilter{Status: store.RoomCompleted}))(t); len(rooms) != 1 || rooms[0].SID != first.SID {
		t.Errorf("completed rooms %+v", rooms)
	}
}

func TestParticipant(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	room := must(s.Rooms.Create(store.Room{UniqueName: "r", MaxParticipants: 2}))(t)
	other := must(s.Rooms.Create(store.Room{}))(t)
	old := must(s.Participants.Add("r", "alice"))(t)
	must(s.Participants.SetStatus(old.SID, store.Disconnected))(t)
	_, err := s.Participants.SetStatus(old.SID, store.Connected)
	wantErr(t, err, store.ErrParticipantGone)
	_, err = s.Tracks.Add(store.Track{ParticipantSID: old.SID})
	wantErr(t, err, store.ErrParticipantGone)
	c.Add(time.Second)
	present := must(s.Participants.Add(room.SID, "alice"))(t)
	_, err = s.Participants.SetStatus(present.SID, "asleep")
	wantErr(t, err, store.ErrTransition)
	bob := must(s.Participants.Add(room.SID, "bob"))(t)
	_, err = s.Participants.Add(room.SID, "carol")
	wantErr(t, err, store.ErrRoomFull)
	if got := must(s.Participants.Get(room.SID, "alice"))(t); got.SID != present.SID {
		t.Errorf("alice is %s, want the one who is present", got.SID)
	}
	_, err = s.Participants.Get(other.SID, bob.SID)
	wantErr(t, err, store.ErrNotFound)
	if got := must(s.Participants.List("r", store.Connected))(t); len(got) != 2 || got[0].SID != bob.SID {
		t.Errorf("connected %+v, want bob and alice", got)
	}
	must(s.Rooms.Complete("r"))(t)
	_, err = s.Participants.Add(room.SID, "dave")
	wantErr(t, err, store.ErrRoomCompleted)
	if got := must(s.Participants.List(room.SID, store.Disconnected))(t); len(got) != 3 {
		t.Errorf("%d disconnected, want all 3", len(got))
	}
}

func TestSweepRooms(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	unused := must(s.Rooms.Create(store.Room{UnusedRoomTimeout: 2}))(t)
	used := must(s.Rooms.Create(store.Room{UnusedRoomTimeout: 1, EmptyRoomTimeout: 3, MaxParticipantDuration: 600}))(t)
	p := must(s.Participants.Add(used.SID, "a"))(t)
	status := func(sid string) string { return must(s.Rooms.Get(sid))(t).Status }
	step := func(d time.Duration) {
		t.Helper()
		c.Add(d)
		if err := s.Sweep(); err != nil {
			t.Fatal(err)
		}
	}
	step(119 * time.Second)
	if status(unused.SID) != store.RoomInProgress {
		t.Error("unused room ended early")
	}
	step(time.Second)
	if status(unused.SID) != store.RoomCompleted {
		t.Error("unused room did not end")
	}
	if status(used.SID) != store.RoomInProgress {
		t.Error("used room ended with someone in it")
	}
	step(8 * time.Minute)
	if got := must(s.Participants.Get(used.SID, p.SID))(t); got.Status != store.Disconnected {
		t.Errorf("participant %s after the maximum duration", got.Status)
	}
	step(2*time.Minute + 59*time.Second)
	if status(used.SID) != store.RoomInProgress {
		t.Error("empty room ended early")
	}
	step(time.Second)
	if status(used.SID) != store.RoomCompleted {
		t.Error("empty room did not end")
	}
}

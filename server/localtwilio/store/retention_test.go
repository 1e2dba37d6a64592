package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// TestForgetting lets a month pass over ended and running Rooms and Tasks.
func TestForgetting(t *testing.T) {
	clock := newClock()
	path := filepath.Join(t.TempDir(), "twilio.db")
	s := open(t, path, clock)
	worker := must(s.Workers.Create(store.Worker{FriendlyName: "w"}))(t)
	task := func(end bool) store.Task {
		k := must(s.Tasks.Create(store.Task{}))(t)
		res := must(s.Reservations.Create(k.SID, worker.SID))(t)
		must(s.Reservations.SetStatus(res.SID, store.ReservationAccepted))(t)
		if end {
			must(s.Tasks.Update(k.SID, "", func(k *store.Task) error { k.AssignmentStatus = store.TaskCompleted; return nil }))(t)
		}
		return k
	}
	ended, running := task(true), task(false)
	room := must(s.Rooms.Create(store.Room{UniqueName: "r"}))(t)
	ada := must(s.Participants.Add(room.SID, "ada"))(t)
	rec := must(s.Recordings.Start(store.Recording{RoomSID: room.SID, ParticipantSID: ada.SID, Container: "mka"}))(t)
	must(s.Recordings.End(rec.SID, store.RecordingDone{Status: store.RecordingCompletedStatus}))(t)
	com := must(s.Compositions.Add(store.Composition{RoomSID: room.SID}))(t)
	must(s.Rooms.Complete(room.SID))(t)

	gone := make(chan string, 10)
	defer s.Watch(func(e store.Event) {
		switch c := e.Change.(type) {
		case *store.RecordingDeleted:
			gone <- c.Recording.SID
		case *store.CompositionChanged:
			if c.Composition.Status == store.CompositionDeletedStatus {
				gone <- c.Composition.SID
			}
		}
	})()
	clock.Add(store.Kept - time.Second)
	other := must(s.Rooms.Create(store.Room{UniqueName: "r"}))(t)
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	must(s.Rooms.Get(room.SID))(t)
	must(s.Tasks.Get(ended.SID))(t)

	clock.Add(2 * time.Second)
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Rooms.Get(room.SID)
	wantErr(t, err, store.ErrNotFound)
	_, err = s.Tasks.Get(ended.SID)
	wantErr(t, err, store.ErrNotFound)
	_, err = s.Recordings.Get(rec.SID)
	wantErr(t, err, store.ErrNotFound)
	_, err = s.Compositions.Get(com.SID)
	wantErr(t, err, store.ErrNotFound)
	_, err = s.Participants.Get(room.SID, ada.SID)
	wantErr(t, err, store.ErrNotFound)
	must(s.Tasks.Get(running.SID))(t)
	if r := must(s.Rooms.Get("r"))(t); r.SID != other.SID {
		t.Errorf("the name leads to %s, want %s", r.SID, other.SID)
	}
	if list := must(s.Rooms.List(store.RoomFilter{}))(t); len(list) != 1 {
		t.Errorf("%d rooms listed, want 1", len(list))
	}
	if list := must(s.Reservations.OfWorker(worker.SID))(t); len(list) != 1 {
		t.Errorf("%d reservations listed, want the running task's", len(list))
	}
	for _, want := range []string{rec.SID, com.SID} {
		select {
		case got := <-gone:
			if got != want {
				t.Errorf("%s is announced gone, want %s", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s is not announced gone", want)
		}
	}
}

// TestOldTasksGetAWorkflow opens a file of a version whose Tasks had no way.
func TestOldTasksGetAWorkflow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.db")
	s := must(store.Open(path, store.Options{}))(t)
	k := must(s.Tasks.Create(store.Task{Timeout: 3600}))(t)
	must(s.Tasks.Update(k.SID, "", func(k *store.Task) error {
		k.WorkflowSID, k.TaskQueueSID, k.VirtualStart = "", "", time.Time{}
		return nil
	}))(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = must(store.Open(path, store.Options{}))(t)
	defer s.Close()
	if got := must(s.Tasks.Get(k.SID))(t); got.WorkflowSID != s.Account().WorkflowSID || !got.VirtualStart.Equal(got.Created) {
		t.Errorf("task %+v", got)
	}
}

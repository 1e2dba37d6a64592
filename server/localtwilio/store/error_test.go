package store_test

import (
	"encoding/json"
	"testing"

	"escalate/server/localtwilio/store"
)

// TestErrorsSayWhatWasDone: a sentence is made of what failed, whatever form it
// has.
func TestErrorsSayWhatWasDone(t *testing.T) {
	s := open(t, "", newClock())
	task := must(s.Tasks.Create(store.Task{}))(t)
	tests := []struct {
		want string
		do   func() error
	}{
		{`find room "r": not found`, func() error { _, err := s.Rooms.Get("r"); return err }},
		{`find participant "a" of room "r": not found`, func() error { _, err := s.Participants.Get("r", "a"); return err }},
		{`set participant "PA0" connected: not found`, func() error { _, err := s.Participants.SetStatus("PA0", store.Connected); return err }},
		{`find MP "m": not found`, func() error { _, err := s.Collections.Get(store.SyncMap, "m"); return err }},
		{`set item of ES "l": not found`, func() error {
			_, _, err := s.Collections.PutItem(store.SyncList, "l", store.Item{}, false, "")
			return err
		}},
		{`reserve task "` + task.SID + `" for worker "WK0": not found`, func() error { _, err := s.Reservations.Create(task.SID, "WK0"); return err }},
		{`validate flex token: not found`, func() error { _, err := s.FlexTokens.Validate("x"); return err }},
	}
	for _, tt := range tests {
		if err := tt.do(); err == nil || err.Error() != tt.want {
			t.Errorf("error %v, want %s", err, tt.want)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rooms.Get("r"); err == nil || err.Error() != `find room "r": store closed` {
		t.Errorf("error %v after Close", err)
	}
}

// TestRoomAsKept: data files of earlier versions have a Room's life beside its
// other fields, not in an object of its own.
func TestRoomAsKept(t *testing.T) {
	var r store.Room
	if err := json.Unmarshal([]byte(`{"SID":"RM0","Created":"2026-01-02T03:04:05Z","Used":true,"Callbacks":7}`), &r); err != nil {
		t.Fatal(err)
	}
	if r.SID != "RM0" || r.Created.Year() != 2026 || !r.Used || r.Callbacks != 7 {
		t.Errorf("room %+v", r)
	}
}

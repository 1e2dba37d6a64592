package store_test

import (
	"encoding/json"
	"strings"
	"testing"

	"escalate/server/localtwilio/store"
)

// TestErrorsSayWhatWasDone: a sentence is made of what failed, whatever form it
// has.
func TestErrorsSayWhatWasDone(t *testing.T) {
	s := open(t, "", newClock())
	task := must(s.Tasks.Create(store.Task{}))(t)
	sid := func(prefix string) string { return prefix + strings.Repeat("0", 32) }
	tests := []struct {
		want string
		do   func() error
	}{
		{`find room "` + sid("RM") + `": not found`, func() error { _, err := s.Rooms.Get(sid("RM")); return err }},
		{`find participant "` + sid("PA") + `" of room "` + sid("RM") + `": not found`, func() error { _, err := s.Participants.Get(sid("RM"), sid("PA")); return err }},
		{`set participant "` + sid("PA") + `" connected: not found`, func() error { _, err := s.Participants.SetStatus(sid("PA"), store.Connected); return err }},
		{`find MP "` + sid("MP") + `": not found`, func() error { _, err := s.Collections.Get(store.SyncMap, sid("MP")); return err }},
		{`set item of ES "` + sid("ES") + `": not found`, func() error {
			_, _, err := s.Collections.PutItem(store.SyncList, sid("ES"), store.Item{}, false, "")
			return err
		}},
		{`reserve task "` + task.SID + `" for worker "` + sid("WK") + `": not found`, func() error { _, err := s.Reservations.Create(task.SID, sid("WK")); return err }},
		// Names are secrets: those of Rooms and Documents let people into calls.
		{`find room "…": not found`, func() error { _, err := s.Rooms.Get("k7m2xqz"); return err }},
		{`find participant "…" of room "…": not found`, func() error { _, err := s.Participants.Get("k7m2xqz", "ada"); return err }},
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
	if _, err := s.Rooms.Get("r"); err == nil || err.Error() != `find room "…": store closed` {
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

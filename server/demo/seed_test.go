package demo_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"escalate/server/demo"
	"escalate/server/localtwilio/store"
)

// census counts what a store holds.
func census(t *testing.T, s *store.Store) string {
	t.Helper()
	workers, err := s.Workers.List()
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := s.Tasks.List()
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprintf("%d workers", len(workers))
	for _, k := range tasks {
		reservations, err := s.Reservations.OfTask(k.SID)
		if err != nil {
			t.Fatal(err)
		}
		out += fmt.Sprintf("; task %s", k.AssignmentStatus)
		for _, r := range reservations {
			out += fmt.Sprintf(" %s:%s", r.Worker, r.Status)
		}
	}
	conversations, err := s.Conversations.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range conversations {
		out += fmt.Sprintf("; conversation %s with %d messages", c.UniqueName, c.LastIndex+1)
	}
	return out
}

const fresh = "2 workers; task assigned alex.morgan:accepted; task assigned alex.morgan:accepted; task assigned robin.okafor:accepted" +
	"; conversation demo-maya with 5 messages; conversation demo-tom with 3 messages; conversation demo-priya with 2 messages"

func TestSeedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.db")
	for _, run := range []string{"fresh store", "restart", "second restart"} {
		s, _ := open(t, path)
		if got := census(t, s); got != fresh {
			t.Errorf("%s:\n got %s\nwant %s", run, got, fresh)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A run killed while it seeded leaves any beginning of the work.
func TestSeedGoesOnAfterACrash(t *testing.T) {
	cases := []struct {
		name  string
		leave func(s *store.Store)
	}{
		{"one worker", func(s *store.Store) {
			must(s.Workers.Create(store.Worker{FriendlyName: "alex.morgan"}))
		}},
		{"a conversation with two messages", func(s *store.Store) {
			c := must(s.Conversations.Create(store.Conversation{UniqueName: "demo-maya", Attributes: `{"customerName":"Maya Lindqvist"}`}))
			for range 2 {
				must(s.Conversations.AddMessage(c.SID, store.Message{Body: "x"}))
			}
		}},
		{"a task that nobody has", func(s *store.Store) {
			c := must(s.Conversations.Create(store.Conversation{UniqueName: "demo-maya", Attributes: `{"customerName":"Maya Lindqvist"}`}))
			for range 5 {
				must(s.Conversations.AddMessage(c.SID, store.Message{Body: "x"}))
			}
			must(s.Tasks.Create(store.Task{Attributes: `{"conversationSid":"` + c.SID + `"}`}))
		}},
		{"a reservation not accepted", func(s *store.Store) {
			w := must(s.Workers.Create(store.Worker{FriendlyName: "alex.morgan"}))
			c := must(s.Conversations.Create(store.Conversation{UniqueName: "demo-maya", Attributes: `{"customerName":"Maya Lindqvist"}`}))
			for range 5 {
				must(s.Conversations.AddMessage(c.SID, store.Message{Body: "x"}))
			}
			k := must(s.Tasks.Create(store.Task{Attributes: `{"conversationSid":"` + c.SID + `"}`}))
			must(s.Reservations.Create(k.SID, w.SID))
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := must(store.Open("", store.Options{}))
			defer s.Close()
			c.leave(s)
			must(demo.New(demo.Config{Local: onStore(t, s)}))
			if got := census(t, s); got != fresh {
				t.Errorf("\n got %s\nwant %s", got, fresh)
			}
		})
	}
}

// Of an earlier version's data file, too, the other Worker begins Offline, unless somebody
// has chosen otherwise.
func TestOtherWorkerBeginsOffline(t *testing.T) {
	s := must(store.Open("", store.Options{}))
	defer s.Close()
	robin := must(s.Workers.Create(store.Worker{FriendlyName: "robin.okafor"})) // available
	available := robin.ActivitySID
	for _, want := range []string{"Offline", "Available"} {
		must(demo.New(demo.Config{Local: onStore(t, s)}))
		if robin = must(s.Workers.Get(robin.SID)); robin.Activity != want {
			t.Errorf("Robin is %s, want %s", robin.Activity, want)
		}
		must(s.Workers.Update(robin.SID, func(w *store.Worker) error { w.ActivitySID = available; return nil }))
	}
}

// must answers v; an error ends the test binary, which is right for what
// cannot fail unless the store is broken.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

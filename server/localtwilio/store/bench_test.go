package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// BenchmarkUpdate is one durable change: what a REST call or a mute costs.
func BenchmarkUpdate(b *testing.B) {
	s, err := store.Open(filepath.Join(b.TempDir(), "twilio.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	d, err := s.CreateDocument(store.Document{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.UpdateDocument(d.SID, "", func(*store.Document) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSweep is the reading that Sweep does every second, with a day's data.
func BenchmarkSweep(b *testing.B) {
	s, err := store.Open("", store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	w, err := s.CreateWorker(store.Worker{})
	if err != nil {
		b.Fatal(err)
	}
	for range 500 {
		r, err := s.CreateRoom(store.Room{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.AddParticipant(r.SID, "a"); err != nil {
			b.Fatal(err)
		}
		if _, err := s.CreateDocument(store.Document{Expires: time.Now().Add(time.Hour)}); err != nil {
			b.Fatal(err)
		}
		if _, err := s.IssueFlexToken(store.FlexToken{WorkerSID: w.SID}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if err := s.Sweep(); err != nil {
			b.Fatal(err)
		}
	}
}

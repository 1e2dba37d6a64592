package store_test

import (
	"path/filepath"
	"sync"
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
	d, err := s.Documents.Create(store.Document{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Documents.Update(d.SID, "", func(*store.Document) error { return nil }); err != nil {
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
	w, err := s.Workers.Create(store.Worker{})
	if err != nil {
		b.Fatal(err)
	}
	for range 500 {
		r, err := s.Rooms.Create(store.Room{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Participants.Add(r.SID, "a"); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Documents.Create(store.Document{Expires: time.Now().Add(time.Hour)}); err != nil {
			b.Fatal(err)
		}
		if _, err := s.FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if err := s.Sweep(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPublish is one change that three watchers see, on a file that is not
// synced: what an event costs besides its commit.
func BenchmarkPublish(b *testing.B) {
	s, err := store.Open("", store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var wg sync.WaitGroup
	for range 3 {
		defer s.Watch(func(store.Event) { wg.Done() })()
	}
	wg.Add(3)
	d, err := s.Documents.Create(store.Document{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		wg.Add(3)
		if _, err := s.Documents.Update(d.SID, "", func(*store.Document) error { return nil }); err != nil {
			b.Fatal(err)
		}
		wg.Wait()
	}
}

// BenchmarkRead is one Document read by its unique name, one SID and one list.
func BenchmarkRead(b *testing.B) {
	s, err := store.Open("", store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	d, err := s.Documents.Create(store.Document{UniqueName: "code"})
	if err != nil {
		b.Fatal(err)
	}
	r, err := s.Rooms.Create(store.Room{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("document by name", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Documents.Get("code"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("document by SID", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Documents.Get(d.SID); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("participants", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Participants.List(r.SID, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
}

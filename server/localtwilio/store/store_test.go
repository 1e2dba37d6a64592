package store_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func open(t *testing.T, path string, c *clock) *store.Store {
	t.Helper()
	s, err := store.Open(path, store.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

// TestReopenAfterKill copies the file while it is open and in use, which is what
// a killed process leaves behind.
func TestReopenAfterKill(t *testing.T) {
	c, dir := newClock(), t.TempDir()
	s := open(t, filepath.Join(dir, "a", "twilio.db"), c)
	room := must(s.Rooms.Create(store.Room{UniqueName: "r", StatusCallback: "http://x"}))(t)
	p := must(s.Participants.Add(room.SID, "alice"))(t)
	track := must(s.Tracks.Add(store.Track{ParticipantSID: p.SID, Name: "cam", Kind: "video", Enabled: true}))(t)
	doc := must(s.Documents.Create(store.Document{UniqueName: "d", Data: []byte(`{"a":1}`), Expires: c.Now().Add(time.Hour)}))(t)
	worker := must(s.Workers.Create(store.Worker{FriendlyName: "w"}))(t)
	task := must(s.Tasks.Create(store.Task{}))(t)
	res := must(s.Reservations.Create(task.SID, worker.SID))(t)
	conv := must(s.Conversations.Create(store.Conversation{}))(t)
	must(s.Conversations.AddMessage(conv.SID, store.Message{Body: "hello"}))(t)
	token := must(s.FlexTokens.Issue(store.FlexToken{WorkerSID: worker.SID}))(t)

	left := filepath.Join(dir, "left.db")
	copyFile(t, filepath.Join(dir, "a", "twilio.db"), left)
	c.Add(time.Minute)
	r := open(t, left, c)

	if r.Account() != s.Account() {
		t.Error("account changed over a restart")
	}
	if got := must(r.Rooms.Get("r"))(t); got.SID != room.SID || got.Status != store.RoomInProgress {
		t.Errorf("room %+v, want %s in progress", got, room.SID)
	}
	if got := must(r.Participants.Get(room.SID, p.SID))(t); got.Status != store.Disconnected || !got.End.Equal(c.Now()) {
		t.Errorf("participant %+v, want disconnected at reopening", got)
	}
	if got := must(r.Tracks.List(p.SID))(t); len(got) != 0 {
		t.Errorf("tracks %+v, want none", got)
	}
	opening := r.Opening()
	if len(opening) != 2 {
		t.Fatalf("opening events %v, want the track's removal and the participant's leaving", kinds(opening))
	}
	if c, ok := opening[0].Change.(*store.TrackRemoved); !ok || c.Track.SID != track.SID {
		t.Errorf("opening events %v, want the track's removal first", kinds(opening))
	}
	if c, ok := opening[1].Change.(*store.ParticipantDisconnected); !ok || c.Sequence != 4 {
		t.Errorf("opening events %v, want the participant's leaving with sequence 4", kinds(opening))
	}
	if got := must(r.Documents.Get("d"))(t); got.SID != doc.SID || string(got.Data) != `{"a":1}` {
		t.Errorf("document %+v", got)
	}
	if got := must(r.Tasks.Get(task.SID))(t); got.AssignmentStatus != store.TaskReserved {
		t.Errorf("task %+v", got)
	}
	if got := must(r.Reservations.Get(res.SID))(t); got.WorkerSID != worker.SID {
		t.Errorf("reservation %+v", got)
	}
	if got := must(r.Conversations.Messages(conv.SID, 0))(t); len(got) != 1 || got[0].Body != "hello" {
		t.Errorf("messages %+v", got)
	}
	if got := must(r.FlexTokens.Validate(token))(t); got.WorkerSID != worker.SID {
		t.Errorf("flex token %+v", got)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpen(t *testing.T) {
	t.Run("in use by another", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "twilio.db")
		open(t, path, newClock())
		_, err := store.Open(path, store.Options{})
		wantErr(t, err, store.ErrInUse)
	})
	t.Run("temporary file is removed", func(t *testing.T) {
		dir := t.TempDir()
		t.Setenv("TMPDIR", dir)
		s := must(store.Open("", store.Options{}))(t)
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Fatalf("%d entries while open, want 1", len(entries))
		}
		for range 2 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 0 {
			t.Fatalf("%v left behind", entries)
		}
	})
	t.Run("not a data file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "twilio.db")
		if err := os.WriteFile(path, []byte(strings.Repeat("no", 5000)), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := store.Open(path, store.Options{}); err == nil {
			s.Close()
			t.Fatal("opened a file of noise")
		}
	})
	t.Run("account override is kept", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "twilio.db")
		s := must(store.Open(path, store.Options{Account: store.Account{SID: "AC1"}}))(t)
		key := s.Account().KeySecret
		s.Close()
		s = open(t, path, newClock())
		if a := s.Account(); a.SID != "AC1" || a.KeySecret != key || key == "" {
			t.Errorf("account %+v, want AC1 and secret %q", a, key)
		}
	})
	t.Run("closed", func(t *testing.T) {
		s := must(store.Open("", store.Options{}))(t)
		s.Close()
		_, err := s.Rooms.Get("x")
		wantErr(t, err, store.ErrClosed)
		_, err = s.Rooms.Create(store.Room{})
		wantErr(t, err, store.ErrClosed)
		s.Watch(func(store.Event) {})()
	})
}

func TestNewSID(t *testing.T) {
	a, b := store.NewSID("RM"), store.NewSID("RM")
	if a == b || len(a) != 34 || a[:2] != "RM" {
		t.Errorf("SIDs %q and %q, want two different ones of 34 characters", a, b)
	}
}

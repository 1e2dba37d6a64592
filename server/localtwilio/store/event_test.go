package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// seen collects the events of a watch.
type seen struct {
	mu     sync.Mutex
	events []store.Event
	more   chan struct{}
}

func watch(t *testing.T, s *store.Store) *seen {
	w := &seen{more: make(chan struct{}, 1)}
	t.Cleanup(s.Watch(func(e store.Event) {
		w.mu.Lock()
		w.events = append(w.events, e)
		w.mu.Unlock()
		select {
		case w.more <- struct{}{}:
		default:
		}
	}))
	return w
}

// wait answers the events once there are n.
func (w *seen) wait(t *testing.T, n int) []store.Event {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		w.mu.Lock()
		events := slices.Clone(w.events)
		w.mu.Unlock()
		if len(events) >= n {
			return events
		}
		select {
		case <-w.more:
		case <-deadline:
			t.Fatalf("%d events within 10 s, want %d: %v", len(events), n, kinds(events))
		}
	}
}

// kinds are the types of the events' changes.
func kinds(events []store.Event) (list []string) {
	for _, e := range events {
		list = append(list, kind(e.Change))
	}
	return list
}

func kind(c store.Change) string { return strings.TrimPrefix(fmt.Sprintf("%T", c), "*store.") }

// numberIn is the Room and SequenceNumber of a change to a Room; -1 where there
// is no status callback.
func numberIn(c store.Change) (roomSID string, sequence int) {
	switch c := c.(type) {
	case store.Announced:
		return c.Details().Room.SID, c.Details().Sequence
	case *store.ParticipantReconnecting:
		return c.Participant.RoomSID, -1
	case *store.ParticipantReconnected:
		return c.Participant.RoomSID, -1
	case *store.RecordingRulesChanged:
		return c.Room.SID, -1
	}
	return "", -1
}

func TestRoomEventsInOrder(t *testing.T) {
	s := open(t, "", newClock())
	w := watch(t, s)
	room := must(s.Rooms.Create(store.Room{UniqueName: "r"}))(t)
	a := must(s.Participants.Add(room.SID, "a"))(t)
	k := must(s.Tracks.Add(store.Track{ParticipantSID: a.SID, Kind: "audio", Enabled: true}))(t)
	if err := s.Tracks.SetEnabled(k.SID, false); err != nil {
		t.Fatal(err)
	}
	if err := s.Tracks.SetEnabled(k.SID, false); err != nil { // no change, no event
		t.Fatal(err)
	}
	must(s.Participants.SetStatus(a.SID, store.Reconnecting))(t)
	must(s.Participants.SetStatus(a.SID, store.Connected))(t)
	must(s.Rooms.Update(room.SID, func(r *store.Room) error { r.RecordingRules = []byte("[]"); return nil }))(t)
	must(s.Rooms.Complete(room.SID))(t)

	events := w.wait(t, 10)
	want := []struct {
		kind     string
		sequence int
	}{
		{"RoomCreated", 0}, {"ParticipantConnected", 1}, {"TrackAdded", 2}, {"TrackDisabled", 3},
		{"ParticipantReconnecting", -1}, {"ParticipantReconnected", -1}, {"RecordingRulesChanged", -1},
		{"TrackRemoved", 4}, {"ParticipantDisconnected", 5}, {"RoomEnded", 6},
	}
	if len(events) != len(want) {
		t.Fatalf("events %v", kinds(events))
	}
	for i, e := range events {
		in, sequence := numberIn(e.Change)
		if kind(e.Change) != want[i].kind || sequence != want[i].sequence || e.Seq != uint64(i+1) {
			t.Errorf("event %d: %s sequence %d seq %d, want %s %d", i, kind(e.Change), sequence, e.Seq, want[i].kind, want[i].sequence)
		}
		if in != room.SID {
			t.Errorf("event %d lacks its room", i)
		}
	}
}

// TestConcurrentWriters has many writers and watchers: every watcher sees every
// event, in one order, and nobody's change is lost.
func TestConcurrentWriters(t *testing.T) {
	const writers, each = 8, 25
	s := open(t, "", newClock())
	doc := must(s.Documents.Create(store.Document{UniqueName: "counter"}))(t)
	conv := must(s.Conversations.Create(store.Conversation{}))(t)
	watchers := []*seen{watch(t, s), watch(t, s), watch(t, s)}
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for j := range each {
				if _, err := s.Conversations.AddMessage(conv.SID, store.Message{Body: fmt.Sprint(i, " ", j)}); err != nil {
					t.Error(err)
				}
				if _, err := s.Documents.Update(doc.SID, "", func(*store.Document) error { return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if d := must(s.Documents.Get("counter"))(t); d.Revision != writers*each {
		t.Errorf("revision %d, want %d", d.Revision, writers*each)
	}
	messages := must(s.Conversations.Messages(conv.SID, 0))(t)
	for i, m := range messages {
		if m.Index != i {
			t.Fatalf("message %d has index %d", i, m.Index)
		}
	}
	first := watchers[0].wait(t, 2*writers*each)
	for _, w := range watchers {
		events := w.wait(t, 2*writers*each)
		revision, index := 0, -1
		for i, e := range events {
			if e.Seq != first[i].Seq || i > 0 && e.Seq <= events[i-1].Seq {
				t.Fatalf("event %d has seq %d out of order", i, e.Seq)
			}
			switch c := e.Change.(type) {
			case *store.DocumentUpdated:
				if c.Document.Revision != revision+1 {
					t.Fatalf("revision %d follows %d", c.Document.Revision, revision)
				}
				revision++
			case *store.MessageAdded:
				if c.Message.Index != index+1 {
					t.Fatalf("index %d follows %d", c.Message.Index, index)
				}
				index++
			}
		}
	}
}

// TestContention has many want the same thing at once: exactly one gets it.
func TestContention(t *testing.T) {
	s := open(t, "", newClock())
	must(s.Documents.Create(store.Document{UniqueName: "lock"}))(t)
	must(s.Rooms.Create(store.Room{UniqueName: "small", MaxParticipants: 1}))(t)
	worker := must(s.Workers.Create(store.Worker{FriendlyName: "w"}))(t)
	task := must(s.Tasks.Create(store.Task{}))(t)
	tests := []struct {
		name string
		lost error
		do   func() error
	}{
		{"a document's name", store.ErrNameTaken, func() error {
			_, err := s.Documents.Create(store.Document{UniqueName: "code"})
			return err
		}},
		{"a document's revision", store.ErrRevision, func() error {
			_, err := s.Documents.Update("lock", "0", func(*store.Document) error { return nil })
			return err
		}},
		{"a room's name", store.ErrNameTaken, func() error { _, err := s.Rooms.Create(store.Room{UniqueName: "room"}); return err }},
		{"a room's last place", store.ErrRoomFull, func() error { _, err := s.Participants.Add("small", "a"); return err }},
		{"a task", store.ErrTransition, func() error { _, err := s.Reservations.Create(task.SID, worker.SID); return err }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var won atomic.Int32
			var wg sync.WaitGroup
			for range 16 {
				wg.Go(func() {
					switch err := tt.do(); {
					case err == nil:
						won.Add(1)
					case !errors.Is(err, tt.lost):
						t.Errorf("error %v, want %v", err, tt.lost)
					}
				})
			}
			wg.Wait()
			if n := won.Load(); n != 1 {
				t.Errorf("%d got it, want 1", n)
			}
		})
	}
}

func TestWatch(t *testing.T) {
	t.Run("a slow watch holds up no writer and may write itself", func(t *testing.T) {
		s := open(t, "", newClock())
		release, entered := make(chan struct{}), make(chan struct{}, 100)
		stop := s.Watch(func(e store.Event) {
			entered <- struct{}{}
			<-release
			if c, ok := e.Change.(*store.ConversationCreated); ok {
				if _, err := s.Conversations.AddMessage(c.Conversation.SID, store.Message{Body: "from the watch"}); err != nil {
					t.Error(err)
				}
			}
		})
		conv := must(s.Conversations.Create(store.Conversation{}))(t)
		<-entered
		for range 20 {
			must(s.Conversations.AddMessage(conv.SID, store.Message{Body: "x"}))(t)
		}
		close(release)
		for range 21 {
			<-entered
		}
		stop()
		if got := must(s.Conversations.Messages(conv.SID, 0))(t); len(got) != 21 {
			t.Errorf("%d messages, want 21", len(got))
		}
	})
	t.Run("stop waits for a running call and nothing comes after it", func(t *testing.T) {
		s := open(t, "", newClock())
		entered, release := make(chan struct{}, 10), make(chan struct{})
		var returned atomic.Int32
		stop := s.Watch(func(store.Event) {
			entered <- struct{}{}
			<-release
			returned.Add(1)
		})
		for range 3 {
			must(s.Conversations.Create(store.Conversation{}))(t)
		}
		<-entered
		time.AfterFunc(20*time.Millisecond, func() { close(release) })
		stop()
		stop()
		if n := returned.Load(); n != 1 {
			t.Errorf("%d calls had returned when stop did, want the one that was running", n)
		}
		must(s.Conversations.Create(store.Conversation{}))(t)
		if len(entered) != 0 {
			t.Error("called after stop")
		}
	})
	t.Run("a failed change is no event", func(t *testing.T) {
		s := open(t, "", newClock())
		w := watch(t, s)
		room := must(s.Rooms.Create(store.Room{}))(t)
		_, err := s.Rooms.Update(room.SID, func(r *store.Room) error {
			r.RecordingRules = []byte("[]")
			return store.ErrTransition
		})
		wantErr(t, err, store.ErrTransition)
		must(s.Rooms.Complete(room.SID))(t)
		if got := kinds(w.wait(t, 2)); !slices.Equal(got, []string{"RoomCreated", "RoomEnded"}) {
			t.Errorf("events %v", got)
		}
	})
}

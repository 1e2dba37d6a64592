package store_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"escalate/server/localtwilio/store"
)

// everything makes a data file in which each bucket has something, and returns how many entries
// there are in all.
func everything(t *testing.T, path string) (entries int) {
	t.Helper()
	s := must(store.Open(path, store.Options{}))(t)
	fillVideo(t, s)
	fillSync(t, s)
	fillRouting(t, s)
	fillChat(t, s)
	_, errKey := s.APIKeys.Create("k")
	if err := errors.Join(errKey, s.Close()); err != nil {
		t.Fatal(err)
	}
	b := must(bolt.Open(path, 0o600, nil))(t)
	err := b.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, in *bolt.Bucket) error {
			n := in.Stats().KeyN
			if n == 0 {
				t.Errorf("bucket %s is empty: fill it, so that its values are tested", name)
			}
			entries += n
			return nil
		})
	})
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
	return entries
}

func fillVideo(t *testing.T, s *store.Store) {
	t.Helper()
	r := must(s.Rooms.Create(store.Room{UniqueName: "r"}))(t)
	p := must(s.Participants.Add(r.SID, "ada\x00"))(t)
	k := must(s.Tracks.Add(store.Track{ParticipantSID: p.SID, Name: "camera", Kind: "video"}))(t)
	must(s.Recordings.Start(store.Recording{RoomSID: r.SID, ParticipantSID: p.SID, SourceSID: k.SID}))(t)
	must(s.Compositions.Add(store.Composition{RoomSID: r.SID}))(t)
	must(s.CompositionHooks.Create(store.CompositionHook{FriendlyName: "h"}))(t)
	must(s.Transcriptions.Create(r.SID, store.TranscriptionStartedStatus, nil))(t)
}

func fillSync(t *testing.T, s *store.Store) {
	t.Helper()
	must(s.SyncServices.Create(store.SyncService{FriendlyName: "s"}))(t)
	d := must(s.Documents.Create(store.Document{UniqueName: "d\x00"}))(t)
	must(s.Collections.Create(store.Collection{Kind: store.SyncMap, UniqueName: "m"}))(t)
	expires := store.Item{Key: "k\x00", Data: json.RawMessage(`{}`), Expires: s.Now().Add(time.Hour)}
	if _, _, err := s.Collections.PutItem(store.SyncMap, "m", expires, true, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Permissions.Set(store.Permission{ObjectSID: d.SID, Identity: "ada", Read: true}); err != nil {
		t.Fatal(err)
	}
}

func fillRouting(t *testing.T, s *store.Store) {
	t.Helper()
	w := must(s.Workers.Create(store.Worker{FriendlyName: "ada"}))(t)
	task := must(s.Tasks.Create(store.Task{}))(t)
	must(s.Reservations.Create(task.SID, w.SID))(t)
	must(s.TaskRouter.WorkerChannels.Update(w.SID, "chat", func(c *store.WorkerChannel) error { c.Capacity = 3; return nil }))(t)
	must(s.FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID}))(t)
	must(s.Flex.Interactions.Create(store.Interaction{}))(t)
	must(s.Flex.WebChannels.Create(store.WebChannel{}))(t)
}

// fillChat has users of the account's own Service and of another, whose keys begin with it.
func fillChat(t *testing.T, s *store.Store) {
	t.Helper()
	other := must(s.ChatServices.Create("Other"))(t)
	for _, service := range []string{s.Account().ChatServiceSID, other.SID} {
		c := must(s.Conversations.In(service).Create(store.Conversation{UniqueName: "c"}))(t)
		must(s.ChatUsers.In(service).Create(store.ChatUser{Identity: "grace"}))(t)
		for _, identity := range []string{"ada", "nul\x00"} {
			must(s.ChatParticipants.Add(c.SID, store.ChatParticipant{Identity: identity}))(t)
		}
		m := must(s.Conversations.AddMessage(c.SID, store.Message{Body: "hello"}))(t)
		must(s.Conversations.AddMessage(c.SID, store.Message{Body: "and again"}))(t)
		if err := s.Conversations.RemoveMessage(c.SID, m.SID); err != nil {
			t.Fatal(err)
		}
		must(s.Conversations.Webhooks().Create(c.SID, store.ChatWebhook{}))(t)
		must(s.Conversations.In(service).Media().Create(store.Media{Attachment: store.Attachment{SID: store.NewSID("ME")}}))(t)
	}
}

// An earlier version's buckets, which this one does not know: SIDs, and nothing at all.
func addForeign(t *testing.T, path string) (entries int) {
	t.Helper()
	b := must(bolt.Open(path, 0o600, nil))(t)
	err := b.Update(func(tx *bolt.Tx) error {
		in, err := tx.CreateBucket([]byte("rooms_live"))
		if err != nil {
			return err
		}
		return errors.Join(in.Put([]byte("a"), []byte("RM00000000000000000000000000000000")), in.Put([]byte("b"), nil), in.Put([]byte("c"), []byte{0}))
	})
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
	return 3
}

// spoilFreelist damages what a file can do without: all its entries can still be read.
func spoilFreelist(t *testing.T, path string) {
	t.Helper()
	b := must(os.ReadFile(path))(t)
	at := newest(b, freelistAt) * os.Getpagesize()
	clear(b[at+8 : at+16])
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// spoilRoot empties the page at which the newest state begins.
func spoilRoot(t *testing.T, path string) {
	t.Helper()
	b := must(os.ReadFile(path))(t)
	at := newest(b, rootAt) * os.Getpagesize()
	clear(b[at : at+os.Getpagesize()])
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestEveryBucketIsWhole: what a good file has in it is no damage, and none of it is lost when
// something else is damaged.
func TestEveryBucketIsWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "twilio.db")
	entries := everything(t, path) + addForeign(t, path)
	if err := store.Backup(path, filepath.Join(dir, "copy.db")); err != nil {
		t.Fatal(err)
	}
	if r := must(store.Repair(path, time.Now()))(t); r.Old != "" {
		t.Fatalf("a whole file was repaired: %+v", r)
	}
	spoilFreelist(t, path)
	_, err := store.Open(path, store.Options{})
	wantErr(t, err, store.ErrDamaged)
	r := must(store.Repair(path, time.Now()))(t)
	if r.Old == "" || len(r.Faults) != 1 || r.Things != entries || r.KeysLost {
		t.Errorf("repaired with %+v; the file had %d entries and one fault", r, entries)
	}
	for _, file := range []string{path, filepath.Join(dir, "copy.db")} {
		s := must(store.Open(file, store.Options{}))(t)
		services := must(s.ChatServices.List())(t)
		for _, v := range services {
			must(s.ChatUsers.In(v.SID).Find("grace"))(t)
		}
		if err := s.Close(); err != nil || len(services) != 2 {
			t.Errorf("%d services, %v", len(services), err)
		}
	}
}

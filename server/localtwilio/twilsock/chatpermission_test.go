package twilsock

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"escalate/server/localtwilio/store"
)

// TestOlderThanRoles: users and Participants of a data file that knew no Roles have those of
// newcomers.
func TestOlderThanRoles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.db")
	open := func() *store.Store {
		t.Helper()
		s, err := store.Open(path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	c, err := s.Conversations.Create(store.Conversation{UniqueName: "chat"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ChatUsers.Create(store.ChatUser{Identity: "maya"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ChatParticipants.Add(c.SID, store.ChatParticipant{Identity: "maya"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	withoutRoles(t, path, "chat_users", "chat_participants")

	s = open()
	defer s.Close()
	maya := holder{identity: "maya", chatService: s.Account().ChatServiceSID}
	u, err := s.ChatUsers.Get("maya")
	if err != nil || u.RoleSID != "" {
		t.Fatalf("user %+v, %v", u, err)
	}
	r := rights{s}
	if err := r.inService(maya, "createConversation"); err != nil {
		t.Errorf("begin a Conversation: %v", err)
	}
	if err := r.in(maya, c, "sendMessage"); err != nil {
		t.Errorf("send a Message: %v", err)
	}
	for _, permission := range []string{"deleteConversation", "deleteAnyMessage"} {
		if err := r.in(maya, c, permission); !errors.Is(err, errMayNot) {
			t.Errorf("%s: %v, want %v", permission, err, errMayNot)
		}
	}
}

// withoutRoles takes the Roles from all that is in buckets of a data file.
func withoutRoles(t *testing.T, path string, buckets ...string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	taken := 0
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range buckets {
			b := tx.Bucket([]byte(name))
			all := map[string]map[string]any{}
			err := b.ForEach(func(k, v []byte) error {
				var of map[string]any
				err := json.Unmarshal(v, &of)
				if of["RoleSID"] != "" {
					taken++
				}
				delete(of, "RoleSID")
				all[string(k)] = of
				return err
			})
			for k, of := range all {
				raw, fault := json.Marshal(of)
				err = errors.Join(err, fault, b.Put([]byte(k), raw))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || taken == 0 {
		t.Fatalf("%d Roles taken, %v", taken, err)
	}
}

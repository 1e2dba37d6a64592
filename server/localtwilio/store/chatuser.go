package store

import (
	"errors"
	"time"
)

// ChatUser is an identity as Conversations knows it. One comes into being when
// it is first asked for.
type ChatUser struct {
	SID          string // US…
	Identity     string
	FriendlyName string
	Attributes   string // a JSON object
	InfoSID      string // MP…, the Sync Map with what is known of the user
	SeatsSID     string // MP…, the Sync Map with the user's Conversations
	Event        int    // number of the newest change; see Store.LastEvent
	Created      time.Time
	Updated      time.Time
}

// ChatUsers are the identities that Conversations knows.
type ChatUsers struct{ db *db }

// Get is the user of an identity, made where there is none. A Worker's
// friendly name is the identity of its user.
func (s ChatUsers) Get(identity string) (u ChatUser, err error) {
	err = s.db.view(doing{what: "find chat user", key: identity}, func(t *tx) error {
		u, err = get[ChatUser](t, bChatUsers, identity)
		return err
	})
	if !errors.Is(err, ErrNotFound) || identity == "" {
		return u, err
	}
	err = s.db.update(doing{what: "make chat user", key: identity}, func(t *tx) error {
		if u, err = get[ChatUser](t, bChatUsers, identity); !errors.Is(err, ErrNotFound) {
			return err // somebody else was faster
		}
		u = ChatUser{
			SID: NewSID("US"), Identity: identity, FriendlyName: identity, Attributes: "{}",
			InfoSID: NewSID("MP"), SeatsSID: NewSID("MP"), Created: t.now, Updated: t.now,
		}
		if err := t.stampTo(&u.Event); err != nil {
			return err
		}
		return errors.Join(
			t.bucket(bChatUserSIDs).Put([]byte(u.SID), []byte(identity)),
			t.bucket(bChatUserSIDs).Put([]byte(u.InfoSID), []byte(identity)),
			t.bucket(bChatUserSIDs).Put([]byte(u.SeatsSID), []byte(identity)),
			t.put(bChatUsers, identity, u),
		)
	})
	return u, err
}

// BySID finds the user of one of its SIDs: SID, InfoSID or SeatsSID.
func (s ChatUsers) BySID(sid string) (u ChatUser, err error) {
	err = s.db.view(doing{what: "find chat user", key: sid}, func(t *tx) error {
		u, err = get[ChatUser](t, bChatUsers, t.lookup(bChatUserSIDs, sid))
		return err
	})
	return u, err
}

// Update changes a user by f, which may set FriendlyName and Attributes.
func (s ChatUsers) Update(identity string, f func(*ChatUser) error) (u ChatUser, err error) {
	err = s.db.update(doing{what: "update chat user", key: identity}, func(t *tx) error {
		if u, err = get[ChatUser](t, bChatUsers, identity); err != nil {
			return err
		}
		old := u
		if err := f(&u); err != nil {
			return err
		}
		u.SID, u.Identity, u.InfoSID, u.SeatsSID, u.Created, u.Updated = old.SID, old.Identity, old.InfoSID, old.SeatsSID, old.Created, t.now
		if err := t.stampTo(&u.Event); err != nil {
			return err
		}
		t.emit(&ChatUserUpdated{ChatUser: u})
		return t.put(bChatUsers, identity, u)
	})
	return u, err
}

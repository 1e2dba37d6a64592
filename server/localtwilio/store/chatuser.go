package store

import (
	"cmp"
	"errors"
	"time"
)

// ChatUser is an identity as Conversations knows it. One comes into being when
// it is first asked for.
type ChatUser struct {
	SID          string // US…
	ServiceSID   string // IS…; empty for the account's own Service
	Identity     string
	FriendlyName string
	RoleSID      string // RL…, of the type service
	Attributes   string // JSON
	InfoSID      string // MP…, the Sync Map with what is known of the user
	SeatsSID     string // MP…, the Sync Map with the user's Conversations
	Event        int    // number of the newest change; see Store.LastEvent
	Created      time.Time
	Updated      time.Time
}

// ChatUsers are the identities that Conversations knows.
type ChatUsers struct{ chatScope }

// Create makes the user of u's Identity, with its FriendlyName (default the Identity),
// Role (default the Service's) and Attributes. It returns ErrNameTaken and ErrRole.
func (s ChatUsers) Create(u ChatUser) (ChatUser, error) {
	err := s.update(doing{what: "create chat user", key: u.Identity}, func(t chatTx) error {
		if _, err := get[ChatUser](t.tx, bChatUsers, t.prefixed(u.Identity)); !errors.Is(err, ErrNotFound) {
			return errors.Join(err, ErrNameTaken)
		}
		return t.makeUser(&u)
	})
	return u, err
}

// Get is the user of an identity, made where there is none. A Worker's
// friendly name is the identity of its user.
func (s ChatUsers) Get(identity string) (u ChatUser, err error) {
	err = s.view(doing{what: "find chat user", key: identity}, func(t chatTx) error {
		u, err = get[ChatUser](t.tx, bChatUsers, t.prefixed(identity))
		return err
	})
	if !errors.Is(err, ErrNotFound) || identity == "" {
		return u, err
	}
	err = s.update(doing{what: "make chat user", key: identity}, func(t chatTx) error {
		u, err = t.user(identity)
		return err
	})
	return u, err
}

// Find finds a user that there is, by SID or identity.
func (s ChatUsers) Find(key string) (u ChatUser, err error) {
	err = s.view(doing{what: "find chat user", key: key}, func(t chatTx) error {
		u, err = t.findUser(key)
		return err
	})
	return u, err
}

// List lists the users of the scope's Service by identity.
func (s ChatUsers) List() (list []ChatUser, err error) {
	err = s.view(doing{what: "list chat users"}, func(t chatTx) error {
		all, err := under[ChatUser](t.tx, bChatUsers, t.prefixed(""))
		for _, u := range all {
			if t.key() == u.ServiceSID {
				list = append(list, u)
			}
		}
		return err
	})
	return list, err
}

// Delete removes a user, by SID or identity, and takes them out of all Conversations.
func (s ChatUsers) Delete(key string) error {
	return s.update(doing{what: "delete chat user", key: key}, func(t chatTx) error {
		u, err := t.findUser(key)
		if err != nil {
			return err
		}
		seats, err := t.seats(u.Identity)
		if err != nil {
			return err
		}
		for _, p := range seats {
			if p.Left {
				continue
			}
			c, err := t.conversation(p.ConversationSID)
			if err != nil {
				return err
			}
			if err := t.removeParticipant(c, p, OnParticipantRemoved); err != nil {
				return err
			}
		}
		return t.removeUser(u)
	})
}

// user is the user of an identity, made where there is none.
func (t chatTx) user(identity string) (ChatUser, error) {
	u, err := get[ChatUser](t.tx, bChatUsers, t.prefixed(identity))
	if !errors.Is(err, ErrNotFound) || identity == "" {
		return u, err
	}
	u = ChatUser{Identity: identity}
	return u, t.makeUser(&u)
}

func (t chatTx) findUser(key string) (ChatUser, error) {
	if at := t.lookup(bChatUserSIDs, key); at != "" {
		u, err := get[ChatUser](t.tx, bChatUsers, at)
		if err != nil || !t.has(u.ServiceSID) || u.SID != key {
			return ChatUser{}, errors.Join(err, ErrNotFound)
		}
		return u, nil
	}
	return get[ChatUser](t.tx, bChatUsers, t.prefixed(key))
}

func (t chatTx) makeUser(u *ChatUser) error {
	if u.RoleSID == "" {
		v, err := t.ownService()
		if err != nil {
			return err
		}
		u.RoleSID = v.ServiceRoleSID
	} else if _, err := t.roles().find(u.RoleSID, RoleOfService); err != nil {
		return err
	}
	u.SID, u.ServiceSID, u.InfoSID, u.SeatsSID = NewSID("US"), t.key(), NewSID("MP"), NewSID("MP")
	u.FriendlyName, u.Attributes, u.Created, u.Updated = cmp.Or(u.FriendlyName, u.Identity), cmp.Or(u.Attributes, "{}"), t.now, t.now
	if err := t.stampTo(&u.Event); err != nil {
		return err
	}
	if err := t.tell(Conversation{ServiceSID: u.ServiceSID}, &ChatUserCreated{ChatUser: *u}, OnUserAdded); err != nil {
		return err
	}
	key := []byte(t.prefixed(u.Identity))
	return errors.Join(
		t.bucket(bChatUserSIDs).Put([]byte(u.SID), key),
		t.bucket(bChatUserSIDs).Put([]byte(u.InfoSID), key),
		t.bucket(bChatUserSIDs).Put([]byte(u.SeatsSID), key),
		t.put(bChatUsers, string(key), *u),
	)
}

func (t chatTx) removeUser(u ChatUser) error {
	return errors.Join(
		t.bucket(bChatUserSIDs).Delete([]byte(u.SID)),
		t.bucket(bChatUserSIDs).Delete([]byte(u.InfoSID)),
		t.bucket(bChatUserSIDs).Delete([]byte(u.SeatsSID)),
		t.bucket(bChatUsers).Delete([]byte(t.prefixed(u.Identity))),
	)
}

// BySID finds the user of one of its SIDs: SID, InfoSID or SeatsSID.
func (s ChatUsers) BySID(sid string) (u ChatUser, err error) {
	err = s.view(doing{what: "find chat user", key: sid}, func(t chatTx) error {
		u, err = get[ChatUser](t.tx, bChatUsers, t.lookup(bChatUserSIDs, sid))
		if err == nil && !t.has(u.ServiceSID) {
			err = ErrNotFound
		}
		return err
	})
	return u, err
}

// Update changes a user, by SID or identity, by f, which may set FriendlyName, RoleSID and
// Attributes. It returns ErrRole.
func (s ChatUsers) Update(key string, f func(*ChatUser) error) (u ChatUser, err error) {
	err = s.update(doing{what: "update chat user", key: key}, func(t chatTx) error {
		if u, err = t.findUser(key); err != nil {
			return err
		}
		old := u
		if err := f(&u); err != nil {
			return err
		}
		u.SID, u.ServiceSID, u.Identity, u.InfoSID, u.SeatsSID = old.SID, old.ServiceSID, old.Identity, old.InfoSID, old.SeatsSID
		u.Created, u.Updated = old.Created, t.now
		if u.RoleSID != old.RoleSID {
			if _, err := t.roles().find(u.RoleSID, RoleOfService); err != nil {
				return err
			}
		}
		if err := t.stampTo(&u.Event); err != nil {
			return err
		}
		if err := t.tell(Conversation{ServiceSID: u.ServiceSID}, &ChatUserUpdated{ChatUser: u}, OnUserUpdated); err != nil {
			return err
		}
		return t.put(bChatUsers, t.prefixed(u.Identity), u)
	})
	return u, err
}

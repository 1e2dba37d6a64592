package store

import (
	"bytes"
	"errors"
	"strings"
	"time"
)

// ChatParticipant is one who takes part in a Conversation. (A Participant is
// one of a Room.)
type ChatParticipant struct {
	SID             string // MB…
	ConversationSID string
	Identity        string
	Attributes      string    // a JSON object
	LastRead        int       // index of the newest Message that they have read; -1 for none
	ReadAt          time.Time // when they said so; zero for never
	Notifications   string    // default or muted
	Left            bool      // they are no longer in it; kept so that others can be told
	Event           int       // number of the newest change; see Store.LastEvent
	Created         time.Time
	Updated         time.Time
}

// ChatParticipants are those who take part in Conversations.
type ChatParticipants struct{ db *db }

// Add puts p's Identity, with its Attributes, into a
// Conversation. One who is in it already is ErrNameTaken.
func (s ChatParticipants) Add(conversation string, p ChatParticipant) (ChatParticipant, error) {
	err := s.db.update(doing{what: "add participant", key: p.Identity, of: "to conversation", owner: conversation}, func(t *tx) error {
		c, err := t.chat().conversation(conversation)
		if err != nil {
			return err
		}
		old, err := get[ChatParticipant](t, bChatParticipants, c.SID+p.Identity)
		if err == nil && !old.Left {
			return ErrNameTaken
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		p.SID, p.ConversationSID, p.Created, p.Updated = NewSID("MB"), c.SID, t.now, t.now
		p.LastRead, p.ReadAt, p.Notifications, p.Left = -1, time.Time{}, "default", false
		if p.Attributes == "" {
			p.Attributes = "{}"
		}
		if err := t.bucket(bChatSeats).Put(seatKey(p), []byte(p.Identity)); err != nil {
			return err
		}
		if err := t.chat().saveParticipant(c, &p); err != nil {
			return err
		}
		t.emit(&ChatParticipantAdded{Conversation: c, ChatParticipant: p})
		return nil
	})
	if err != nil {
		return ChatParticipant{}, err
	}
	return p, nil
}

// Get finds one who is in a Conversation by SID or identity.
func (s ChatParticipants) Get(conversation, key string) (p ChatParticipant, err error) {
	err = s.db.view(doing{what: "find participant", key: key, of: "of conversation", owner: conversation}, func(t *tx) error {
		c, err := t.chat().conversation(conversation)
		if err != nil {
			return err
		}
		p, err = t.chat().participant(c, key)
		return err
	})
	return p, err
}

// List lists all who are or were in a Conversation, by identity.
func (s ChatParticipants) List(conversation string) (list []ChatParticipant, err error) {
	err = s.db.view(doing{what: "list participants of conversation", key: conversation}, func(t *tx) error {
		c, err := t.chat().conversation(conversation)
		if err != nil {
			return err
		}
		list, err = t.chat().participants(c)
		return err
	})
	return list, err
}

// Seats lists, for an identity, its place in every Conversation that it is
// or was in, by SID of the Conversation.
func (s ChatParticipants) Seats(identity string) (list []ChatParticipant, err error) {
	err = s.db.view(doing{what: "list conversations of", key: identity}, func(t *tx) error {
		prefix := []byte(identity + "\x00")
		cursor := t.bucket(bChatSeats).Cursor()
		for k, _ := cursor.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = cursor.Next() {
			p, err := get[ChatParticipant](t, bChatParticipants, strings.TrimPrefix(string(k), string(prefix))+identity)
			if err != nil {
				return err
			}
			list = append(list, p)
		}
		return nil
	})
	return list, err
}

// Update changes one who is in a Conversation by f, which may set
// Attributes, LastRead and Notifications.
func (s ChatParticipants) Update(conversation, key string, f func(*ChatParticipant) error) (p ChatParticipant, err error) {
	err = s.db.update(doing{what: "update participant", key: key, of: "of conversation", owner: conversation}, func(t *tx) error {
		c, err := t.chat().conversation(conversation)
		if err != nil {
			return err
		}
		if p, err = t.chat().participant(c, key); err != nil {
			return err
		}
		old := p
		if err := f(&p); err != nil {
			return err
		}
		p.SID, p.ConversationSID, p.Identity, p.Left, p.Created, p.Updated = old.SID, old.ConversationSID, old.Identity, false, old.Created, t.now
		if p.LastRead != old.LastRead {
			p.ReadAt = t.now
		}
		if err := t.chat().saveParticipant(c, &p); err != nil {
			return err
		}
		t.emit(&ChatParticipantUpdated{Conversation: c, ChatParticipant: p})
		return nil
	})
	return p, err
}

// Remove takes one out of a Conversation, by SID or identity.
func (s ChatParticipants) Remove(conversation, key string) error {
	return s.db.update(doing{what: "remove participant", key: key, of: "from conversation", owner: conversation}, func(t *tx) error {
		c, err := t.chat().conversation(conversation)
		if err != nil {
			return err
		}
		p, err := t.chat().participant(c, key)
		if err != nil {
			return err
		}
		p.Left, p.Updated = true, t.now
		if err := t.chat().saveParticipant(c, &p); err != nil {
			return err
		}
		t.emit(&ChatParticipantRemoved{Conversation: c, ChatParticipant: p})
		return nil
	})
}

func (t chatTx) participants(c Conversation) ([]ChatParticipant, error) {
	return under[ChatParticipant](t.tx, bChatParticipants, c.SID)
}

// chatParticipant finds one who is in c by SID or identity.
func (t chatTx) participant(c Conversation, key string) (ChatParticipant, error) {
	all, err := t.participants(c)
	if err != nil {
		return ChatParticipant{}, err
	}
	for _, p := range all {
		if !p.Left && (p.SID == key || p.Identity == key) {
			return p, nil
		}
	}
	return ChatParticipant{}, ErrNotFound
}

// saveChatParticipant gives the change its number.
func (t chatTx) saveParticipant(c Conversation, p *ChatParticipant) error {
	if err := t.stampTo(&p.Event); err != nil {
		return err
	}
	return t.put(bChatParticipants, c.SID+p.Identity, *p)
}

func seatKey(p ChatParticipant) []byte { return []byte(p.Identity + "\x00" + p.ConversationSID) }

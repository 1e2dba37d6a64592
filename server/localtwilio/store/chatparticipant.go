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
	RoleSID         string    // RL…, of the type conversation
	Attributes      string    // JSON
	LastRead        int       // index of the newest Message that they have read; -1 for none
	ReadAt          time.Time // when they said so; zero for never
	Notifications   string    // default or muted
	Left            bool      // they are no longer in it; kept so that others can be told
	Event           int       // number of the newest change; see Store.LastEvent
	Created         time.Time
	Updated         time.Time
}

// ChatParticipants are those who take part in Conversations.
type ChatParticipants struct{ chatScope }

// Add puts p's Identity, with its Attributes, Role (default the Service's) and times
// (default now), into a Conversation. One who is in it already is ErrNameTaken; a closed
// Conversation ErrChatClosed; a Role that there is not ErrRole.
func (s ChatParticipants) Add(conversation string, p ChatParticipant) (ChatParticipant, error) {
	err := s.update(doing{what: "add participant", key: p.Identity, of: "to conversation", owner: conversation}, func(t chatTx) error {
		c, err := t.open(conversation)
		if err != nil {
			return err
		}
		old, err := get[ChatParticipant](t.tx, bChatParticipants, c.SID+p.Identity)
		if err == nil && !old.Left {
			return ErrNameTaken
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err := t.roleOf(c, &p); err != nil {
			return err
		}
		p.SID, p.ConversationSID, p.Created, p.Updated = NewSID("MB"), c.SID, orNow(p.Created, t.now), orNow(p.Updated, t.now)
		p.LastRead, p.ReadAt, p.Notifications, p.Left = -1, time.Time{}, "default", false
		if p.Attributes == "" {
			p.Attributes = "{}"
		}
		scope := chatTx{t.tx, t.of(c)}
		if _, err := scope.user(p.Identity); err != nil {
			return err
		}
		if err := t.bucket(bChatSeats).Put(scope.seatKey(p), []byte(p.Identity)); err != nil {
			return err
		}
		if err := t.saveParticipant(c, &p); err != nil {
			return err
		}
		return t.tell(c, &ChatParticipantAdded{Conversation: c, ChatParticipant: p}, OnParticipantAdded)
	})
	if err != nil {
		return ChatParticipant{}, err
	}
	return p, nil
}

// roleOf checks the Role that p is to have in c, or chooses the Service's: for who made
// c, the creator's.
func (t chatTx) roleOf(c Conversation, p *ChatParticipant) error {
	scope := chatTx{t.tx, t.of(c)}
	if p.RoleSID != "" {
		_, err := scope.roles().find(p.RoleSID, RoleOfConversation)
		return err
	}
	v, err := scope.ownService()
	if err != nil {
		return err
	}
	p.RoleSID = v.ConversationRoleSID
	if p.Identity == c.CreatedBy {
		p.RoleSID = v.CreatorRoleSID
	}
	return nil
}

// Get finds one who is in a Conversation by SID or identity.
func (s ChatParticipants) Get(conversation, key string) (p ChatParticipant, err error) {
	err = s.view(doing{what: "find participant", key: key, of: "of conversation", owner: conversation}, func(t chatTx) error {
		c, err := t.conversation(conversation)
		if err != nil {
			return err
		}
		p, err = t.participant(c, key)
		return err
	})
	return p, err
}

// List lists all who are or were in a Conversation, by identity.
func (s ChatParticipants) List(conversation string) (list []ChatParticipant, err error) {
	err = s.view(doing{what: "list participants of conversation", key: conversation}, func(t chatTx) error {
		c, err := t.conversation(conversation)
		if err != nil {
			return err
		}
		list, err = t.participants(c)
		return err
	})
	return list, err
}

// Seats lists, for an identity of the scope's Service, its place in every Conversation
// that it is or was in, by SID of the Conversation.
func (s ChatParticipants) Seats(identity string) (list []ChatParticipant, err error) {
	err = s.view(doing{what: "list conversations of", key: identity}, func(t chatTx) error {
		list, err = t.seats(identity)
		return err
	})
	return list, err
}

func (t chatTx) seats(identity string) (list []ChatParticipant, err error) {
	prefix := []byte(t.prefixed(identity) + "\x00")
	cursor := t.bucket(bChatSeats).Cursor()
	for k, _ := cursor.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = cursor.Next() {
		p, err := get[ChatParticipant](t.tx, bChatParticipants, strings.TrimPrefix(string(k), string(prefix))+identity)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// Update changes one who is in a Conversation by f, which may set RoleSID,
// Attributes, LastRead, ReadAt, Notifications, Created and Updated. It returns ErrChatClosed and ErrRole.
func (s ChatParticipants) Update(conversation, key string, f func(*ChatParticipant) error) (p ChatParticipant, err error) {
	err = s.update(doing{what: "update participant", key: key, of: "of conversation", owner: conversation}, func(t chatTx) error {
		c, err := t.open(conversation)
		if err != nil {
			return err
		}
		if p, err = t.participant(c, key); err != nil {
			return err
		}
		old := p
		if err := f(&p); err != nil {
			return err
		}
		p.SID, p.ConversationSID, p.Identity, p.Left = old.SID, old.ConversationSID, old.Identity, false
		if p.RoleSID != old.RoleSID {
			if err := t.roleOf(c, &p); err != nil {
				return err
			}
		}
		if p.Updated.Equal(old.Updated) {
			p.Updated = t.now
		}
		if p.LastRead != old.LastRead && p.ReadAt.Equal(old.ReadAt) {
			p.ReadAt = t.now
		}
		if err := t.saveParticipant(c, &p); err != nil {
			return err
		}
		return t.tell(c, &ChatParticipantUpdated{Conversation: c, ChatParticipant: p}, OnParticipantUpdated)
	})
	return p, err
}

// Remove takes one out of a Conversation, by SID or identity.
func (s ChatParticipants) Remove(conversation, key string) error {
	return s.update(doing{what: "remove participant", key: key, of: "from conversation", owner: conversation}, func(t chatTx) error {
		c, err := t.conversation(conversation)
		if err != nil {
			return err
		}
		p, err := t.participant(c, key)
		if err != nil {
			return err
		}
		return t.removeParticipant(c, p, OnParticipantRemoved)
	})
}

// removeParticipant takes p out of c, which webhooks tell of as the events.
func (t chatTx) removeParticipant(c Conversation, p ChatParticipant, events ...string) error {
	p.Left, p.Updated = true, t.now
	if err := t.saveParticipant(c, &p); err != nil {
		return err
	}
	return t.tell(c, &ChatParticipantRemoved{Conversation: c, ChatParticipant: p}, events...)
}

func (t chatTx) participants(c Conversation) ([]ChatParticipant, error) {
	return under[ChatParticipant](t.tx, bChatParticipants, c.SID)
}

// participant finds one who is in c by SID or identity.
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

// saveParticipant gives the change its number.
func (t chatTx) saveParticipant(c Conversation, p *ChatParticipant) error {
	if err := t.stampTo(&p.Event); err != nil {
		return err
	}
	return t.put(bChatParticipants, c.SID+p.Identity, *p)
}

func (s chatScope) seatKey(p ChatParticipant) []byte {
	return []byte(s.prefixed(p.Identity) + "\x00" + p.ConversationSID)
}

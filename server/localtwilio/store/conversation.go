package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Conversation is a chat.
type Conversation struct {
	SID          string // CH…
	UniqueName   string // may be empty
	FriendlyName string
	Attributes   string    // a JSON object
	State        string    // active, inactive, closed
	CreatedBy    string    // an identity; "system" for REST
	LastIndex    int       // of its newest Message; -1 for none
	LastMessage  time.Time // when that came; zero for none
	Event        int       // number of its newest change, Messages included; see Store.LastEvent
	Created      time.Time
	Updated      time.Time
}

// Message is one Message of a Conversation.
type Message struct {
	SID             string // IM…
	ConversationSID string
	Index           int // from 0, without gaps
	Author          string
	Body            string
	Attributes      string // a JSON object
	Media           []Attachment
	Event           int // number of its newest change; see Store.LastEvent
	Created         time.Time
	Updated         time.Time
}

// Conversations are the chats and their Messages.
type Conversations struct{ db *db }

// Create makes an active Conversation of c's names and Attributes.
// It returns ErrNameTaken.
func (s Conversations) Create(c Conversation) (Conversation, error) {
	err := s.db.update(doing{what: "create conversation", key: c.UniqueName}, func(t *tx) error {
		if t.lookup(bConversationNames, c.UniqueName) != "" {
			return ErrNameTaken
		}
		c.SID, c.State, c.LastIndex, c.Created, c.Updated = NewSID("CH"), "active", -1, t.now, t.now
		if c.Attributes == "" {
			c.Attributes = "{}"
		}
		if c.CreatedBy == "" {
			c.CreatedBy = "system"
		}
		if c.UniqueName != "" {
			if err := t.bucket(bConversationNames).Put([]byte(c.UniqueName), []byte(c.SID)); err != nil {
				return err
			}
		}
		if err := errors.Join(t.link(bConversationOrder, "", c.SID), t.stampTo(&c.Event)); err != nil {
			return err
		}
		t.emit(&ConversationCreated{Conversation: c})
		return t.put(bConversations, c.SID, c)
	})
	if err != nil {
		return Conversation{}, err
	}
	return c, nil
}

// Get finds a Conversation by SID or unique name.
func (s Conversations) Get(key string) (c Conversation, err error) {
	err = s.db.view(doing{what: "find conversation", key: key}, func(t *tx) error {
		c, err = t.chat().conversation(key)
		return err
	})
	return c, err
}

// List lists all Conversations in the order they were made.
func (s Conversations) List() (list []Conversation, err error) {
	err = s.db.view(doing{what: "list conversations"}, func(t *tx) error {
		list, err = linked[Conversation](t, bConversationOrder, "", bConversations)
		return err
	})
	return list, err
}

// Update changes a Conversation by f, which may not change its SID
// or unique name.
func (s Conversations) Update(key string, f func(*Conversation) error) (c Conversation, err error) {
	err = s.db.update(doing{what: "update conversation", key: key}, func(t *tx) error {
		if c, err = t.chat().conversation(key); err != nil {
			return err
		}
		old := c
		if err := f(&c); err != nil {
			return err
		}
		c.SID, c.UniqueName, c.LastIndex, c.Created, c.Updated = old.SID, old.UniqueName, old.LastIndex, old.Created, t.now
		c.LastMessage, c.CreatedBy = old.LastMessage, old.CreatedBy
		if err := t.stampTo(&c.Event); err != nil {
			return err
		}
		t.emit(&ConversationUpdated{Conversation: c})
		return t.put(bConversations, c.SID, c)
	})
	return c, err
}

// AddMessage appends a Message of m's Author (default system), Body, Attributes
// and Media to a Conversation. It returns ErrMedia for Media that there is not.
func (s Conversations) AddMessage(conversation string, m Message) (Message, error) {
	err := s.db.update(doing{what: "add message to conversation", key: conversation}, func(t *tx) error {
		c, err := t.chat().conversation(conversation)
		if err != nil {
			return err
		}
		c.LastIndex++
		c.Updated, c.LastMessage = t.now, t.now
		if err := t.stampTo(&c.Event); err != nil {
			return err
		}
		m.Event = c.Event
		m.SID, m.ConversationSID, m.Index, m.Created, m.Updated = NewSID("IM"), c.SID, c.LastIndex, t.now, t.now
		if m.Author == "" {
			m.Author = "system"
		}
		if m.Attributes == "" {
			m.Attributes = "{}"
		}
		if err := t.chat().attach(&m); err != nil {
			return err
		}
		if err := t.put(bMessages, string(numbered(c.SID, uint64(m.Index))), m); err != nil {
			return err
		}
		t.emit(&MessageAdded{Conversation: c, Message: m})
		return t.put(bConversations, c.SID, c)
	})
	if err != nil {
		return Message{}, err
	}
	return m, nil
}

// Messages lists a Conversation's Messages in order, from the given index on.
func (s Conversations) Messages(conversation string, from int) (list []Message, err error) {
	err = s.db.view(doing{what: "list messages of conversation", key: conversation}, func(t *tx) error {
		conv, err := t.chat().conversation(conversation)
		if err != nil {
			return err
		}
		c := t.bucket(bMessages).Cursor()
		for k, raw := c.Seek(numbered(conv.SID, uint64(max(from, 0)))); k != nil && bytes.HasPrefix(k, []byte(conv.SID)); k, raw = c.Next() {
			var m Message
			if err := json.Unmarshal(raw, &m); err != nil {
				return fmt.Errorf("decode message: %w", err)
			}
			list = append(list, m)
		}
		return nil
	})
	return list, err
}

// chatTx is what a transaction does with Conversations and what belongs to them.
type chatTx struct{ *tx }

func (t *tx) chat() chatTx { return chatTx{t} }

func (t chatTx) conversation(key string) (Conversation, error) {
	if sid := t.lookup(bConversationNames, key); sid != "" {
		key = sid
	}
	return get[Conversation](t.tx, bConversations, key)
}

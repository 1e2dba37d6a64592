package store

import (
	"bytes"
	"errors"
)

// UpdateMessage changes a Message of a Conversation by f, which may set Author,
// UpdatedBy, Subject, Body, Attributes, Created and Updated. It returns ErrChatClosed for a closed
// Conversation.
func (s Conversations) UpdateMessage(conversation, sid string, f func(*Message) error) (m Message, err error) {
	err = s.update(doing{what: "update message", key: sid, of: "of conversation", owner: conversation}, func(t chatTx) error {
		c, err := t.open(conversation)
		if err != nil {
			return err
		}
		if m, err = t.message(c, sid); err != nil {
			return err
		}
		old := m
		if err := f(&m); err != nil {
			return err
		}
		m.SID, m.ConversationSID, m.Index = old.SID, old.ConversationSID, old.Index
		m.Media = old.Media
		if m.Updated.Equal(old.Updated) {
			m.Updated = t.now
		}
		if err := t.stampTo(&m.Event); err != nil {
			return err
		}
		c.Event = m.Event
		if err := t.tell(c, &MessageUpdated{Conversation: c, Message: m}, OnMessageUpdated); err != nil {
			return err
		}
		if err := t.put(bMessages, string(numbered(c.SID, uint64(m.Index))), m); err != nil {
			return err
		}
		return t.put(bConversations, c.SID, c)
	})
	return m, err
}

// Message finds a Message of a Conversation by its SID.
func (s Conversations) Message(conversation, sid string) (m Message, err error) {
	err = s.view(doing{what: "find message", key: sid, of: "of conversation", owner: conversation}, func(t chatTx) error {
		c, err := t.conversation(conversation)
		if err != nil {
			return err
		}
		m, err = t.message(c, sid)
		return err
	})
	return m, err
}

// RemoveMessage removes a Message from a Conversation; the indexes of the others stay.
func (s Conversations) RemoveMessage(conversation, sid string) error {
	return s.update(doing{what: "remove message", key: sid, of: "from conversation", owner: conversation}, func(t chatTx) error {
		c, err := t.conversation(conversation)
		if err != nil {
			return err
		}
		m, err := t.message(c, sid)
		if err != nil {
			return err
		}
		// What is left tells clients that are away now.
		gone := Message{SID: m.SID, ConversationSID: c.SID, Index: m.Index, Author: m.Author, Created: m.Created, Updated: t.now}
		if err := t.stampTo(&gone.Event); err != nil {
			return err
		}
		m.Event, c.Event = gone.Event, gone.Event
		if err := t.media().release(m); err != nil {
			return err
		}
		if err := t.tell(c, &MessageRemoved{Conversation: c, Message: m}, OnMessageRemoved); err != nil {
			return err
		}
		key := string(numbered(c.SID, uint64(m.Index)))
		return errors.Join(t.bucket(bMessages).Delete([]byte(key)), t.put(bRemovedMessages, key, gone), t.put(bConversations, c.SID, c))
	})
}

// RemovedMessages lists what is left of the Messages that were removed from a
// Conversation: all but what they said.
func (s Conversations) RemovedMessages(conversation string) (list []Message, err error) {
	err = s.view(doing{what: "list removed messages of conversation", key: conversation}, func(t chatTx) error {
		c, err := t.conversation(conversation)
		if err != nil {
			return err
		}
		list, err = under[Message](t.tx, bRemovedMessages, c.SID)
		return err
	})
	return list, err
}

// CountMessages returns how many Messages a Conversation has whose index is above the given one.
func (s Conversations) CountMessages(conversation string, above int) (n int, err error) {
	err = s.view(doing{what: "count messages of conversation", key: conversation}, func(t chatTx) error {
		c, err := t.conversation(conversation)
		if err != nil {
			return err
		}
		cursor := t.bucket(bMessages).Cursor()
		for k, _ := cursor.Seek(numbered(c.SID, uint64(above+1))); k != nil && bytes.HasPrefix(k, []byte(c.SID)); k, _ = cursor.Next() {
			n++
		}
		return nil
	})
	return n, err
}

func (t chatTx) message(c Conversation, sid string) (Message, error) {
	for i := c.LastIndex; i >= 0; i-- {
		m, err := get[Message](t.tx, bMessages, string(numbered(c.SID, uint64(i))))
		if errors.Is(err, ErrNotFound) {
			continue // it was removed
		}
		if err != nil {
			return Message{}, err
		}
		if m.SID == sid {
			return m, nil
		}
	}
	return Message{}, ErrNotFound
}

package store

// UpdateMessage changes a Message of a Conversation by f, which may set Body,
// Attributes and Author.
func (s Conversations) UpdateMessage(conversation, sid string, f func(*Message) error) (m Message, err error) {
	err = s.db.update(doing{what: "update message", key: sid, of: "of conversation", owner: conversation}, func(t *tx) error {
		c, err := t.chat().conversation(conversation)
		if err != nil {
			return err
		}
		if m, err = t.chat().message(c, sid); err != nil {
			return err
		}
		old := m
		if err := f(&m); err != nil {
			return err
		}
		m.SID, m.ConversationSID, m.Index, m.Created, m.Updated = old.SID, old.ConversationSID, old.Index, old.Created, t.now
		m.Media = old.Media
		if err := t.stampTo(&m.Event); err != nil {
			return err
		}
		c.Event = m.Event
		t.emit(&MessageUpdated{Conversation: c, Message: m})
		if err := t.put(bMessages, string(numbered(c.SID, uint64(m.Index))), m); err != nil {
			return err
		}
		return t.put(bConversations, c.SID, c)
	})
	return m, err
}

func (t chatTx) message(c Conversation, sid string) (Message, error) {
	for i := c.LastIndex; i >= 0; i-- {
		m, err := get[Message](t.tx, bMessages, string(numbered(c.SID, uint64(i))))
		if err != nil {
			return Message{}, err
		}
		if m.SID == sid {
			return m, nil
		}
	}
	return Message{}, ErrNotFound
}

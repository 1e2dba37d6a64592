package store

import (
	"errors"
	"time"
)

// MaxChatWebhooks is how many webhooks one Conversation may have (error 50361).
const MaxChatWebhooks = 5

// ChatWebhook tells a receiver of what happens in one Conversation.
type ChatWebhook struct {
	SID             string // WH…
	ConversationSID string
	URL             string
	Method          string   // GET or POST
	Filters         []string // the events that are told
	Created         time.Time
	Updated         time.Time
}

// ChatWebhooks are the webhooks of single Conversations.
type ChatWebhooks struct{ chatScope }

// Webhooks returns those of the same Conversations.
func (s Conversations) Webhooks() ChatWebhooks { return ChatWebhooks(s) }

// Create adds a webhook to a Conversation. It returns ErrLimit beyond
// MaxChatWebhooks.
func (s ChatWebhooks) Create(conversation string, w ChatWebhook) (ChatWebhook, error) {
	err := s.update(doing{what: "create webhook of conversation", key: conversation}, func(t chatTx) error {
		c, err := t.conversation(conversation)
		if err != nil {
			return err
		}
		all, err := t.webhooks(c.SID)
		if err != nil {
			return err
		}
		if len(all) >= MaxChatWebhooks {
			return ErrLimit
		}
		w.SID, w.ConversationSID, w.Created, w.Updated = NewSID("WH"), c.SID, t.now, t.now
		return errors.Join(t.link(bChatWebhookOrder, c.SID, w.SID), t.put(bChatWebhooks, w.SID, w))
	})
	return w, err
}

// List lists the webhooks of a Conversation in the order they were made.
func (s ChatWebhooks) List(conversation string) (list []ChatWebhook, err error) {
	err = s.view(doing{what: "list webhooks of conversation", key: conversation}, func(t chatTx) error {
		c, err := t.conversation(conversation)
		if err != nil {
			return err
		}
		list, err = t.webhooks(c.SID)
		return err
	})
	return list, err
}

// Get finds a webhook of a Conversation by its SID.
func (s ChatWebhooks) Get(conversation, sid string) (w ChatWebhook, err error) {
	err = s.view(doing{what: "find webhook", key: sid, of: "of conversation", owner: conversation}, func(t chatTx) error {
		w, err = t.webhook(conversation, sid)
		return err
	})
	return w, err
}

// Update changes a webhook of a Conversation by f, which may set URL, Method and Filters.
func (s ChatWebhooks) Update(conversation, sid string, f func(*ChatWebhook) error) (w ChatWebhook, err error) {
	err = s.update(doing{what: "update webhook", key: sid, of: "of conversation", owner: conversation}, func(t chatTx) error {
		if w, err = t.webhook(conversation, sid); err != nil {
			return err
		}
		old := w
		if err := f(&w); err != nil {
			return err
		}
		w.SID, w.ConversationSID, w.Created, w.Updated = old.SID, old.ConversationSID, old.Created, t.now
		return t.put(bChatWebhooks, w.SID, w)
	})
	return w, err
}

// Delete removes a webhook of a Conversation.
func (s ChatWebhooks) Delete(conversation, sid string) error {
	return s.update(doing{what: "delete webhook", key: sid, of: "of conversation", owner: conversation}, func(t chatTx) error {
		w, err := t.webhook(conversation, sid)
		if err != nil {
			return err
		}
		return errors.Join(t.unlink(bChatWebhookOrder, w.ConversationSID, w.SID), t.bucket(bChatWebhooks).Delete([]byte(w.SID)))
	})
}

func (t chatTx) webhooks(conversationSID string) ([]ChatWebhook, error) {
	return linked[ChatWebhook](t.tx, bChatWebhookOrder, conversationSID, bChatWebhooks)
}

func (t chatTx) webhook(conversation, sid string) (ChatWebhook, error) {
	c, err := t.conversation(conversation)
	if err != nil {
		return ChatWebhook{}, err
	}
	w, err := get[ChatWebhook](t.tx, bChatWebhooks, sid)
	if err == nil && w.ConversationSID != c.SID {
		err = ErrNotFound
	}
	return w, err
}

func (t chatTx) removeWebhooks(conversationSID string) error {
	all, err := t.webhooks(conversationSID)
	for _, w := range all {
		err = errors.Join(err, t.bucket(bChatWebhooks).Delete([]byte(w.SID)))
	}
	return errors.Join(err, t.deleteUnder(bChatWebhookOrder, conversationSID))
}

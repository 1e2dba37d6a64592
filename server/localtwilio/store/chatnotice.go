package store

import (
	"errors"
	"slices"
)

// What webhooks of Conversations tell of: Twilio's post-action events.
const (
	OnConversationAdded        = "onConversationAdded"
	OnConversationUpdated      = "onConversationUpdated" // anything but the State
	OnConversationStateUpdated = "onConversationStateUpdated"
	OnConversationRemoved      = "onConversationRemoved"
	OnMessageAdded             = "onMessageAdded"
	OnMessageUpdated           = "onMessageUpdated"
	OnMessageRemoved           = "onMessageRemoved"
	OnParticipantAdded         = "onParticipantAdded"
	OnParticipantUpdated       = "onParticipantUpdated"
	OnParticipantRemoved       = "onParticipantRemoved"
	OnUserAdded                = "onUserAdded"
	OnUserUpdated              = "onUserUpdated"
)

// ChatNotice says whom webhooks tell of a change of Conversations, and what they say
// that the change does not: they are those that there were when it was made.
type ChatNotice struct {
	By Origin
	// AuthorSID is the Participant (MB…) who wrote the Message that the change is about;
	// empty if the author takes no part in the Conversation.
	AuthorSID string
	Calls     []WebhookCall
}

// WebhookCall is one event told to one receiver.
type WebhookCall struct {
	Event  string // onMessageAdded and so on
	URL    string
	Method string // GET or POST
}

// tell emits what happened in c, with those whom webhooks tell of it as one of the
// events. For what is of a Service alone, c has that and no SID.
func (t chatTx) tell(c Conversation, change Change, events ...string) error {
	t.emit(change)
	if !t.origin.Webhooks || len(events) == 0 {
		return nil
	}
	n := ChatNotice{By: t.origin}
	for _, event := range events {
		calls, err := t.receivers(c, event)
		if err != nil {
			return err
		}
		n.Calls = append(n.Calls, calls...)
	}
	if len(n.Calls) == 0 {
		return nil
	}
	if author := authorOf(change); author != "" {
		p, err := get[ChatParticipant](t.tx, bChatParticipants, c.SID+author)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if !p.Left {
			n.AuthorSID = p.SID
		}
	}
	t.events[len(t.events)-1].Notice = &n
	return nil
}

// receivers are those who want to know of an event in c: of the Service's webhook, or of
// the account's if the Service has none of its own, which is Twilio's rule (Per-Service
// Webhook Resource), and of c's own.
func (t chatTx) receivers(c Conversation, event string) (calls []WebhookCall, err error) {
	service, err := chatTx{t.tx, t.of(c)}.ownService()
	if err != nil {
		return nil, err
	}
	target := service.Webhook
	if target.PostURL == "" {
		g, err := t.chatConfiguration()
		if err != nil {
			return nil, err
		}
		target = g.Webhook
	}
	if target.PostURL != "" && slices.Contains(target.Filters, event) {
		calls = append(calls, WebhookCall{Event: event, URL: target.PostURL, Method: target.Method})
	}
	if c.SID == "" {
		return calls, nil
	}
	own, err := t.webhooks(c.SID)
	for _, w := range own {
		if slices.Contains(w.Filters, event) {
			calls = append(calls, WebhookCall{Event: event, URL: w.URL, Method: w.Method})
		}
	}
	return calls, err
}

// authorOf is the identity of who wrote the Message that a change is about.
func authorOf(change Change) string {
	switch c := change.(type) {
	case *MessageAdded:
		return c.Message.Author
	case *MessageUpdated:
		return c.Message.Author
	case *MessageRemoved:
		return c.Message.Author
	}
	return ""
}

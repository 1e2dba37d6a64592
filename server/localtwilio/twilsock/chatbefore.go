package twilsock

import (
	"context"

	"escalate/server/localtwilio/store"
)

// asker asks the pre-action webhook, if there is one, before a client's request is carried out.
// Meanwhile the client's further requests wait.
type asker struct {
	ctx   context.Context // ends with the Server
	any   store.AskChat
	store *store.Store
}

// ask asks before an event that describe describes.
func (k asker) ask(h holder, event string, describe func(*store.ChatAction) error) (store.ChatRevision, error) {
	return k.any(k.ctx, h.origin(), h.chatService, event, describe)
}

// in asks before an event in a Conversation.
func (k asker) in(h holder, c store.Conversation, event string, describe func(*store.ChatAction) error) (store.ChatRevision, error) {
	return k.ask(h, event, func(b *store.ChatAction) error {
		b.Conversation = c
		return describe(b)
	})
}

// nothing is to be said beside the Conversation.
func nothing(*store.ChatAction) error { return nil }

// message asks about the Message of the path, after change.
func (k asker) message(a *call, c store.Conversation, event string, change func(*store.Message)) (store.ChatRevision, error) {
	return k.in(a.holder, c, event, func(b *store.ChatAction) error {
		m, err := k.store.Conversations.Message(c.SID, a.path("message"))
		change(&m)
		b.Message = &m
		return err
	})
}

// participant asks about the Participant of the path, after change.
func (k asker) participant(a *call, c store.Conversation, event string, change func(*store.ChatParticipant)) (store.ChatRevision, error) {
	return k.in(a.holder, c, event, func(b *store.ChatAction) error {
		p, err := k.store.ChatParticipants.Get(c.SID, a.path("participant"))
		change(&p)
		b.Participant = &p
		return err
	})
}

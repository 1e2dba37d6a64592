package rest

import "escalate/server/localtwilio/store"

// before asks the pre-action webhook, if there is one, before an event happens. Where the path
// has a Conversation, that is in what describe gets.
func before(c *chatCall, event string, describe func(*store.ChatAction) error) (store.ChatRevision, error) {
	return c.api.ask(c.r.Context(), c.origin(), c.service.SID, event, func(a *store.ChatAction) (err error) {
		if key := c.path("conversation"); key != "" {
			if a.Conversation, err = c.conversations().Get(key); err != nil {
				return err
			}
		}
		return describe(a)
	})
}

// beforeMessage asks about a Message that there is, after change.
func beforeMessage(c *chatCall, event string, change func(*store.Message) error) (store.ChatRevision, error) {
	return before(c, event, func(a *store.ChatAction) error {
		m, err := c.conversations().Message(c.path("conversation"), c.path("message"))
		if err != nil {
			return err
		}
		a.Message = &m
		return change(&m)
	})
}

// beforeParticipant asks about a Participant that there is, after change.
func beforeParticipant(c *chatCall, event string, change func(*store.ChatParticipant) error) (store.ChatRevision, error) {
	return before(c, event, func(a *store.ChatAction) error {
		p, err := c.participants().Get(c.path("conversation"), c.path("participant"))
		if err != nil {
			return err
		}
		a.Participant = &p
		return change(&p)
	})
}

// asIs changes nothing: of what is to be removed.
func asIs[T any](*T) error { return nil }

package rest

import (
	"errors"
	"net/http"
	"slices"

	"escalate/server/localtwilio/store"
)

// addChatParticipant takes identities only: there are no phones here.
func addChatParticipant(c *call) error {
	p := store.ChatParticipant{Identity: c.form("Identity"), Attributes: c.form("Attributes")}
	if p.Identity == "" {
		return invalid("Identity is required: messaging bindings are not supported by local Twilio")
	}
	if p.Attributes != "" && !isObject(p.Attributes) {
		return invalid("Attributes must be a JSON object")
	}
	p, err := c.store.ChatParticipants.Add(c.path("conversation"), p)
	if errors.Is(err, store.ErrNameTaken) {
		return &Error{Status: http.StatusConflict, Code: codeChatParticipantExists, Message: "Participant already exists"}
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, chatOf(c).participant(p))
}

func listChatParticipants(c *call) error {
	all, err := c.store.ChatParticipants.List(c.path("conversation"))
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p store.ChatParticipant) bool { return p.Left })
	return list(c, "participants", maxConversationsPage, all, func(p store.ChatParticipant) string { return p.SID }, chatOf(c).participant)
}

func fetchChatParticipant(c *call) error {
	p, err := c.store.ChatParticipants.Get(c.path("conversation"), c.path("participant"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, chatOf(c).participant(p))
}

func removeChatParticipant(c *call) error {
	if err := c.store.ChatParticipants.Remove(c.path("conversation"), c.path("participant")); err != nil {
		return err
	}
	return c.noContent()
}

func (v chatView) participant(p store.ChatParticipant) any {
	var read any
	if p.LastRead >= 0 {
		read = p.LastRead
	}
	return object{
		"account_sid": v.account.SID, "conversation_sid": p.ConversationSID, "sid": p.SID, "identity": p.Identity, "attributes": p.Attributes,
		"messaging_binding": nil, "role_sid": nil, "date_created": date(p.Created), "date_updated": date(p.Updated),
		"last_read_message_index": read, "last_read_timestamp": date(p.ReadAt),
		"url": v.base + "/v1/Conversations/" + p.ConversationSID + "/Participants/" + p.SID,
	}
}

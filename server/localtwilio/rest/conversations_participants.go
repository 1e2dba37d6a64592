package rest

import (
	"errors"
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"escalate/server/localtwilio/store"
)

func (a *API) chatParticipants(r *mux.Router) {
	const participants = "/v1/Conversations/{conversation}/Participants"
	r.HandleFunc(participants, a.handle(addChatParticipant)).Methods(http.MethodPost)
	r.HandleFunc(participants, a.handle(listChatParticipants)).Methods(http.MethodGet)
	r.HandleFunc(participants+"/{participant}", a.handle(fetchChatParticipant)).Methods(http.MethodGet)
	r.HandleFunc(participants+"/{participant}", a.handle(removeChatParticipant)).Methods(http.MethodDelete)
}

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
	return c.json(http.StatusCreated, c.chatParticipant(p))
}

func listChatParticipants(c *call) error {
	all, err := c.store.ChatParticipants.List(c.path("conversation"))
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p store.ChatParticipant) bool { return p.Left })
	return list(c, "participants", maxConversationsPage, all, func(p store.ChatParticipant) string { return p.SID }, c.chatParticipant)
}

func fetchChatParticipant(c *call) error {
	p, err := c.store.ChatParticipants.Get(c.path("conversation"), c.path("participant"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, c.chatParticipant(p))
}

func removeChatParticipant(c *call) error {
	if err := c.store.ChatParticipants.Remove(c.path("conversation"), c.path("participant")); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) chatParticipant(p store.ChatParticipant) any {
	var read any
	if p.LastRead >= 0 {
		read = p.LastRead
	}
	return object{
		"account_sid": c.account.SID, "conversation_sid": p.ConversationSID, "sid": p.SID, "identity": p.Identity, "attributes": p.Attributes,
		"messaging_binding": nil, "role_sid": nil, "date_created": date(p.Created), "date_updated": date(p.Updated),
		"last_read_message_index": read, "last_read_timestamp": date(p.ReadAt),
		"url": c.base + "/v1/Conversations/" + p.ConversationSID + "/Participants/" + p.SID,
	}
}

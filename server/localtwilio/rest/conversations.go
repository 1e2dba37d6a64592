package rest

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// Limits of the Messages resource, from its documents.
const (
	maxMessageBody       = 1600
	maxConversationsPage = 100
)

func createConversation(c *call) error {
	v := store.Conversation{UniqueName: c.form("UniqueName"), FriendlyName: c.form("FriendlyName"), Attributes: c.form("Attributes")}
	if v.Attributes != "" && !isObject(v.Attributes) {
		return invalid("Attributes must be a JSON object")
	}
	if sids.Looks(v.UniqueName) {
		return invalid("UniqueName must not look like a SID")
	}
	v, err := c.store.Conversations.Create(v)
	if errors.Is(err, store.ErrNameTaken) {
		return &Error{
			Status: http.StatusConflict, Code: codeConversationExists,
			Message: "Conversation with provided unique name already exists",
		}
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, chatOf(c).conversation(v))
}

func listConversations(c *call) error {
	all, err := c.store.Conversations.List()
	if err != nil {
		return err
	}
	if c.has("State") {
		all = slices.DeleteFunc(all, func(v store.Conversation) bool { return v.State != c.form("State") })
	}
	return list(c, "conversations", maxConversationsPage, all, func(v store.Conversation) string { return v.SID }, chatOf(c).conversation)
}

func fetchConversation(c *call) error {
	v, err := c.store.Conversations.Get(c.path("conversation"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, chatOf(c).conversation(v))
}

func updateConversation(c *call) error {
	if c.has("Attributes") && !isObject(c.form("Attributes")) {
		return invalid("Attributes must be a JSON object")
	}
	state := c.form("State")
	if state != "" && !slices.Contains([]string{"active", "inactive", "closed"}, state) {
		return invalid("Invalid parameter State")
	}
	v, err := c.store.Conversations.Update(c.path("conversation"), func(v *store.Conversation) error {
		if state != "" {
			v.State = state
		}
		if c.has("Attributes") {
			v.Attributes = c.form("Attributes")
		}
		if c.has("FriendlyName") {
			v.FriendlyName = c.form("FriendlyName")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, chatOf(c).conversation(v))
}

func createMessage(c *call) error {
	m := store.Message{Author: c.form("Author"), Body: c.form("Body"), Attributes: c.form("Attributes")}
	if m.Attributes != "" && !isObject(m.Attributes) {
		return invalid("Attributes must be a JSON object")
	}
	if utf8.RuneCountInString(m.Body) > maxMessageBody {
		return bad(codeMessageBodyTooLong, "Message body is longer than 1600 characters")
	}
	v, err := c.store.Conversations.Get(c.path("conversation"))
	if err != nil {
		return err
	}
	if m.Media, err = mediaOf(c); err != nil {
		return err
	}
	if m, err = c.store.Conversations.AddMessage(v.SID, m); err != nil {
		return mediaError(err)
	}
	return c.json(http.StatusCreated, chatOf(c).message(m))
}

func listMessages(c *call) error {
	all, err := c.store.Conversations.Messages(c.path("conversation"), 0)
	if err != nil {
		return err
	}
	switch strings.ToLower(c.form("Order")) {
	case "", "asc":
	case "desc":
		slices.Reverse(all)
	default:
		return invalid("Invalid parameter Order")
	}
	return list(c, "messages", maxConversationsPage, all, func(m store.Message) string { return m.SID }, chatOf(c).message)
}

func fetchMessage(c *call) error {
	all, err := c.store.Conversations.Messages(c.path("conversation"), 0)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.SID == c.path("message") {
			return c.json(http.StatusOK, chatOf(c).message(m))
		}
	}
	return store.ErrNotFound
}

// chatView shows the resources of Conversations.
type chatView struct {
	base    string // what URLs begin with
	account store.Account
}

func chatOf(c *call) chatView { return chatView{base: c.target.base, account: c.account} }

func (v chatView) conversation(x store.Conversation) any {
	u := v.base + "/v1/Conversations/" + x.SID
	return object{
		"account_sid": v.account.SID, "chat_service_sid": v.account.ChatServiceSID, "messaging_service_sid": v.account.MessagingServiceSID,
		"sid": x.SID, "friendly_name": orNull(x.FriendlyName), "unique_name": orNull(x.UniqueName), "attributes": x.Attributes,
		"state": x.State, "date_created": date(x.Created), "date_updated": date(x.Updated), "timers": object{}, "bindings": nil,
		"url": u, "links": object{"messages": u + "/Messages", "participants": u + "/Participants", "webhooks": u + "/Webhooks"},
	}
}

func (v chatView) message(m store.Message) any {
	u := v.base + "/v1/Conversations/" + m.ConversationSID + "/Messages/" + m.SID
	return object{
		"account_sid": v.account.SID, "conversation_sid": m.ConversationSID, "sid": m.SID, "index": m.Index, "author": m.Author,
		"body": orNull(m.Body), "media": v.media(m.Media), "attributes": m.Attributes, "participant_sid": nil,
		"date_created": date(m.Created), "date_updated": date(m.Updated), "delivery": nil, "content_sid": nil,
		"url": u, "links": object{"delivery_receipts": u + "/Receipts"},
	}
}

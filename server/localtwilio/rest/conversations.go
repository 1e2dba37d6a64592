package rest

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

const conversationTaken = "Conversation with provided unique name already exists"

func createConversation(c *chatCall) error {
	v, err := newConversation(c)
	if err != nil {
		return err
	}
	v, err = c.conversations().Create(v)
	if err != nil {
		return chatFault(err, codeConversationExists, conversationTaken)
	}
	return c.json(http.StatusCreated, c.conversation(v))
}

// newConversation reads what a Conversation is to be made of, and asks the pre-action webhook.
func newConversation(c *chatCall) (v store.Conversation, err error) {
	g, err := c.store.ChatServices.Configuration()
	if err != nil {
		return v, err
	}
	v.Timers, v.MessagingServiceSID = g.Timers, g.MessagingServiceSID
	err = readConversation(c, &v)
	if err == nil && v.State == store.ChatClosed {
		err = bad(codeInitialClosed, "Initial state can't be 'closed'")
	}
	if err != nil {
		return v, err
	}
	revised, err := before(c, store.OnConversationAdd, func(a *store.ChatAction) error {
		a.Conversation = v
		return nil
	})
	revised.OfConversation(&v)
	return v, err
}

// readConversation reads the parameters of a Conversation into v.
func readConversation(c *chatCall, v *store.Conversation) error {
	err := errors.Join(
		c.text("UniqueName", &v.UniqueName, codeUniqueNameTooLong), c.text("FriendlyName", &v.FriendlyName, codeFriendlyNameTooLong),
		c.attributes(&v.Attributes), c.times(&v.Created, &v.Updated), c.timers(&v.Timers), c.messagingService("MessagingServiceSid", &v.MessagingServiceSID),
	)
	if err != nil {
		return err
	}
	// Names like SIDs of other things are good: people name chats after Rooms.
	if sids.Is("CH", v.UniqueName) {
		return bad(codeUniqueNameSID, "Unique name should not match conversation sid pattern")
	}
	if !c.has("State") {
		return nil
	}
	v.State = c.form("State")
	switch {
	case v.State == "":
		return bad(codeStateEmpty, "'State' field can't be empty")
	case !slices.Contains([]string{store.ChatActive, store.ChatInactive, store.ChatClosed}, v.State):
		return bad(codeState, "'State' parameter value is invalid")
	}
	return nil
}

// createWithParticipants makes a Conversation with people in it: of each, Participant has
// a JSON object.
func createWithParticipants(c *chatCall) error {
	v, err := newConversation(c)
	if err != nil {
		return err
	}
	var people []store.ChatParticipant
	for _, text := range c.r.Form["Participant"] {
		var in struct {
			Identity   string          `json:"identity"`
			Attributes string          `json:"attributes"`
			RoleSID    string          `json:"role_sid"`
			Binding    json.RawMessage `json:"messaging_binding"`
		}
		if err := json.Unmarshal([]byte(text), &in); err != nil {
			return invalid("Participant must be a JSON object")
		}
		if in.Binding != nil {
			return errProxyAddress
		}
		if err := checkIdentity(in.Identity); err != nil {
			return err
		}
		people = append(people, store.ChatParticipant{Identity: in.Identity, Attributes: in.Attributes, RoleSID: in.RoleSID})
	}
	if v, err = c.conversations().Create(v); err != nil {
		return chatFault(err, codeConversationExists, conversationTaken)
	}
	for _, p := range people {
		revised, err := before(c, store.OnParticipantAdd, func(a *store.ChatAction) error {
			a.Conversation, a.Participant = v, &p
			return nil
		})
		revised.OfParticipant(&p)
		if err == nil {
			_, err = c.participants().Add(v.SID, p)
		}
		if err != nil {
			return errors.Join(chatFault(err, codeChatParticipantExists, "Participant already exists"), c.conversations().Delete(v.SID))
		}
	}
	return c.json(http.StatusCreated, c.conversation(v))
}

func listConversations(c *chatCall) error {
	all, err := c.conversations().List()
	if err != nil {
		return err
	}
	var start, end time.Time
	if err := errors.Join(c.day("StartDate", &start), c.day("EndDate", &end)); err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(v store.Conversation) bool {
		return c.has("State") && v.State != c.form("State") || v.Created.Before(start) || !end.IsZero() && !v.Created.Before(end.AddDate(0, 0, 1))
	})
	return list(c.call, "conversations", maxConversationsPage, all, func(v store.Conversation) string { return v.SID }, c.conversation)
}

// day reads a date, or the date of a time.
func (c *chatCall) day(name string, v *time.Time) error {
	text := c.form(name)
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))])
	if err != nil {
		return invalid("Invalid parameter " + name)
	}
	*v = at
	return nil
}

func fetchConversation(c *chatCall) error {
	v, err := c.conversations().Get(c.path("conversation"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, c.conversation(v))
}

func updateConversation(c *chatCall) error {
	revised, err := before(c, store.OnConversationUpdate, func(a *store.ChatAction) error { return readConversation(c, &a.Conversation) })
	if err != nil {
		return err
	}
	v, err := c.conversations().Update(c.path("conversation"), func(v *store.Conversation) error {
		err := readConversation(c, v)
		revised.OfConversation(v)
		return err
	})
	if err != nil {
		return chatFault(err, codeConversationExists, conversationTaken)
	}
	return c.json(http.StatusOK, c.conversation(v))
}

func deleteConversation(c *chatCall) error {
	if _, err := before(c, store.OnConversationRemove, asIs); err != nil {
		return err
	}
	if err := c.conversations().Delete(c.path("conversation")); err != nil {
		return err
	}
	return c.noContent()
}

func (c *chatCall) conversation(x store.Conversation) any {
	u := c.root + "/Conversations/" + x.SID
	return object{
		"account_sid": c.account.SID, "chat_service_sid": c.service.SID,
		"messaging_service_sid": cmp.Or(x.MessagingServiceSID, c.account.MessagingServiceSID),
		"sid":                   x.SID, "friendly_name": orNull(x.FriendlyName), "unique_name": orNull(x.UniqueName), "attributes": x.Attributes,
		"state": x.State, "date_created": date(x.Created), "date_updated": date(x.Updated), "timers": shownTimers(x), "bindings": nil,
		"url": u, "links": object{"messages": u + "/Messages", "participants": u + "/Participants", "webhooks": u + "/Webhooks"},
	}
}

// shownTimers says when a Conversation changes its State if nobody writes.
func shownTimers(x store.Conversation) object {
	o := object{}
	if at := x.InactiveAt(); !at.IsZero() {
		o["date_inactive"] = date(at)
	}
	if at := x.ClosedAt(); !at.IsZero() {
		o["date_closed"] = date(at)
	}
	return o
}

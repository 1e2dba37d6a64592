package rest

import (
	"errors"
	"net/http"

	"escalate/server/localtwilio/store"
)

func createChatService(c *call) error {
	name := c.form("FriendlyName")
	switch {
	case name == "":
		return bad(codeFriendlyNameMissing, "FriendlyName not provided")
	case len([]rune(name)) > store.MaxChatName:
		return bad(codeFriendlyNameTooLong, "Friendly name too long")
	}
	v, err := c.store.ChatServices.Create(name)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, c.chatService(v))
}

func listChatServices(c *call) error {
	all, err := c.store.ChatServices.List()
	if err != nil {
		return err
	}
	return list(c, "services", maxConversationsPage, all, func(v store.ChatService) string { return v.SID }, c.chatService)
}

func fetchChatService(c *chatCall) error { return c.json(http.StatusOK, c.chatService(c.service)) }

func deleteChatService(c *chatCall) error {
	err := c.store.ChatServices.Delete(c.service.SID)
	if errors.Is(err, store.ErrTransition) {
		return invalid("The default Service cannot be deleted")
	}
	if err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) chatService(v store.ChatService) any {
	u := c.target.base + "/v1/Services/" + v.SID
	return object{
		"account_sid": c.account.SID, "sid": v.SID, "friendly_name": v.FriendlyName, "date_created": date(v.Created), "date_updated": date(v.Updated),
		"url": u, "links": object{
			"conversations": u + "/Conversations", "users": u + "/Users", "roles": u + "/Roles", "bindings": u + "/Bindings",
			"configuration": u + "/Configuration", "participant_conversations": u + "/ParticipantConversations",
		},
	}
}

func fetchServiceConfiguration(c *chatCall) error { return c.showServiceConfiguration() }

func updateServiceConfiguration(c *chatCall) error {
	v, err := c.store.ChatServices.Update(c.service.SID, func(v *store.ChatService) error {
		for name, sid := range map[string]*string{
			"DefaultConversationCreatorRoleSid": &v.CreatorRoleSID, "DefaultConversationRoleSid": &v.ConversationRoleSID,
			"DefaultChatServiceRoleSid": &v.ServiceRoleSID,
		} {
			if c.form(name) != "" {
				*sid = c.form(name)
			}
		}
		return nil
	})
	if err != nil {
		return chatFault(err, 0, "")
	}
	c.service = v
	return c.showServiceConfiguration()
}

func (c *chatCall) showServiceConfiguration() error {
	u := c.root + "/Configuration"
	return c.json(http.StatusOK, object{
		"chat_service_sid": c.service.SID, "default_conversation_creator_role_sid": c.service.CreatorRoleSID,
		"default_conversation_role_sid": c.service.ConversationRoleSID, "default_chat_service_role_sid": c.service.ServiceRoleSID,
		"reachability_enabled": false, "url": u, "links": object{"notifications": u + "/Notifications", "webhooks": u + "/Webhooks"},
	})
}

// fetchNotifications says that nobody's phone is told of anything.
func fetchNotifications(c *chatCall) error {
	off := object{"enabled": false, "template": nil, "sound": nil}
	return c.json(http.StatusOK, c.show(object{
		"new_message":           object{"enabled": false, "template": nil, "sound": nil, "badge_count_enabled": false, "with_media": object{"enabled": false, "template": nil}},
		"added_to_conversation": off, "removed_from_conversation": off, "log_enabled": false, "url": c.root + "/Configuration/Notifications",
	}))
}

// updateNotifications takes what asks for nothing, which is what there is.
func updateNotifications(c *chatCall) error { return fetchNotifications(c) }

func fetchChatConfiguration(c *chatCall) error {
	g, err := c.store.ChatServices.Configuration()
	if err != nil {
		return err
	}
	return c.showChatConfiguration(g)
}

func updateChatConfiguration(c *chatCall) error {
	g, err := c.store.ChatServices.Configure(func(g *store.ChatConfiguration) error {
		if c.form("DefaultChatServiceSid") != "" {
			g.DefaultServiceSID = c.form("DefaultChatServiceSid")
		}
		return errors.Join(
			c.messagingService("DefaultMessagingServiceSid", &g.MessagingServiceSID),
			c.timer("DefaultInactiveTimer", &g.Timers.Inactive, minInactive, codeInactiveFormat, codeInactiveShort),
			c.timer("DefaultClosedTimer", &g.Timers.Closed, minClosed, codeClosedFormat, codeClosedShort),
		)
	})
	if errors.Is(err, store.ErrNotFound) {
		return bad(codeChatService, "Service Instance not found")
	}
	if err != nil {
		return err
	}
	return c.showChatConfiguration(g)
}

func (c *chatCall) showChatConfiguration(g store.ChatConfiguration) error {
	u := c.target.base + "/v1/Configuration"
	timer := func(n int64, text string) any {
		if n == 0 {
			return nil
		}
		return text
	}
	messaging := g.MessagingServiceSID
	if messaging == "" {
		messaging = c.account.MessagingServiceSID
	}
	return c.json(http.StatusOK, object{
		"account_sid": c.account.SID, "default_chat_service_sid": g.DefaultServiceSID, "default_messaging_service_sid": messaging,
		"default_inactive_timer": timer(int64(g.Timers.Inactive), isoDuration(g.Timers.Inactive)),
		"default_closed_timer":   timer(int64(g.Timers.Closed), isoDuration(g.Timers.Closed)),
		"url":                    u, "links": object{"service": c.target.base + "/v1/Services/" + g.DefaultServiceSID, "webhooks": u + "/Webhooks"},
	})
}

// none answers a list of what there is none of, under a key.
func none(key string) func(*chatCall) error {
	return func(c *chatCall) error {
		return list(c.call, key, maxConversationsPage, nil, func(string) string { return "" }, func(string) any { return nil })
	}
}

// noPush refuses what would let phones be told.
func noPush(*chatCall) error { return invalid("Push notifications are not supported by local Twilio") }

// absent answers for one thing of a kind of which there is none.
func absent(*chatCall) error { return store.ErrNotFound }

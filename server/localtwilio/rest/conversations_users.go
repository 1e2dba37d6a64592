package rest

import (
	"errors"
	"net/http"
	"slices"

	"escalate/server/localtwilio/store"
)

func createChatUser(c *chatCall) error {
	u := store.ChatUser{Identity: c.form("Identity"), RoleSID: c.form("RoleSid")}
	err := errors.Join(checkIdentity(u.Identity), c.text("FriendlyName", &u.FriendlyName, codeFriendlyNameTooLong), c.attributes(&u.Attributes))
	if err != nil {
		return err
	}
	if u, err = c.users().Create(u); err != nil {
		return chatFault(err, codeChatUserExists, "User already exists")
	}
	return c.json(http.StatusCreated, c.user(u))
}

func listChatUsers(c *chatCall) error {
	all, err := c.users().List()
	if err != nil {
		return err
	}
	return list(c.call, "users", maxConversationsPage, all, func(u store.ChatUser) string { return u.SID }, c.user)
}

func fetchChatUser(c *chatCall) error {
	u, err := c.users().Find(c.path("user"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, c.user(u))
}

func updateChatUser(c *chatCall) error {
	change := func(u *store.ChatUser) error {
		if c.form("RoleSid") != "" {
			u.RoleSID = c.form("RoleSid")
		}
		return errors.Join(c.text("FriendlyName", &u.FriendlyName, codeFriendlyNameTooLong), c.attributes(&u.Attributes))
	}
	revised, err := before(c, store.OnUserUpdate, func(a *store.ChatAction) error {
		u, err := c.users().Find(c.path("user"))
		if err != nil {
			return err
		}
		a.User = &u
		return change(&u)
	})
	if err != nil {
		return err
	}
	u, err := c.users().Update(c.path("user"), func(u *store.ChatUser) error {
		err := change(u)
		revised.OfUser(u)
		return err
	})
	if err != nil {
		return chatFault(err, 0, "")
	}
	return c.json(http.StatusOK, c.user(u))
}

func deleteChatUser(c *chatCall) error {
	if err := c.users().Delete(c.path("user")); err != nil {
		return err
	}
	return c.noContent()
}

func (c *chatCall) user(u store.ChatUser) any {
	at := c.root + "/Users/" + u.SID
	return object{
		"sid": u.SID, "account_sid": c.account.SID, "chat_service_sid": c.service.SID, "role_sid": orNull(u.RoleSID), "identity": u.Identity,
		"friendly_name": orNull(u.FriendlyName), "attributes": u.Attributes,
		// Reachability is off, and then Twilio does not tell.
		"is_online": nil, "is_notifiable": nil,
		"date_created": date(u.Created), "date_updated": date(u.Updated), "url": at, "links": object{"user_conversations": at + "/Conversations"},
	}
}

// seat is a user's place in a Conversation.
type seat struct {
	store.Conversation
	place store.ChatParticipant
}

// seats are the places of an identity.
func (c *chatCall) seats(identity string) (list []seat, err error) {
	all, err := c.participants().Seats(identity)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Left {
			continue
		}
		v, err := c.conversations().Get(p.ConversationSID)
		if errors.Is(err, store.ErrNotFound) {
			continue // removed since
		}
		if err != nil {
			return nil, err
		}
		list = append(list, seat{v, p})
	}
	return list, nil
}

func listUserConversations(c *chatCall) error {
	u, err := c.users().Find(c.path("user"))
	if err != nil {
		return err
	}
	all, err := c.seats(u.Identity)
	if err != nil {
		return err
	}
	shown := make([]any, len(all))
	for i, s := range all {
		if shown[i], err = c.userConversation(u, s); err != nil {
			return err
		}
	}
	at := -1
	return list(c.call, "conversations", maxConversationsPage, all, func(s seat) string { return s.SID }, func(s seat) any {
		at = slices.IndexFunc(all, func(o seat) bool { return o.SID == s.SID })
		return shown[at]
	})
}

// userSeat is the user and place of the path.
func (c *chatCall) userSeat() (u store.ChatUser, s seat, err error) {
	if u, err = c.users().Find(c.path("user")); err != nil {
		return u, s, err
	}
	if s.Conversation, err = c.conversations().Get(c.path("conversation")); err != nil {
		return u, s, err
	}
	s.place, err = c.participants().Get(s.SID, u.Identity)
	return u, s, err
}

func fetchUserConversation(c *chatCall) error {
	u, s, err := c.userSeat()
	if err != nil {
		return err
	}
	return c.showUserConversation(u, s)
}

func updateUserConversation(c *chatCall) error {
	u, s, err := c.userSeat()
	if err != nil {
		return err
	}
	s.place, err = c.participants().Update(s.SID, s.place.SID, func(p *store.ChatParticipant) error {
		if level := c.form("NotificationLevel"); level != "" {
			if level != "default" && level != "muted" {
				return bad(codeNotificationLevel, "Invalid notification level")
			}
			p.Notifications = level
		}
		return errors.Join(c.readHorizon(&p.LastRead), c.time("LastReadTimestamp", &p.ReadAt, codeLastReadTime))
	})
	if err != nil {
		return err
	}
	return c.showUserConversation(u, s)
}

func deleteUserConversation(c *chatCall) error {
	_, s, err := c.userSeat()
	if err != nil {
		return err
	}
	if err := c.participants().Remove(s.SID, s.place.SID); err != nil {
		return err
	}
	return c.noContent()
}

func (c *chatCall) showUserConversation(u store.ChatUser, s seat) error {
	o, err := c.userConversation(u, s)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, o)
}

func (c *chatCall) userConversation(u store.ChatUser, s seat) (any, error) {
	var unread any
	if s.place.LastRead >= 0 {
		n, err := c.conversations().CountMessages(s.SID, s.place.LastRead)
		if err != nil {
			return nil, err
		}
		unread = n
	}
	at := c.root + "/Conversations/" + s.SID
	return object{
		"account_sid": c.account.SID, "chat_service_sid": c.service.SID, "conversation_sid": s.SID, "unread_messages_count": unread,
		"last_read_message_index": horizon(s.place), "participant_sid": s.place.SID, "user_sid": u.SID, "friendly_name": orNull(s.FriendlyName),
		"conversation_state": s.State, "timers": shownTimers(s.Conversation), "attributes": s.Attributes,
		"date_created": date(s.Created), "date_updated": date(s.Updated), "created_by": s.CreatedBy,
		"notification_level": s.place.Notifications, "unique_name": orNull(s.UniqueName),
		"url":   c.root + "/Users/" + u.SID + "/Conversations/" + s.SID,
		"links": object{"participant": at + "/Participants/" + s.place.SID, "conversation": at},
	}, nil
}

// listParticipantConversations lists where somebody takes part, by Identity or by the
// Address of a telephone, which nobody here has.
func listParticipantConversations(c *chatCall) error {
	identity, address := c.form("Identity"), c.form("Address")
	switch {
	case identity != "" && address != "":
		return bad(codeIdentityOrAddress, "One user identifier parameter for lookup at a time is allowed. Please, use either Identity or Address.")
	case identity == "" && address == "":
		return invalid("Identity or Address is required")
	}
	var all []seat
	user := ""
	if identity != "" {
		var err error
		if all, err = c.seats(identity); err != nil {
			return err
		}
		if u, err := c.users().Find(identity); err == nil {
			user = u.SID
		}
	}
	return list(c.call, "conversations", maxConversationsPage, all, func(s seat) string { return s.SID }, func(s seat) any {
		at := c.root + "/Conversations/" + s.SID
		return object{
			"account_sid": c.account.SID, "chat_service_sid": c.service.SID, "participant_sid": s.place.SID, "participant_user_sid": orNull(user),
			"participant_identity": s.place.Identity, "participant_messaging_binding": nil, "conversation_sid": s.SID,
			"conversation_unique_name": orNull(s.UniqueName), "conversation_friendly_name": orNull(s.FriendlyName),
			"conversation_attributes": s.Attributes, "conversation_date_created": date(s.Created), "conversation_date_updated": date(s.Updated),
			"conversation_created_by": s.CreatedBy, "conversation_state": s.State, "conversation_timers": shownTimers(s.Conversation),
			"links": object{"participant": at + "/Participants/" + s.place.SID, "conversation": at},
		}
	})
}

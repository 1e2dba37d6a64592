package twilsock

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"unicode/utf8"

	"escalate/server/localtwilio/store"
)

// checkAttributes wants what is given to be a JSON value, as clients write it.
func checkAttributes(text *string) error {
	if text != nil && *text != "" && !json.Valid([]byte(*text)) {
		return invalid("Attributes must be JSON")
	}
	return nil
}

// listSeats lists the holder's Conversations. All are on one page.
func (v *chatAPI) listSeats(a *call) error {
	if a.path("user") != a.holder.identity {
		return errForbidden
	}
	seats, err := v.participants(a.holder).Seats(a.holder.identity)
	if err != nil {
		return err
	}
	list := []any{}
	for _, p := range seats {
		if p.Left {
			continue
		}
		c, err := v.store.Conversations.Get(p.ConversationSID)
		if err != nil {
			return err
		}
		o, err := v.seat(a, c, p)
		if err != nil {
			return err
		}
		list = append(list, o)
	}
	return a.respond(http.StatusOK, object{"conversations": list, "meta": object{"key": "conversations", "next_token": nil, "previous_token": nil}})
}

func (v *chatAPI) fetchSeat(a *call) error {
	c, p, err := v.findSeat(a)
	if err != nil {
		return err
	}
	return v.showSeat(a, c, p)
}

// updateSeat is how far the holder has read, and whether they want to be told.
func (v *chatAPI) updateSeat(a *call) error {
	c, p, err := v.findSeat(a)
	if err != nil {
		return err
	}
	var in struct {
		LastRead      json.RawMessage `json:"last_read_message_index"`
		Notifications string          `json:"notification_level"`
	}
	if err := a.read(&in); err != nil {
		return err
	}
	read := p.LastRead
	if len(in.LastRead) > 0 {
		var n *int
		if err := json.Unmarshal(in.LastRead, &n); err != nil || n != nil && *n < 0 {
			return invalid("Invalid last_read_message_index")
		}
		if read = -1; n != nil {
			read = min(*n, c.LastIndex)
		}
	}
	if in.Notifications != "" {
		if err := v.may.in(a.holder, c, "editNotificationLevel"); err != nil {
			return err
		}
	}
	p, err = v.participants(a.holder).Update(c.SID, p.SID, func(p *store.ChatParticipant) error {
		p.LastRead = read
		if in.Notifications != "" {
			p.Notifications = in.Notifications
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.showSeat(a, c, p)
}

// findSeat is the holder's place in the Conversation of the path, by SID or
// unique name.
func (v *chatAPI) findSeat(a *call) (c store.Conversation, p store.ChatParticipant, err error) {
	if a.path("user") != a.holder.identity {
		return c, p, errForbidden
	}
	if c, err = v.conversations(a.holder).Get(a.path("conversation")); err != nil {
		return c, p, err
	}
	p, err = v.store.ChatParticipants.Get(c.SID, a.holder.identity)
	return c, p, err
}

func (v *chatAPI) showSeat(a *call, c store.Conversation, p store.ChatParticipant) error {
	o, err := v.seat(a, c, p)
	if err != nil {
		return err
	}
	return a.respond(http.StatusOK, o)
}

func (v *chatAPI) seat(a *call, c store.Conversation, p store.ChatParticipant) (object, error) {
	o, err := v.conversation(a, c)
	if err != nil {
		return nil, err
	}
	unread := any(nil)
	if p.LastRead >= 0 {
		if unread, err = v.store.Conversations.CountMessages(c.SID, p.LastRead); err != nil {
			return nil, err
		}
	}
	for k, v := range map[string]any{
		"conversation_sid": c.SID, "participant_sid": p.SID, "status": "joined", "last_read_message_index": lastRead(p),
		"unread_messages_count": unread, "notification_level": p.Notifications,
	} {
		o[k] = v
	}
	return o, nil
}

func (v *chatAPI) showConversation(a *call, status int, c store.Conversation) error {
	o, err := v.conversation(a, c)
	if err != nil {
		return err
	}
	return a.respond(status, o)
}

func (v *chatAPI) conversation(a *call, c store.Conversation) (object, error) {
	n, err := v.store.Conversations.CountMessages(c.SID, -1)
	if err != nil {
		return nil, err
	}
	u := a.base + chatPath + "/Conversations/" + c.SID
	return object{
		"sid": c.SID, "unique_name": orNull(c.UniqueName), "friendly_name": orNull(c.FriendlyName), "attributes": c.Attributes,
		"state": c.State, "created_by": c.CreatedBy, "date_created": stamp(c.Created), "date_updated": stamp(c.Updated),
		"messages_count": n, "url": u, "links": object{"messages": u + "/Messages", "participants": u + "/Participants"},
		"sync_objects": object{"conversation": channelName(c.SID), "messages": messagesName(c.SID), "participants": rosterName(c.SID)},
	}, nil
}

// createConversation makes a Conversation. Its maker sees it and is not in it.
func (v *chatAPI) createConversation(a *call) error {
	var in struct {
		UniqueName   string  `json:"unique_name"`
		FriendlyName string  `json:"friendly_name"`
		Attributes   *string `json:"attributes"`
	}
	if err := a.read(&in); err != nil {
		return err
	}
	if err := checkAttributes(in.Attributes); err != nil {
		return err
	}
	if err := errors.Join(checkUniqueName(in.UniqueName), v.may.inService(a.holder, "createConversation")); err != nil {
		return err
	}
	g, err := v.store.ChatServices.Configuration()
	if err != nil {
		return err
	}
	c := store.Conversation{
		UniqueName: in.UniqueName, FriendlyName: in.FriendlyName, CreatedBy: a.holder.identity,
		Timers: g.Timers, MessagingServiceSID: g.MessagingServiceSID,
	}
	set(&c.Attributes, in.Attributes)
	revised, err := v.asker.ask(a.holder, store.OnConversationAdd, func(b *store.ChatAction) error {
		b.Conversation = c
		return nil
	})
	if err != nil {
		return err
	}
	revised.OfConversation(&c)
	if c, err = v.conversations(a.holder).Create(c); err != nil {
		return nameTaken(err)
	}
	return v.showConversation(a, http.StatusCreated, c)
}

func (v *chatAPI) fetchConversation(a *call, c store.Conversation) error {
	all, err := v.store.ChatParticipants.List(c.SID)
	if err != nil {
		return err
	}
	o, err := v.conversation(a, c)
	if err != nil {
		return err
	}
	n, mine := 0, "notParticipating"
	for _, p := range all {
		if !p.Left {
			n++
			if p.Identity == a.holder.identity {
				mine = "joined"
			}
		}
	}
	o["participants_count"], o["status"] = n, mine
	return a.respond(http.StatusOK, o)
}

func (v *chatAPI) updateConversation(a *call, c store.Conversation) error {
	var in struct {
		UniqueName   *string `json:"unique_name"`
		FriendlyName *string `json:"friendly_name"`
		Attributes   *string `json:"attributes"`
	}
	if err := a.read(&in); err != nil {
		return err
	}
	if err := checkAttributes(in.Attributes); err != nil {
		return err
	}
	if in.UniqueName != nil || in.FriendlyName != nil {
		if err := v.may.in(a.holder, c, "editConversationName"); err != nil {
			return err
		}
	}
	if in.UniqueName != nil {
		if err := checkUniqueName(*in.UniqueName); err != nil {
			return err
		}
	}
	if in.Attributes != nil {
		if err := v.may.in(a.holder, c, "editConversationAttributes"); err != nil {
			return err
		}
	}
	change := func(c *store.Conversation) {
		set(&c.UniqueName, in.UniqueName)
		set(&c.FriendlyName, in.FriendlyName)
		set(&c.Attributes, in.Attributes)
	}
	revised, err := v.asker.ask(a.holder, store.OnConversationUpdate, func(b *store.ChatAction) error {
		b.Conversation = c
		change(&b.Conversation)
		return nil
	})
	if err != nil {
		return err
	}
	c, err = v.conversations(a.holder).Update(c.SID, func(c *store.Conversation) error {
		change(c)
		revised.OfConversation(c)
		return nil
	})
	if err != nil {
		return nameTaken(err)
	}
	return v.showConversation(a, http.StatusOK, c)
}

func (v *chatAPI) deleteConversation(a *call, c store.Conversation) error {
	if err := v.may.in(a.holder, c, "deleteConversation"); err != nil {
		return err
	}
	if _, err := v.asker.in(a.holder, c, store.OnConversationRemove, nothing); err != nil {
		return err
	}
	if err := v.conversations(a.holder).Delete(c.SID); err != nil {
		return err
	}
	return a.respond(http.StatusNoContent, nil)
}

// messageBody is what a Message is made or changed from.
type messageBody struct {
	Subject    *string  `json:"subject"`
	Body       *string  `json:"body"`
	Attributes *string  `json:"attributes"`
	Media      []string `json:"media_sids"`
}

func readMessage(a *call) (in messageBody, err error) {
	if err := a.read(&in); err != nil {
		return in, err
	}
	switch {
	case in.Body != nil && utf8.RuneCountInString(*in.Body) > store.MaxMessageBody:
		return in, errLong
	}
	return in, checkAttributes(in.Attributes)
}

func (v *chatAPI) createMessage(a *call, c store.Conversation) error {
	in, err := readMessage(a)
	if err != nil {
		return err
	}
	permission := "sendMessage"
	if len(in.Media) > 0 {
		permission = "sendMediaMessage"
	}
	if err := v.may.in(a.holder, c, permission); err != nil {
		return err
	}
	if err := v.may.attach(a.holder, in.Media); err != nil {
		return err
	}
	m := store.Message{Author: a.holder.identity, Media: store.Attach(in.Media...)}
	set(&m.Subject, in.Subject)
	set(&m.Body, in.Body)
	set(&m.Attributes, in.Attributes)
	revised, err := v.asker.in(a.holder, c, store.OnMessageAdd, func(b *store.ChatAction) error {
		b.Message = &m
		return nil
	})
	if err != nil {
		return err
	}
	revised.OfMessage(&m)
	if m, err = v.conversations(a.holder).AddMessage(c.SID, m); err != nil {
		return err
	}
	return a.respond(http.StatusCreated, messageView(a, m))
}

func (v *chatAPI) updateMessage(a *call, c store.Conversation) error {
	in, err := readMessage(a)
	if err != nil {
		return err
	}
	if len(in.Media) > 0 {
		return errMediaFixed
	}
	if in.Body != nil || in.Subject != nil {
		if err := v.may.withMessage(a, c, "edit", ""); err != nil {
			return err
		}
	}
	if in.Attributes != nil || in.Body == nil && in.Subject == nil {
		if err := v.may.withMessage(a, c, "edit", "Attributes"); err != nil {
			return err
		}
	}
	change := func(m *store.Message) {
		m.UpdatedBy = a.holder.identity
		set(&m.Subject, in.Subject)
		set(&m.Body, in.Body)
		set(&m.Attributes, in.Attributes)
	}
	revised, err := v.asker.message(a, c, store.OnMessageUpdate, change)
	if err != nil {
		return err
	}
	m, err := v.conversations(a.holder).UpdateMessage(c.SID, a.path("message"), func(m *store.Message) error {
		change(m)
		revised.OfMessage(m)
		return nil
	})
	if err != nil {
		return err
	}
	return a.respond(http.StatusOK, messageView(a, m))
}

func (v *chatAPI) removeMessage(a *call, c store.Conversation) error {
	if err := v.may.withMessage(a, c, "delete", ""); err != nil {
		return err
	}
	if _, err := v.asker.message(a, c, store.OnMessageRemove, func(*store.Message) {}); err != nil {
		return err
	}
	if err := v.conversations(a.holder).RemoveMessage(c.SID, a.path("message")); err != nil {
		return err
	}
	return a.respond(http.StatusNoContent, nil)
}

func messageView(a *call, m store.Message) object {
	return object{
		"sid": m.SID, "index": m.Index, "author": m.Author, "subject": orNull(m.Subject), "body": m.Body, "attributes": m.Attributes, "conversation_sid": m.ConversationSID,
		"media":        mediaViews(m.Media),
		"date_created": stamp(m.Created), "date_updated": stamp(m.Updated),
		"url": a.base + chatPath + "/Conversations/" + m.ConversationSID + "/Messages/" + m.SID,
	}
}

func (v *chatAPI) addParticipant(a *call, c store.Conversation) error {
	var in struct {
		Identity   string          `json:"identity"`
		Attributes *string         `json:"attributes"`
		Binding    json.RawMessage `json:"messaging_binding"`
	}
	if err := a.read(&in); err != nil {
		return err
	}
	if err := checkAttributes(in.Attributes); err != nil {
		return err
	}
	switch {
	case len(in.Binding) > 0:
		return errNoPhones
	case in.Identity == "":
		return errNoIdentity
	}
	permission := "addParticipant"
	if in.Identity == a.holder.identity {
		permission = "joinConversation"
	}
	if err := v.may.in(a.holder, c, permission); err != nil {
		return err
	}
	p := store.ChatParticipant{Identity: in.Identity}
	set(&p.Attributes, in.Attributes)
	revised, err := v.asker.in(a.holder, c, store.OnParticipantAdd, func(b *store.ChatAction) error {
		b.Participant = &p
		return nil
	})
	if err != nil {
		return err
	}
	revised.OfParticipant(&p)
	p, err = v.participants(a.holder).Add(c.SID, p)
	if errors.Is(err, store.ErrNameTaken) {
		return errMember
	}
	if err != nil {
		return err
	}
	return a.respond(http.StatusCreated, participantView(a, p))
}

func (v *chatAPI) updateParticipant(a *call, c store.Conversation) error {
	var in struct {
		Attributes *string `json:"attributes"`
	}
	if err := a.read(&in); err != nil {
		return err
	}
	if err := checkAttributes(in.Attributes); err != nil {
		return err
	}
	if err := v.may.withParticipant(a, c, "editOwnParticipantAttributes", "editAnyParticipantAttributes"); err != nil {
		return err
	}
	revised, err := v.asker.participant(a, c, store.OnParticipantUpdate, func(p *store.ChatParticipant) { set(&p.Attributes, in.Attributes) })
	if err != nil {
		return err
	}
	p, err := v.participants(a.holder).Update(c.SID, a.path("participant"), func(p *store.ChatParticipant) error {
		set(&p.Attributes, in.Attributes)
		revised.OfParticipant(p)
		return nil
	})
	if err != nil {
		return err
	}
	return a.respond(http.StatusOK, participantView(a, p))
}

func (v *chatAPI) removeParticipant(a *call, c store.Conversation) error {
	if err := v.may.withParticipant(a, c, "leaveConversation", "removeParticipant"); err != nil {
		return err
	}
	if _, err := v.asker.participant(a, c, store.OnParticipantRemove, func(*store.ChatParticipant) {}); err != nil {
		return err
	}
	if err := v.participants(a.holder).Remove(c.SID, a.path("participant")); err != nil {
		return err
	}
	return a.respond(http.StatusNoContent, nil)
}

func participantView(a *call, p store.ChatParticipant) object {
	return object{
		"sid": p.SID, "identity": p.Identity, "attributes": p.Attributes, "role_sid": orNull(p.RoleSID), "messaging_binding": nil,
		"date_created": stamp(p.Created), "date_updated": stamp(p.Updated), "conversation_sid": p.ConversationSID,
		"url": a.base + chatPath + "/Conversations/" + p.ConversationSID + "/Participants/" + url.PathEscape(p.SID),
	}
}

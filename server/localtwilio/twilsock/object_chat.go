package twilsock

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"escalate/server/localtwilio/store"
)

// The names of the objects of a Conversation, and their SIDs: those of the
// Conversation with another prefix, so that they need no table.
func channelName(sid string) string  { return sid + ".channel" }
func messagesName(sid string) string { return sid + ".messages" }
func rosterName(sid string) string   { return sid + ".roster" }

func channelSID(sid string) string  { return "ET" + sid[2:] }
func messagesSID(sid string) string { return "ES" + sid[2:] }
func rosterSID(sid string) string   { return "MP" + sid[2:] }

// The names of a user's Maps: what is known of them, and where they take part.
func infoName(u store.ChatUser) string  { return u.SID + ".info" }
func seatsName(u store.ChatUser) string { return u.SID + ".channels" }

// channelEntity is the Document with what a Conversation is.
func channelEntity(c store.Conversation) (entity, error) {
	var last any
	if c.LastIndex >= 0 {
		last = object{"index": c.LastIndex, "timestamp": stamp(c.LastMessage)}
	}
	data, err := marshal(object{
		"uniqueName": orNull(c.UniqueName), "friendlyName": orNull(c.FriendlyName), "attributes": c.Attributes,
		"createdBy": c.CreatedBy, "dateCreated": stamp(c.Created), "dateUpdated": stamp(c.Updated), "lastMessage": last,
		"state":    object{"current": c.State, "dateUpdated": stamp(c.Updated)},
		"messages": messagesName(c.SID), "roster": rosterName(c.SID),
	})
	if err != nil {
		return entity{}, fmt.Errorf("write conversation %s: %w", c.SID, err)
	}
	return entity{
		kind: document, sid: channelSID(c.SID), name: channelName(c.SID), revision: strconv.Itoa(c.Event), event: c.Event,
		createdBy: c.CreatedBy, created: c.Created, updated: c.Updated, data: data,
	}, nil
}

// messagesEntity is the List of a Conversation's Messages.
func (o objects) messagesEntity(c store.Conversation) entity {
	e := chatEntity(syncList, messagesSID(c.SID), messagesName(c.SID), c)
	e.items = func(removed bool) ([]item, error) {
		all, err := o.store.Conversations.Messages(c.SID, 0)
		if err != nil {
			return nil, err
		}
		list := make([]item, 0, len(all))
		for _, m := range all {
			list = append(list, o.messageItem(m))
		}
		if !removed {
			return list, nil
		}
		gone, err := o.store.Conversations.RemovedMessages(c.SID)
		for _, m := range gone {
			i := o.messageItem(m)
			i.removed = true
			list = append(list, i)
		}
		return list, err
	}
	return e
}

// rosterEntity is the Map of a Conversation's Participants.
func (o objects) rosterEntity(c store.Conversation) (entity, error) {
	all, err := o.store.ChatParticipants.List(c.SID)
	if err != nil {
		return entity{}, err
	}
	e := chatEntity(syncMap, rosterSID(c.SID), rosterName(c.SID), c)
	for _, p := range all {
		e.event = max(e.event, p.Event)
	}
	e.items = func(removed bool) (list []item, err error) {
		for _, p := range all {
			if p.Left && !removed {
				continue
			}
			i, err := o.rosterItem(c, p)
			if err != nil {
				return nil, err
			}
			list = append(list, i)
		}
		return list, nil
	}
	return e, nil
}

func chatEntity(k kind, sid, name string, c store.Conversation) entity {
	return entity{
		kind: k, sid: sid, name: name, revision: "0", event: c.Event, createdBy: "system", created: c.Created, updated: c.Updated,
	}
}

func (o objects) messageItem(m store.Message) item {
	member := ""
	if p, err := o.store.ChatParticipants.Get(m.ConversationSID, m.Author); err == nil {
		member = p.SID
	}
	text := object{
		"sid": m.SID, "author": m.Author, "text": m.Body, "type": "text", "attributes": m.Attributes, "memberSid": orNull(member),
		"timestamp": stamp(m.Created), "dateUpdated": stamp(m.Updated), "lastUpdatedBy": orNull(m.UpdatedBy),
		"subject": orNull(m.Subject),
	}
	addMedia(text, m.Media)
	data, _ := marshal(text) // strings and numbers only: it cannot fail
	return item{index: m.Index, data: data, revision: strconv.Itoa(m.Event), event: m.Event, createdBy: "system", created: m.Created, updated: m.Updated}
}

func (o objects) rosterItem(c store.Conversation, p store.ChatParticipant) (item, error) {
	info := any(nil)
	u, err := o.store.ChatUsers.In(c.Service(o.store.Account())).Find(p.Identity)
	switch {
	case err == nil:
		info = infoName(u)
	case !errors.Is(err, store.ErrNotFound): // who has been deleted has none
		return item{}, err
	}
	data, err := marshal(object{
		"identity": p.Identity, "attributes": p.Attributes, "roleSid": orNull(p.RoleSID), "type": "chat", "userInfo": info,
		"dateCreated": stamp(p.Created), "dateUpdated": stamp(p.Updated),
		"lastConsumedMessageIndex": lastRead(p), "lastConsumptionTimestamp": stamp(p.ReadAt),
	})
	return chatItem(p.SID, data, p), err
}

// seatItem is a user's place in a Conversation, in the Map of their Conversations.
func seatItem(p store.ChatParticipant) (item, error) {
	data, err := marshal(object{
		"status": "joined", "channel": channelName(p.ConversationSID), "messages": messagesName(p.ConversationSID),
		"roster": rosterName(p.ConversationSID), "lastConsumedMessageIndex": lastRead(p), "notificationLevel": p.Notifications,
	})
	return chatItem(p.ConversationSID, data, p), err
}

func chatItem(key string, data json.RawMessage, p store.ChatParticipant) item {
	return item{
		key: key, data: data, revision: strconv.Itoa(p.Event), event: p.Event, createdBy: "system",
		created: p.Created, updated: p.Updated, removed: p.Left,
	}
}

func lastRead(p store.ChatParticipant) any {
	if p.LastRead < 0 {
		return nil
	}
	return p.LastRead
}

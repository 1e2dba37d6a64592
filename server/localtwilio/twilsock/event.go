package twilsock

import (
	"errors"
	"fmt"

	"escalate/server/localtwilio/store"
)

// change of a Sync object, as its followers are told of it.
type syncChange struct {
	sid  string // of the object
	kind string // document_updated, map_item_added, …
	body object

	of     entity // the object, where it is one of the store's own
	except string // the connection that knows already
}

// storeEvent tells those who follow what a change of the store touches. It runs
// on the watch's goroutine.
func (s *Server) storeEvent(e store.Event) {
	conns := s.sockets.All()
	if len(conns) == 0 {
		return
	}
	changes, err := s.objects.changes(e)
	if err != nil {
		// The object is gone again, or the store is closing.
		s.log.Warn("twilsock event lost", "change", fmt.Sprintf("%T", e.Change), "err", err)
	}
	for _, ch := range changes {
		for _, c := range conns {
			if c.follows(ch.sid) && c.id != ch.except && s.tells(c, ch) {
				c.deliver(ch)
			}
		}
	}
	s.queries.tell(e, conns)
	if gone, ok := e.Change.(*store.ChatParticipantRemoved); ok {
		s.evict(gone, conns)
	}
}

// tells reports whether a connection's holder may still read what changed: a Permission may
// have gone since it was followed. That a thing is removed may be known.
func (s *Server) tells(c *conn, ch syncChange) bool {
	h := c.who()
	return h != nil && s.objects.may(*h, ch.of, canRead) == nil
}

// evict ends what one who left a Conversation followed of it. Whoever has come
// back since follows anew: what was said in between is not theirs to be told.
func (s *Server) evict(gone *store.ChatParticipantRemoved, conns []*conn) {
	for _, c := range conns {
		h := c.who()
		if h == nil || h.identity != gone.ChatParticipant.Identity || h.mayAlways(gone.Conversation) {
			continue
		}
		sid := gone.Conversation.SID
		for _, o := range []string{channelSID(sid), messagesSID(sid), rosterSID(sid)} {
			c.unsubscribe(o)
		}
	}
}

func (c *conn) notifyEvent(ch syncChange) {
	c.notify(syncEvent, object{"event_type": ch.kind, "event_protocol_version": 4, "strictly_ordered": true, "event": ch.body})
}

// changes are what a change of the store is to Sync.
func (o objects) changes(e store.Event) ([]syncChange, error) {
	switch c := e.Change.(type) {
	case *store.DocumentUpdated:
		return []syncChange{documentEvent(o.documentEntity(c.Document))}, nil
	case *store.DocumentRemoved:
		return []syncChange{removedEvent(o.documentEntity(c.Document))}, nil
	case *store.CollectionRemoved:
		return []syncChange{removedEvent(o.collectionEntity(c.Collection))}, nil
	case *store.StreamMessagePublished:
		return []syncChange{messageEvent(o.collectionEntity(c.Collection), c.Message)}, nil
	case *store.ItemAdded:
		return []syncChange{itemEvent(o.collectionEntity(c.Collection), storeItem(c.Item), "added")}, nil
	case *store.ItemUpdated:
		return []syncChange{itemEvent(o.collectionEntity(c.Collection), storeItem(c.Item), "updated")}, nil
	case *store.ItemRemoved:
		return []syncChange{itemEvent(o.collectionEntity(c.Collection), storeItem(c.Item), "removed")}, nil
	case *store.ConversationUpdated:
		return channelChange(c.Conversation)
	case *store.MessageAdded:
		list, err := channelChange(c.Conversation)
		return append(list, itemEvent(o.messagesEntity(c.Conversation), o.messageItem(c.Message), "added")), err
	case *store.MessageUpdated:
		return []syncChange{itemEvent(o.messagesEntity(c.Conversation), o.messageItem(c.Message), "updated")}, nil
	case *store.MessageRemoved:
		return []syncChange{itemEvent(o.messagesEntity(c.Conversation), o.messageItem(c.Message), "removed")}, nil
	case *store.ConversationRemoved:
		return conversationRemoved(c.Conversation), nil
	case *store.ChatParticipantAdded:
		return o.participantChanges(c.Conversation, c.ChatParticipant, "added")
	case *store.ChatParticipantUpdated:
		return o.participantChanges(c.Conversation, c.ChatParticipant, "updated")
	case *store.ChatParticipantRemoved:
		return o.participantChanges(c.Conversation, c.ChatParticipant, "removed")
	case *store.ChatUserUpdated:
		return userChanges(c.ChatUser)
	}
	return nil, nil
}

// conversationRemoved are the removals of what a Conversation consists of.
func conversationRemoved(c store.Conversation) []syncChange {
	channel := chatEntity(document, channelSID(c.SID), channelName(c.SID), c)
	return []syncChange{
		removedEvent(channel), removedEvent(chatEntity(syncList, messagesSID(c.SID), messagesName(c.SID), c)),
		removedEvent(chatEntity(syncMap, rosterSID(c.SID), rosterName(c.SID), c)),
	}
}

func channelChange(c store.Conversation) ([]syncChange, error) {
	e, err := channelEntity(c)
	if err != nil {
		return nil, err
	}
	return []syncChange{documentEvent(e)}, nil
}

// participantChanges are those of the Conversation's roster and of the user's
// Map of Conversations.
func (o objects) participantChanges(c store.Conversation, p store.ChatParticipant, how string) ([]syncChange, error) {
	member, err := o.rosterItem(c, p)
	if err != nil {
		return nil, err
	}
	changes := []syncChange{itemEvent(chatEntity(syncMap, rosterSID(p.ConversationSID), rosterName(p.ConversationSID), c), member, how)}
	u, err := o.store.ChatUsers.In(c.Service(o.store.Account())).Find(p.Identity)
	if errors.Is(err, store.ErrNotFound) { // deleted, and their Map with them
		return changes, nil
	}
	if err != nil {
		return nil, err
	}
	seat, err := seatItem(p)
	if err != nil {
		return nil, err
	}
	return append(changes, itemEvent(userEntity(u, u.SeatsSID, seatsName(u), p.Event), seat, how)), nil
}

func userChanges(u store.ChatUser) (list []syncChange, err error) {
	items, err := infoItems(u)
	for _, i := range items {
		list = append(list, itemEvent(infoEntity(u), i, "updated"))
	}
	return list, err
}

func documentEvent(e entity) syncChange {
	return syncChange{sid: e.sid, of: e, kind: "document_updated", body: object{
		"id": e.event, "document_sid": e.sid, "document_unique_name": orNull(e.name), "document_revision": e.revision,
		"document_data": e.data, "date_created": stamp(e.updated), "date_expires": stamp(e.expires), "created_by": e.createdBy,
	}}
}

func removedEvent(e entity) syncChange {
	k := string(e.kind)
	// Permissions end with their object: whoever follows it is told.
	return syncChange{sid: e.sid, kind: k + "_removed", body: object{
		"id": e.event, k + "_sid": e.sid, k + "_unique_name": orNull(e.name), "date_created": stamp(e.updated),
	}}
}

// itemEvent says that an item was added, updated or removed.
func itemEvent(e entity, i item, how string) syncChange {
	k := string(e.kind)
	body := object{
		"id": i.event, k + "_sid": e.sid, k + "_unique_name": orNull(e.name), k + "_revision": e.revision,
		"item_revision": i.revision, "item_data": i.data, "item_url": "https://cds.us1.twilio.com" + itemPath(e, i),
		"date_created": stamp(i.updated), "date_expires": stamp(i.expires), "created_by": i.createdBy,
	}
	if e.kind == syncList {
		body["item_index"] = i.index
	} else {
		body["item_key"] = i.key
	}
	return syncChange{sid: e.sid, of: e, kind: k + "_item_" + how, body: body}
}

// messageEvent says that a message was published to a Stream.
func messageEvent(e entity, m store.StreamMessage) syncChange {
	return syncChange{sid: e.sid, of: e, except: m.By, kind: "stream_message_published", body: object{
		"id": m.Event, "stream_sid": e.sid, "stream_unique_name": orNull(e.name), "message_sid": m.SID, "message_data": m.Data,
	}}
}

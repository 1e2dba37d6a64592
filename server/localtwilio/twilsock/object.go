package twilsock

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
)

// kind is what a Sync object is.
type kind string

const (
	document kind = "document"
	syncMap  kind = "map"
	syncList kind = "list"
	stream   kind = "stream"
)

// path is the kind's name in URLs.
func (k kind) path() string {
	return map[kind]string{document: "/v3/Documents/", syncMap: "/v3/Maps/", syncList: "/v3/Lists/", stream: "/v3/Streams/"}[k]
}

// entity is a Sync object as clients see it, whatever stands behind it.
type entity struct {
	kind      kind
	sid, name string
	revision  string
	event     int // number of its newest change
	createdBy string
	created   time.Time
	updated   time.Time
	expires   time.Time
	data      json.RawMessage // of a Document; a List's context

	// items are a Map's by key, or a List's by index; with those removed where
	// that is asked for and known. nil for a Document.
	items func(removed bool) ([]item, error)
	// kept says that it is one of the store's own: it may be written to.
	kept    bool
	service string // of what is kept: SID of its Sync Service
}

// item is one item of a Map or List.
type item struct {
	key       string // of a Map's
	index     int    // of a List's
	data      json.RawMessage
	revision  string
	event     int
	createdBy string
	created   time.Time
	updated   time.Time
	expires   time.Time
	removed   bool
}

// id is what the item has in its object's URL.
func (i item) id(k kind) string {
	if k == syncList {
		return strconv.Itoa(i.index)
	}
	return i.key
}

// objects are what can be subscribed to, drawn from the store at the moment of asking.
type objects struct{ store *store.Store }

// mayRead reports whether the holder may see a Conversation: who is in it, who
// made it, and supervisors.
func (o objects) mayRead(h holder, c store.Conversation) error {
	if !h.chat || h.chatService != c.Service(o.store.Account()) {
		return errForbidden
	}
	if h.mayAlways(c) {
		return nil
	}
	_, err := o.store.ChatParticipants.Get(c.SID, h.identity)
	if errors.Is(err, store.ErrNotFound) {
		return errForbidden
	}
	return err
}

// open finds the object of a kind by SID or name, if the holder may see it.
func (o objects) open(h holder, k kind, key string) (entity, error) {
	e, ok, err := o.openChat(h, k, key)
	if ok || err != nil {
		return e, err
	}
	if !h.sync {
		// As for what is not there: names of others' objects are not told.
		return entity{}, store.ErrNotFound
	}
	if e, err = o.find(h, k, key); err != nil {
		return entity{}, err
	}
	return e, o.may(h, e, canRead)
}

// find finds one of the store's own objects in the holder's Service.
func (o objects) find(h holder, k kind, key string) (entity, error) {
	if k == document {
		d, err := o.store.Documents.In(h.service).Get(key)
		if err != nil {
			return entity{}, err
		}
		return o.documentEntity(d), nil
	}
	c, err := o.store.Collections.In(h.service).Get(collectionKind(k), key)
	if err != nil {
		return entity{}, err
	}
	return o.collectionEntity(c), nil
}

// openChat finds the objects that Conversations draws; ok is false for what is
// none of them.
func (o objects) openChat(h holder, k kind, key string) (e entity, ok bool, err error) {
	if name, part, found := strings.Cut(key, "."); found && len(name) == 34 {
		switch {
		case strings.HasPrefix(name, "CH") && k == chatParts[part]:
			return o.openConversation(h, k, name)
		case strings.HasPrefix(name, "US") && k == syncMap:
			return o.openUser(h, name, part)
		}
		return e, false, nil
	}
	if len(key) != 34 || key[:2] != sidPrefix[k] {
		return e, false, nil
	}
	e, ok, err = o.openConversation(h, k, "CH"+key[2:])
	if ok || err != nil || k != syncMap {
		return e, ok, err
	}
	return o.openUserMap(h, key)
}

// sidPrefix begins the SIDs of each kind.
var sidPrefix = map[kind]string{document: "ET", syncList: "ES", syncMap: "MP", stream: "TO"}

// chatParts are the objects that a Conversation consists of.
var chatParts = map[string]kind{"channel": document, "messages": syncList, "roster": syncMap}

func (o objects) openConversation(h holder, k kind, sid string) (e entity, ok bool, err error) {
	c, err := o.store.Conversations.In(h.chatService).Get(sid)
	if errors.Is(err, store.ErrNotFound) {
		return e, false, nil
	}
	if err == nil {
		err = o.mayRead(h, c)
	}
	if err != nil {
		return e, true, err
	}
	switch k {
	case document:
		e, err = channelEntity(c)
	case syncList:
		e = o.messagesEntity(c)
	default:
		e, err = o.rosterEntity(c)
	}
	return e, true, err
}

func collectionKind(k kind) store.CollectionKind {
	return map[kind]store.CollectionKind{syncMap: store.SyncMap, syncList: store.SyncList, stream: store.SyncStream}[k]
}

// serviceOf is the SID of a Sync Service that the store's objects name.
func (o objects) serviceOf(service string) string {
	if service == "" {
		return o.store.Account().SyncServiceSID
	}
	return service
}

func (o objects) documentEntity(d store.Document) entity {
	return entity{
		service: o.serviceOf(d.Service),
		kind:    document, sid: d.SID, name: d.UniqueName, revision: d.ETag(), event: d.Event, createdBy: d.CreatedBy,
		created: d.Created, updated: d.Updated, expires: d.Expires, data: d.Data, kept: true,
	}
}

func (o objects) collectionEntity(c store.Collection) entity {
	k := map[store.CollectionKind]kind{store.SyncMap: syncMap, store.SyncList: syncList, store.SyncStream: stream}[c.Kind]
	return entity{
		service: o.serviceOf(c.Service), kind: k, sid: c.SID, name: c.UniqueName, revision: c.ETag(), event: c.Event, createdBy: c.CreatedBy,
		created: c.Created, updated: c.Updated, expires: c.Expires, data: c.Context, kept: true,
		items: func(removed bool) ([]item, error) {
			all, err := o.store.Collections.In(c.Service).Items(c.Kind, c.SID, removed)
			list := make([]item, 0, len(all))
			for _, i := range all {
				list = append(list, storeItem(i))
			}
			return list, err
		},
	}
}

func storeItem(i store.Item) item {
	return item{
		key: i.Key, index: i.Index, data: i.Data, revision: i.ETag(), event: i.Event, createdBy: i.CreatedBy,
		created: i.Created, updated: i.Updated, expires: i.Expires, removed: i.Removed,
	}
}

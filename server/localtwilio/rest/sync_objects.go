package rest

import (
	"errors"
	"net/http"
	"net/url"

	"escalate/server/localtwilio/store"
	"escalate/server/ratelimit"
)

// syncKind is a kind of Sync's objects, which have much in common. The path's variable
// "object" is the SID or unique name of one.
type syncKind struct {
	kind   store.CollectionKind // empty for Documents
	plural string               // as in paths
	key    string               // of its lists
	field  string               // of its SID, in what belongs to it
}

var (
	syncDocuments = syncKind{"", "Documents", "documents", "document_sid"}
	syncLists     = syncKind{store.SyncList, "Lists", "lists", "list_sid"}
	syncMaps      = syncKind{store.SyncMap, "Maps", "maps", "map_sid"}
	syncStreams   = syncKind{store.SyncStream, "Streams", "streams", "stream_sid"}
)

// find returns the SID of the path's object.
func (k syncKind) find(c *call) (string, error) {
	if k.kind == "" {
		d, err := documentsOf(c).Get(c.path("object"))
		return d.SID, err
	}
	o, err := collectionsOf(c).Get(k.kind, c.path("object"))
	return o.SID, err
}

// reading holds a handler that reads one object to Sync's limits.
func (k syncKind) reading(f handler) handler {
	return k.limited(f, func(l *limiters) *ratelimit.Limiter { return l.reads })
}

// writing holds a handler that changes one object to Sync's limits.
func (k syncKind) writing(f handler) handler {
	return k.limited(f, func(l *limiters) *ratelimit.Limiter { return l.writes })
}

func (k syncKind) limited(f handler, which func(*limiters) *ratelimit.Limiter) handler {
	return func(c *call) error {
		if l := c.api.limiters; !l.off {
			// By its SID: an object has two addresses.
			sid, err := k.find(c)
			if err != nil {
				return err
			}
			if wait, ok := which(l).Allow(sid); !ok {
				return tooMany(codeSyncRate, wait)
			}
		}
		return f(c)
	}
}

// collectionsOf are the Lists, Maps and Streams of the path's Service.
func collectionsOf(c *call) store.Collections { return c.store.Collections.In(c.path("service")) }

// createObject makes a List, Map or Stream.
func (k syncKind) createObject(names ...string) handler {
	return func(c *call) error {
		if err := checkSyncName(c); err != nil {
			return err
		}
		o := store.Collection{Kind: k.kind, UniqueName: c.form("UniqueName")}
		var err error
		if o.Expires, _, err = syncTTL(c, names...); err != nil {
			return err
		}
		if o, err = collectionsOf(c).Create(o); err != nil {
			return syncNameTaken(err)
		}
		return c.tagged(http.StatusCreated, o.ETag(), syncOf(c).collection(k)(o))
	}
}

func (k syncKind) listObjects(c *call) error {
	all, err := collectionsOf(c).List(k.kind)
	if err != nil {
		return err
	}
	return list(c, k.key, maxSyncPage, all, func(o store.Collection) string { return o.SID }, syncOf(c).collection(k))
}

func (k syncKind) fetchObject(c *call) error {
	o, err := collectionsOf(c).Get(k.kind, c.path("object"))
	if err != nil {
		return err
	}
	return c.tagged(http.StatusOK, o.ETag(), syncOf(c).collection(k)(o))
}

// updateObject sets when a List, Map or Stream ends.
func (k syncKind) updateObject(names ...string) handler {
	return func(c *call) error {
		o, err := collectionsOf(c).Get(k.kind, c.path("object"))
		if err != nil {
			return err
		}
		expires, given, err := syncTTL(c, names...)
		if err == nil && given {
			o, err = collectionsOf(c).Expire(k.kind, o.SID, expires)
		}
		if err != nil {
			return err
		}
		return c.tagged(http.StatusOK, o.ETag(), syncOf(c).collection(k)(o))
	}
}

func (k syncKind) deleteObject(c *call) error {
	if err := collectionsOf(c).Delete(k.kind, c.path("object")); err != nil {
		return err
	}
	return c.noContent()
}

func publishStreamMessage(c *call) error {
	if !c.has("Data") {
		return invalid("Missing required parameter Data in the post body")
	}
	data, err := syncData(c, maxStreamData)
	if err != nil {
		return err
	}
	m, err := collectionsOf(c).Publish(c.path("object"), store.StreamMessage{Data: data})
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, object{"sid": m.SID, "data": m.Data})
}

func (k syncKind) listPermissions(c *call) error {
	sid, err := k.find(c)
	if err != nil {
		return err
	}
	all, err := c.store.Permissions.List(sid)
	if err != nil {
		return err
	}
	return list(c, "permissions", maxSyncPage, all, func(p store.Permission) string { return p.Identity }, syncOf(c).permission(k))
}

func (k syncKind) fetchPermission(c *call) error {
	sid, err := k.find(c)
	if err != nil {
		return err
	}
	p, err := c.store.Permissions.Get(sid, c.path("identity"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, syncOf(c).permission(k)(p))
}

func (k syncKind) updatePermission(c *call) error {
	p := store.Permission{Identity: c.path("identity")}
	for name, v := range map[string]*bool{"Read": &p.Read, "Write": &p.Write, "Manage": &p.Manage} {
		if !c.has(name) {
			return invalid("Missing required parameter " + name + " in the post body")
		}
		if err := c.boolean(name, v); err != nil {
			return err
		}
	}
	sid, err := k.find(c)
	if err != nil {
		return err
	}
	p.ObjectSID = sid
	if err := c.store.Permissions.Set(p); err != nil {
		return err
	}
	return c.json(http.StatusOK, syncOf(c).permission(k)(p))
}

func (k syncKind) deletePermission(c *call) error {
	sid, err := k.find(c)
	if err == nil {
		err = c.store.Permissions.Delete(sid, c.path("identity"))
	}
	if err != nil {
		return err
	}
	return c.noContent()
}

// collection shows Lists, Maps or Streams.
func (v syncView) collection(k syncKind) func(store.Collection) any {
	return func(o store.Collection) any {
		u := v.url() + "/" + k.plural + "/" + o.SID
		shown := object{
			"sid": o.SID, "unique_name": orNull(o.UniqueName), "account_sid": v.account.SID, "service_sid": v.service, "url": u,
			"date_expires": date(o.Expires), "date_created": date(o.Created), "date_updated": date(o.Updated), "created_by": o.CreatedBy,
		}
		if k.kind == store.SyncStream {
			shown["links"] = object{"messages": u + "/Messages"}
		} else {
			shown["revision"], shown["links"] = o.ETag(), object{"items": u + "/Items", "permissions": u + "/Permissions"}
		}
		return shown
	}
}

func (v syncView) permission(k syncKind) func(store.Permission) any {
	return func(p store.Permission) any {
		return object{
			"account_sid": v.account.SID, "service_sid": v.service, k.field: p.ObjectSID, "identity": p.Identity,
			"read": p.Read, "write": p.Write, "manage": p.Manage,
			"url": v.url() + "/" + k.plural + "/" + p.ObjectSID + "/Permissions/" + url.PathEscape(p.Identity),
		}
	}
}

// noItem is err, or that the List or Map has no such Item.
func (k syncKind) noItem(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		code, message := codeSyncMapItem, "Map Item not found"
		if k.kind == store.SyncList {
			code, message = codeSyncListItem, "List Item not found"
		}
		return &Error{Status: http.StatusNotFound, Code: code, Message: message}
	}
	return err
}

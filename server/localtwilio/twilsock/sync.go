package twilsock

import (
	"encoding/json"
	"net/http"
	"time"

	"escalate/server/localtwilio/store"
)

// Limits of Sync, from its documents.
const (
	maxData = 16 << 10 // bytes of an object's or item's data
	maxTTL  = 31536000 // seconds
	maxPage = 100

	maxStreamMessage = 4 << 10 // bytes of a Stream Message's data
)

// syncAPI is the Sync client API, but for subscriptions.
type syncAPI struct{ objects }

func (s *syncAPI) routes(m *http.ServeMux) {
	for _, k := range []kind{document, syncMap, syncList, stream} {
		root := k.path()[:len(k.path())-1]
		m.Handle("POST "+root, endpoint(func(a *call) error { return s.create(a, k) }))
		m.Handle("GET "+root+"/{key}", s.about(k, s.fetch))
		m.Handle("POST "+root+"/{key}", s.about(k, s.update))
		m.Handle("DELETE "+root+"/{key}", s.about(k, s.remove))
		switch k {
		case document:
			continue
		case stream:
			m.Handle("POST "+root+"/{key}/Messages", s.about(k, s.publish))
			continue
		case syncList:
			m.Handle("GET "+root+"/{key}/Context", s.about(k, s.context))
		}
		m.Handle("GET "+root+"/{key}/Items", s.about(k, s.items))
		m.Handle("POST "+root+"/{key}/Items", s.about(k, s.addItem))
		m.Handle("PUT "+root+"/{key}/Items/{item}", s.about(k, s.putItem))
		m.Handle("POST "+root+"/{key}/Items/{item}", s.about(k, s.updateItem))
		m.Handle("DELETE "+root+"/{key}/Items/{item}", s.about(k, s.removeItem))
	}
}

// about is an endpoint about an object that there is.
func (s *syncAPI) about(k kind, f func(*call, entity) error) endpoint {
	return func(a *call) error {
		e, err := s.open(a.holder, k, a.path("key"))
		if err == nil {
			err = f(a, e)
		}
		return syncFault(k, a.path("key"), a.path("item") != "", err)
	}
}

// change is the body of a request that writes.
type change struct {
	UniqueName string          `json:"unique_name"`
	Data       json.RawMessage `json:"data"`
	Context    json.RawMessage `json:"context"` // of a new List
	TTL        *int            `json:"ttl"`
}

// change reads and checks the body.
func (s *syncAPI) change(a *call) (c change, err error) {
	if err := a.read(&c); err != nil {
		return c, err
	}
	if string(c.Data) == "null" {
		c.Data = nil
	}
	if string(c.Context) == "null" {
		c.Context = nil
	}
	switch {
	case !isObject(c.Data):
		return c, invalid("Data must be a JSON object")
	case !isObject(c.Context):
		return c, invalid("Context must be a JSON object")
	case len(c.Data) > maxData, len(c.Context) > maxData:
		return c, &fault{Status: http.StatusRequestEntityTooLarge, Code: codeSyncTooLarge, Message: "Data exceeds 16 KiB"}
	case c.TTL != nil && (*c.TTL < 0 || *c.TTL > maxTTL):
		return c, &fault{Status: http.StatusBadRequest, Code: codeSyncTTL, Message: "Invalid TTL"}
	}
	return c, nil
}

// isObject reports whether data, where there is any, is a JSON object.
func isObject(data json.RawMessage) bool {
	var fields map[string]json.RawMessage
	return data == nil || json.Unmarshal(data, &fields) == nil
}

// expires is when what is written ends; zero for never.
func (c change) expires(now time.Time) time.Time {
	if c.TTL == nil || *c.TTL == 0 {
		return time.Time{}
	}
	return now.Add(time.Duration(*c.TTL) * time.Second)
}

func (s *syncAPI) create(a *call, k kind) error {
	if !a.holder.sync {
		return errForbidden
	}
	c, err := s.change(a)
	if err != nil {
		return err
	}
	if err := checkSyncName(c.UniqueName); err != nil {
		return err
	}
	st, now := s.store, s.store.Now()
	var e entity
	if k == document {
		d, err := st.Documents.In(a.holder.service).Create(store.Document{UniqueName: c.UniqueName, Data: c.Data, Expires: c.expires(now), CreatedBy: a.holder.identity})
		if err != nil {
			return err
		}
		e = s.documentEntity(d)
	} else {
		o, err := st.Collections.In(a.holder.service).Create(store.Collection{
			Kind: collectionKind(k), UniqueName: c.UniqueName, Context: c.Context, Expires: c.expires(now), CreatedBy: a.holder.identity,
		})
		if err != nil {
			return err
		}
		e = s.collectionEntity(o)
	}
	if err := s.own(a.holder, e); err != nil {
		return err
	}
	return a.respond(http.StatusCreated, s.show(a, e))
}

func (s *syncAPI) fetch(a *call, e entity) error {
	o := s.show(a, e)
	if e.kind == syncMap && a.query.Get("Include") == "items" {
		items, err := e.items(false)
		if err != nil {
			return err
		}
		list := []any{}
		for _, i := range items {
			list = append(list, s.showItem(a, e, i))
		}
		o["items"] = list
	}
	return a.respond(http.StatusOK, o)
}

// context answers what a List was made with, {} where it was nothing.
func (s *syncAPI) context(a *call, e entity) error {
	data := e.data
	if data == nil {
		data = json.RawMessage("{}")
	}
	return a.respond(http.StatusOK, object{"data": data, "last_event_id": e.event})
}

// update sets a Document's data, and the time of anything.
func (s *syncAPI) update(a *call, e entity) error {
	c, err := s.change(a)
	if err != nil {
		return err
	}
	if err := s.writable(a, e, canWrite); err != nil {
		return err
	}
	st, now := s.store, s.store.Now()
	if e.kind != document {
		if c.TTL != nil {
			o, err := st.Collections.In(e.service).Expire(collectionKind(e.kind), e.sid, c.expires(now))
			if err != nil {
				return err
			}
			e = s.collectionEntity(o)
		}
		return a.respond(http.StatusOK, s.show(a, e))
	}
	d, err := st.Documents.In(e.service).Update(e.sid, a.ifMatch(), func(d *store.Document) error {
		if c.Data != nil {
			d.Data = c.Data
		}
		if c.TTL != nil {
			d.Expires = c.expires(now)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.respond(http.StatusOK, s.show(a, s.documentEntity(d)))
}

func (s *syncAPI) remove(a *call, e entity) error {
	err := s.writable(a, e, canManage)
	switch {
	case err != nil:
	case e.kind == document:
		err = s.store.Documents.In(e.service).Delete(e.sid)
	default:
		err = s.store.Collections.In(e.service).Delete(collectionKind(e.kind), e.sid)
	}
	if err != nil {
		return err
	}
	return a.respond(http.StatusNoContent, nil)
}

// writable returns why the holder may not do to an object what writes to it.
func (s *syncAPI) writable(a *call, e entity, allows func(store.Permission) bool) error {
	if !e.kept {
		return errForbidden
	}
	return s.may(a.holder, e, allows)
}

// publish sends a message to all who follow a Stream, but for the connection that it comes
// from: its client tells itself.
func (s *syncAPI) publish(a *call, e entity) error {
	if err := s.writable(a, e, canWrite); err != nil {
		return err
	}
	c, err := s.change(a)
	if err != nil {
		return err
	}
	if len(c.Data) > maxStreamMessage {
		return &fault{Status: http.StatusRequestEntityTooLarge, Code: codeSyncTooLarge, Message: "Data exceeds 4 KiB"}
	}
	m, err := s.store.Collections.In(e.service).Publish(e.sid, store.StreamMessage{Data: c.Data, By: a.conn.id})
	if err != nil {
		return err
	}
	return a.respond(http.StatusCreated, object{"sid": m.SID, "data": m.Data})
}

func (s *syncAPI) show(a *call, e entity) object {
	u := a.base + e.kind.path() + e.sid
	o := object{
		"sid": e.sid, "unique_name": orNull(e.name), "account_sid": s.store.Account().SID, "url": u,
		"service_sid": e.service, "revision": e.revision, "last_event_id": e.event,
		"created_by": e.createdBy, "date_created": stamp(e.created), "date_updated": stamp(e.updated), "date_expires": stamp(e.expires),
		"links": object{"permissions": u + "/Permissions", "items": u + "/Items", "messages": u + "/Messages"},
	}
	if e.kind == syncList {
		o["links"].(object)["context"] = u + "/Context"
	}
	if e.kind == document {
		o["data"] = e.data
	}
	return o
}

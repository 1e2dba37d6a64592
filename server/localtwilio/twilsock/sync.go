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
)

func (s *Server) syncRoutes(m *http.ServeMux) {
	for _, k := range []kind{document, syncMap, syncList} {
		root := k.path()[:len(k.path())-1]
		m.Handle("POST "+root, endpoint(func(a *call) error { return a.create(k) }))
		m.Handle("GET "+root+"/{key}", about(k, (*call).fetch))
		m.Handle("POST "+root+"/{key}", about(k, (*call).update))
		m.Handle("DELETE "+root+"/{key}", about(k, (*call).remove))
		if k == document {
			continue
		}
		m.Handle("GET "+root+"/{key}/Items", about(k, (*call).items))
		m.Handle("POST "+root+"/{key}/Items", about(k, (*call).addItem))
		m.Handle("PUT "+root+"/{key}/Items/{item}", about(k, (*call).putItem))
		m.Handle("POST "+root+"/{key}/Items/{item}", about(k, (*call).updateItem))
		m.Handle("DELETE "+root+"/{key}/Items/{item}", about(k, (*call).removeItem))
	}
	m.Handle("POST /v3/Insights/{index}/Items", endpoint((*call).queryItems))
	m.Handle("POST /v4/Subscriptions", endpoint((*call).subscribe))
}

// about is an endpoint about an object that there is.
func about(k kind, f func(*call, entity) error) endpoint {
	return func(a *call) error {
		e, err := a.srv.open(a.holder, k, a.path("key"))
		if err != nil {
			return err
		}
		return f(a, e)
	}
}

// change is the body of a request that writes.
type change struct {
	UniqueName string          `json:"unique_name"`
	Data       json.RawMessage `json:"data"`
	TTL        *int            `json:"ttl"`
}

// change reads and checks the body.
func (a *call) change() (c change, err error) {
	if err := a.read(&c); err != nil {
		return c, err
	}
	if string(c.Data) == "null" {
		c.Data = nil
	}
	var fields map[string]json.RawMessage
	switch {
	case c.Data != nil && json.Unmarshal(c.Data, &fields) != nil:
		return c, invalid("Data must be a JSON object")
	case len(c.Data) > maxData:
		return c, &fault{Status: http.StatusRequestEntityTooLarge, Code: codeSyncTooLarge, Message: "Data exceeds 16 KiB"}
	case c.TTL != nil && (*c.TTL < 0 || *c.TTL > maxTTL):
		return c, &fault{Status: http.StatusBadRequest, Code: codeSyncTTL, Message: "Invalid TTL"}
	}
	return c, nil
}

// expires is when what is written ends; zero for never.
func (c change) expires(now time.Time) time.Time {
	if c.TTL == nil || *c.TTL == 0 {
		return time.Time{}
	}
	return now.Add(time.Duration(*c.TTL) * time.Second)
}

func (a *call) create(k kind) error {
	if !a.holder.sync {
		return errForbidden
	}
	c, err := a.change()
	if err != nil {
		return err
	}
	st, now := a.srv.cfg.Store, a.srv.cfg.Store.Now()
	var e entity
	if k == document {
		d, err := st.CreateDocument(store.Document{UniqueName: c.UniqueName, Data: c.Data, Expires: c.expires(now), CreatedBy: a.holder.identity})
		if err != nil {
			return err
		}
		e = documentEntity(d)
	} else {
		o, err := st.CreateCollection(store.Collection{
			Kind: collectionKind(k), UniqueName: c.UniqueName, Expires: c.expires(now), CreatedBy: a.holder.identity,
		})
		if err != nil {
			return err
		}
		e = a.srv.collectionEntity(o)
	}
	return a.respond(http.StatusCreated, a.show(e))
}

func (a *call) fetch(e entity) error {
	o := a.show(e)
	if e.kind == syncMap && a.query.Get("Include") == "items" {
		items, err := e.items(false)
		if err != nil {
			return err
		}
		list := []any{}
		for _, i := range items {
			list = append(list, a.showItem(e, i))
		}
		o["items"] = list
	}
	return a.respond(http.StatusOK, o)
}

// update sets a Document's data, and the time of anything.
func (a *call) update(e entity) error {
	c, err := a.change()
	if err != nil {
		return err
	}
	if !e.kept {
		return errForbidden
	}
	st, now := a.srv.cfg.Store, a.srv.cfg.Store.Now()
	if e.kind != document {
		if c.TTL != nil {
			o, err := st.ExpireCollection(collectionKind(e.kind), e.sid, c.expires(now))
			if err != nil {
				return err
			}
			e = a.srv.collectionEntity(o)
		}
		return a.respond(http.StatusOK, a.show(e))
	}
	d, err := st.UpdateDocument(e.sid, a.ifMatch(), func(d *store.Document) error {
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
	return a.respond(http.StatusOK, a.show(documentEntity(d)))
}

func (a *call) remove(e entity) error {
	if !e.kept {
		return errForbidden
	}
	var err error
	if e.kind == document {
		err = a.srv.cfg.Store.DeleteDocument(e.sid)
	} else {
		err = a.srv.cfg.Store.DeleteCollection(collectionKind(e.kind), e.sid)
	}
	if err != nil {
		return err
	}
	return a.respond(http.StatusNoContent, nil)
}

func (a *call) show(e entity) object {
	u := a.base + e.kind.path() + e.sid
	o := object{
		"sid": e.sid, "unique_name": orNull(e.name), "account_sid": a.srv.cfg.Store.Account().SID, "url": u,
		"service_sid": a.srv.cfg.Store.Account().SyncServiceSID, "revision": e.revision, "last_event_id": e.event,
		"created_by": e.createdBy, "date_created": stamp(e.created), "date_updated": stamp(e.updated), "date_expires": stamp(e.expires),
		"links": object{"permissions": u + "/Permissions", "items": u + "/Items"},
	}
	if e.kind == document {
		o["data"] = e.data
	}
	return o
}

package twilsock

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"escalate/server/localtwilio/store"
)

// items returns one item, by Key or Index, or a page of them.
func (s *syncAPI) items(a *call, e entity) error {
	all, err := e.items(false)
	if err != nil {
		return err
	}
	page, before, after, err := s.page(a, e.kind, all)
	if err != nil {
		return err
	}
	list := []any{}
	for _, i := range page {
		list = append(list, s.showItem(a, e, i))
	}
	return a.respond(http.StatusOK, object{"items": list, "meta": object{
		"key": "items", "page_size": len(list), "previous_token": before, "next_token": after,
	}})
}

// page chooses the items that the query asks for. The tokens are null where
// nothing lies before or after the page; clients look at that alone and go on
// by From, which belongs to the page.
func (s *syncAPI) page(a *call, k kind, all []item) (page []item, before, after any, err error) {
	for _, name := range []string{"Key", "Index"} {
		if a.query.Has(name) {
			at := slices.IndexFunc(all, func(i item) bool { return i.id(k) == a.query.Get(name) })
			if at < 0 {
				return nil, nil, nil, nil
			}
			return all[at : at+1], nil, nil, nil
		}
	}
	size, err := a.number("PageSize", 50, 1, maxPage)
	if err != nil {
		return nil, nil, nil, err
	}
	from := a.query.Get("From")
	index, bad := strconv.Atoi(from)
	if k == syncList && from != "" && bad != nil {
		return nil, nil, nil, invalid("Invalid parameter From")
	}
	descending := a.query.Get("Order") == "desc"
	if descending {
		all = slices.Clone(all)
		slices.Reverse(all)
	}
	start := 0
	if from != "" {
		start = slices.IndexFunc(all, func(i item) bool {
			c := cmp.Compare(i.key, from)
			if k == syncList {
				c = cmp.Compare(i.index, index)
			}
			if descending {
				return c <= 0
			}
			return c >= 0
		})
		if start < 0 {
			start = len(all)
		}
	}
	end := min(start+size, len(all))
	if start > 0 {
		before = "before"
	}
	if end < len(all) {
		after = "after"
	}
	return all[start:end], before, after, nil
}

// itemOf is the item of the path.
func (s *syncAPI) itemOf(a *call, k kind) (i store.Item, err error) {
	i.Key = a.path("item")
	if k == syncList {
		if i.Index, err = strconv.Atoi(i.Key); err != nil || i.Index < 0 {
			return i, store.ErrNotFound
		}
		i.Key = ""
	}
	return i, nil
}

func (s *syncAPI) addItem(a *call, e entity) error {
	if e.kind != syncList {
		return errForbidden
	}
	if err := s.writable(a, e, canWrite); err != nil {
		return err
	}
	c, err := s.change(a)
	if err != nil {
		return err
	}
	i, err := s.store.Collections.In(e.service).PushItem(e.sid, store.Item{Data: c.Data, Expires: c.expires(s.store.Now()), CreatedBy: a.holder.identity})
	if err != nil {
		return err
	}
	return a.respond(http.StatusCreated, s.showItem(a, e, storeItem(i)))
}

// putItem makes an item of a Map or sets it.
func (s *syncAPI) putItem(a *call, e entity) error {
	if e.kind != syncMap {
		return errForbidden
	}
	return s.setItem(a, e, a.ifMatch())
}

// updateItem sets an item that there is.
func (s *syncAPI) updateItem(a *call, e entity) error {
	match := a.ifMatch()
	if e.kept && match == "" {
		all, err := e.items(false)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(i item) bool { return i.id(e.kind) == a.path("item") }) {
			return store.ErrNotFound
		}
	}
	return s.setItem(a, e, match)
}

func (s *syncAPI) setItem(a *call, e entity, ifMatch string) error {
	if err := s.writable(a, e, canWrite); err != nil {
		return err
	}
	c, err := s.change(a)
	if err != nil {
		return err
	}
	i, err := s.itemOf(a, e.kind)
	if err != nil {
		return err
	}
	i.Data, i.Expires, i.CreatedBy = c.Data, c.expires(s.store.Now()), a.holder.identity
	i, added, err := s.store.Collections.In(e.service).PutItem(collectionKind(e.kind), e.sid, i, c.TTL != nil, ifMatch)
	if err != nil {
		return err
	}
	code := http.StatusOK
	if added {
		code = http.StatusCreated
	}
	return a.respond(code, s.showItem(a, e, storeItem(i)))
}

func (s *syncAPI) removeItem(a *call, e entity) error {
	if err := s.writable(a, e, canWrite); err != nil {
		return err
	}
	i, err := s.itemOf(a, e.kind)
	if err != nil {
		return err
	}
	if i, err = s.store.Collections.In(e.service).RemoveItem(collectionKind(e.kind), e.sid, i, a.ifMatch()); err != nil {
		return err
	}
	return a.respond(http.StatusOK, s.showItem(a, e, storeItem(i)))
}

func (s *syncAPI) showItem(a *call, e entity, i item) object {
	o := object{
		"url": a.base + itemPath(e, i), "revision": i.revision, "last_event_id": i.event, "data": i.data,
		"created_by": i.createdBy, "date_created": stamp(i.created), "date_updated": stamp(i.updated), "date_expires": stamp(i.expires),
		"account_sid": s.store.Account().SID, "service_sid": e.service, string(e.kind) + "_sid": e.sid,
	}
	if e.kind == syncList {
		o["index"] = i.index
	} else {
		o["key"] = i.key
	}
	return o
}

func itemPath(e entity, i item) string {
	return e.kind.path() + e.sid + "/Items/" + url.PathEscape(i.id(e.kind))
}

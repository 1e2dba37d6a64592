package store

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// NoItem is, as ifMatch of PutItem, the wish that there be no such Item yet.
const NoItem = "-1"

// itemDue marks, in the timetable, the key of an Item.
const itemDue = "IT"

// Item is one Item of a Sync Map or List.
type Item struct {
	CollectionSID string
	Key           string          // of a Map's
	Index         int             // of a List's, from 0; indexes of removed Items are not used again
	Data          json.RawMessage `json:",omitempty"`
	Revision      int             // from 0
	Event         int             // number of the newest change; see Store.LastEvent
	Expires       time.Time       // zero for never
	Removed       bool            // it is gone; kept without its Data so that others can be told
	CreatedBy     string
	Created       time.Time
	Updated       time.Time
}

// ETag is the Item's revision as Sync shows it and If-Match takes it.
func (i Item) ETag() string { return strconv.Itoa(i.Revision) }

func (i Item) gone(now time.Time) bool {
	return i.Removed || !i.Expires.IsZero() && !now.Before(i.Expires)
}

// PutItem sets the Item of i's Key, or of i's Index in a List, to i's Data and,
// where setExpires says so, Expires; added tells that there was none, which a
// List does not allow (ErrNotFound). With ifMatch not empty the present ETag must
// equal it, else ErrRevision; see NoItem.
func (s Collections) PutItem(kind CollectionKind, collection string, i Item, setExpires bool, ifMatch string) (_ Item, added bool, err error) {
	err = s.db.update(doing{what: "set item of", kind: kind, key: collection}, func(t *tx) error {
		c, err := t.collections().find(s.service, kind, collection)
		if err != nil {
			return err
		}
		old, err := get[Item](t, bItems, itemKey(c, i))
		added = errors.Is(err, ErrNotFound) || err == nil && old.gone(t.now)
		switch {
		case err != nil && !errors.Is(err, ErrNotFound):
			return err
		case added && kind == SyncList:
			return ErrNotFound
		case added && ifMatch != "" && ifMatch != NoItem, !added && ifMatch != "" && ifMatch != old.ETag():
			return ErrRevision
		}
		if !setExpires {
			i.Expires = old.Expires
		}
		if added {
			i.Created, i.Revision = t.now, 0
		} else {
			i.Created, i.CreatedBy, i.Revision = old.Created, old.CreatedBy, old.Revision+1
		}
		if i.Data == nil {
			i.Data = old.Data
		}
		return t.collections().saveItem(&c, &i, old, added)
	})
	if err != nil {
		return Item{}, false, err
	}
	return i, added, nil
}

// PushItem appends an Item of i's Data and Expires to a List.
func (s Collections) PushItem(list string, i Item) (Item, error) {
	err := s.db.update(doing{what: "push item to list", key: list}, func(t *tx) error {
		c, err := t.collections().find(s.service, SyncList, list)
		if err != nil {
			return err
		}
		i.Index, i.Created, i.Revision = c.Next, t.now, 0
		c.Next++
		return t.collections().saveItem(&c, &i, Item{}, true)
	})
	if err != nil {
		return Item{}, err
	}
	return i, nil
}

// Items lists the Items of a Map by key, or of a List by index. Those that are
// gone are among them, as Removed, when removed is set.
func (s Collections) Items(kind CollectionKind, collection string, removed bool) (list []Item, err error) {
	err = s.db.view(doing{what: "list items of", kind: kind, key: collection}, func(t *tx) error {
		c, err := t.collections().find(s.service, kind, collection)
		if err != nil {
			return err
		}
		all, err := under[Item](t, bItems, c.SID)
		if err != nil {
			return err
		}
		for _, i := range all {
			if i.Removed = i.gone(t.now); removed || !i.Removed {
				list = append(list, i)
			}
		}
		return nil
	})
	return list, err
}

// RemoveItem removes the Item of i's Key, or of i's Index in a List, and returns
// it as it was, with the number of its removal. See PutItem for ifMatch.
func (s Collections) RemoveItem(kind CollectionKind, collection string, i Item, ifMatch string) (Item, error) {
	err := s.db.update(doing{what: "remove item of", kind: kind, key: collection}, func(t *tx) error {
		c, err := t.collections().find(s.service, kind, collection)
		if err != nil {
			return err
		}
		if i, err = get[Item](t, bItems, itemKey(c, i)); err != nil {
			return err
		}
		if i.gone(t.now) {
			return ErrNotFound
		}
		if ifMatch != "" && ifMatch != i.ETag() {
			return ErrRevision
		}
		return t.collections().removeItem(c, &i)
	})
	if err != nil {
		return Item{}, err
	}
	return i, nil
}

func (t collectionsTx) saveItem(c *Collection, i *Item, old Item, added bool) error {
	i.CollectionSID, i.Updated, i.Removed = c.SID, t.now, false
	if i.Data == nil {
		i.Data = json.RawMessage("{}")
	}
	if i.CreatedBy == "" {
		i.CreatedBy = "system"
	}
	key := itemKey(*c, *i)
	if !old.Expires.IsZero() {
		if err := t.unschedule(old.Expires, itemDue+key); err != nil {
			return err
		}
	}
	if !i.Expires.IsZero() {
		if err := t.schedule(i.Expires, itemDue+key); err != nil {
			return err
		}
	}
	if err := t.stampTo(&i.Event); err != nil {
		return err
	}
	c.Event, c.Updated = i.Event, t.now
	if added {
		t.emit(&ItemAdded{Collection: *c, Item: *i})
	} else {
		t.emit(&ItemUpdated{Collection: *c, Item: *i})
	}
	return errors.Join(t.put(bItems, key, *i), t.put(bCollections, c.SID, *c))
}

// removeItem leaves a record without Data behind.
func (t collectionsTx) removeItem(c Collection, i *Item) error {
	key := itemKey(c, *i)
	if !i.Expires.IsZero() {
		if err := t.unschedule(i.Expires, itemDue+key); err != nil {
			return err
		}
	}
	i.Updated, i.Expires, i.Removed = t.now, time.Time{}, true
	if err := t.stampTo(&i.Event); err != nil {
		return err
	}
	c.Event, c.Updated = i.Event, t.now
	t.emit(&ItemRemoved{Collection: c, Item: *i})
	left := *i
	left.Data = nil
	return errors.Join(t.put(bItems, key, left), t.put(bCollections, c.SID, c))
}

// expireItem removes the Item of a key of bItems if its time has come.
func (t collectionsTx) expireItem(key string) error {
	i, err := get[Item](t.tx, bItems, key)
	if err != nil || i.Removed || !i.gone(t.now) {
		return err
	}
	c, err := get[Collection](t.tx, bCollections, i.CollectionSID)
	if err != nil {
		return err
	}
	return t.removeItem(c, &i)
}

func itemKey(c Collection, i Item) string {
	if c.Kind == SyncList {
		return string(numbered(c.SID, uint64(i.Index)))
	}
	return c.SID + i.Key
}

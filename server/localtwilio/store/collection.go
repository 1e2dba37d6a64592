package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// CollectionKind is what a collection of Sync is, or a Stream, which is one that keeps
// nothing: the prefix of its SID.
type CollectionKind string

// The kinds of collections.
const (
	SyncMap    CollectionKind = "MP"
	SyncList   CollectionKind = "ES"
	SyncStream CollectionKind = "TO"
)

// Collection is a Sync Map, List or Stream.
type Collection struct {
	SID        string // MP…, ES… or TO…
	Service    string `json:",omitempty"` // IS…; empty in the account's own
	Kind       CollectionKind
	UniqueName string    // empty where its maker named none; each kind has names of its own
	Revision   int       // of the collection itself, from 0
	Next       int       // index of the next Item of a List
	Event      int       // number of the newest change, Items included; see Store.LastEvent
	Expires    time.Time // zero for never
	CreatedBy  string
	Context    json.RawMessage `json:",omitempty"` // of a List: what its maker said of it
	Created    time.Time
	Updated    time.Time
}

func (c Collection) expired(now time.Time) bool { return !c.Expires.IsZero() && !now.Before(c.Expires) }

// ETag is the collection's revision as Sync shows it.
func (c Collection) ETag() string { return strconv.Itoa(c.Revision) }

// Collections are the Maps, Lists and Streams of one Sync Service, and their Items: of the
// account's own, unless In says otherwise.
type Collections struct {
	db      *db
	all     SyncServices
	service string // as Collection.Service
}

// In returns the Collections of a Sync Service.
func (s Collections) In(service string) Collections {
	s.service = s.all.within(service)
	return s
}

// Create makes a Map or List of c's Kind, UniqueName and Expires. It
// returns ErrNameTaken.
func (s Collections) Create(c Collection) (Collection, error) {
	err := s.db.update(doing{what: "create", kind: c.Kind, key: c.UniqueName}, func(t *tx) error {
		c.Service = s.service
		old, err := t.collections().find(c.Service, c.Kind, c.UniqueName)
		if err == nil && c.UniqueName != "" {
			return ErrNameTaken
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if old.SID != "" { // past its time, though not swept yet
			if err := t.collections().remove(old); err != nil {
				return err
			}
		}
		c.SID, c.Revision, c.Next, c.Created, c.Updated = NewSID(string(c.Kind)), 0, 0, t.now, t.now
		if c.CreatedBy == "" {
			c.CreatedBy = "system"
		}
		if c.UniqueName != "" {
			if err := t.bucket(bCollectionNames).Put([]byte(string(c.Kind)+scoped(c.Service, c.UniqueName)), []byte(c.SID)); err != nil {
				return err
			}
		}
		return errors.Join(t.link(bCollectionOrder, string(c.Kind), c.SID), t.stampTo(&c.Event), t.collections().save(&c))
	})
	if err != nil {
		return Collection{}, err
	}
	return c, nil
}

// Get finds a Map or List by SID or unique name. An expired one is not
// found.
func (s Collections) Get(kind CollectionKind, key string) (c Collection, err error) {
	err = s.db.view(doing{what: "find", kind: kind, key: key}, func(t *tx) error {
		c, err = t.collections().find(s.service, kind, key)
		return err
	})
	return c, err
}

// List lists all Maps or Lists in the order they were made.
func (s Collections) List(kind CollectionKind) (list []Collection, err error) {
	err = s.db.view(doing{what: "list", kind: kind}, func(t *tx) error {
		all, err := linked[Collection](t, bCollectionOrder, string(kind), bCollections)
		for _, c := range all {
			if c.Service == s.service && !c.expired(t.now) {
				list = append(list, c)
			}
		}
		return err
	})
	return list, err
}

// Expire sets when a Map or List ends; the zero time is never.
func (s Collections) Expire(kind CollectionKind, key string, expires time.Time) (c Collection, err error) {
	err = s.db.update(doing{what: "set the end of", kind: kind, key: key}, func(t *tx) error {
		if c, err = t.collections().find(s.service, kind, key); err != nil {
			return err
		}
		if !c.Expires.IsZero() {
			if err := t.unschedule(c.Expires, c.SID); err != nil {
				return err
			}
		}
		c.Expires, c.Updated = expires, t.now
		return t.collections().save(&c)
	})
	return c, err
}

// Delete removes a Map or List and its Items.
func (s Collections) Delete(kind CollectionKind, key string) error {
	return s.db.update(doing{what: "delete", kind: kind, key: key}, func(t *tx) error {
		c, err := t.collections().find(s.service, kind, key)
		if err != nil {
			return err
		}
		return t.collections().remove(c)
	})
}

// StreamMessage is what was published to a Stream: it is told and not kept.
type StreamMessage struct {
	SID       string // TZ…
	StreamSID string // TO…
	Data      json.RawMessage
	// By says who published it, by a name that only the publisher needs to know; empty
	// for REST.
	By    string
	Event int
}

// Publish tells those who follow a Stream of a message of m's Data and By.
func (s Collections) Publish(stream string, m StreamMessage) (StreamMessage, error) {
	err := s.db.update(doing{what: "publish to", kind: SyncStream, key: stream}, func(t *tx) error {
		c, err := t.collections().find(s.service, SyncStream, stream)
		if err != nil {
			return err
		}
		m.SID, m.StreamSID = NewSID("TZ"), c.SID
		if m.Data == nil {
			m.Data = json.RawMessage("{}")
		}
		if err := t.stampTo(&m.Event); err != nil {
			return err
		}
		c.Event = m.Event
		t.emit(&StreamMessagePublished{Collection: c, Message: m})
		return t.put(bCollections, c.SID, c)
	})
	if err != nil {
		return StreamMessage{}, err
	}
	return m, nil
}

// collectionsTx is what a transaction does with Maps, Lists, Streams and Items.
type collectionsTx struct{ *tx }

func (t *tx) collections() collectionsTx { return collectionsTx{t} }

// find returns, beside ErrNotFound, one that has expired: its name is in the way
// of a new one.
func (t collectionsTx) find(service string, kind CollectionKind, key string) (Collection, error) {
	if sid := t.lookup(bCollectionNames, string(kind)+scoped(service, key)); sid != "" && key != "" {
		key = sid
	}
	c, err := get[Collection](t.tx, bCollections, key)
	if err != nil {
		return Collection{}, err
	}
	if c.Kind != kind || c.Service != service {
		return Collection{}, ErrNotFound
	}
	if c.expired(t.now) {
		return c, ErrNotFound
	}
	return c, nil
}

func (t collectionsTx) save(c *Collection) error {
	if !c.Expires.IsZero() {
		if err := t.schedule(c.Expires, c.SID); err != nil {
			return err
		}
	}
	return t.put(bCollections, c.SID, *c)
}

func (t collectionsTx) remove(c Collection) error {
	err := errors.Join(t.unlink(bCollectionOrder, string(c.Kind), c.SID), t.bucket(bCollections).Delete([]byte(c.SID)), t.deleteUnder(bPermissions, c.SID), t.stampTo(&c.Event))
	if c.UniqueName != "" {
		err = errors.Join(err, t.bucket(bCollectionNames).Delete([]byte(string(c.Kind)+scoped(c.Service, c.UniqueName))))
	}
	if !c.Expires.IsZero() {
		err = errors.Join(err, t.unschedule(c.Expires, c.SID))
	}
	cursor := t.bucket(bItems).Cursor()
	for k, raw := cursor.Seek([]byte(c.SID)); err == nil && k != nil && bytes.HasPrefix(k, []byte(c.SID)); k, raw = cursor.Seek([]byte(c.SID)) {
		var i Item
		if err = decode(bItems, string(k), raw, &i); err == nil && !i.Expires.IsZero() {
			err = t.unschedule(i.Expires, itemDue+string(k))
		}
		err = errors.Join(err, cursor.Delete())
	}
	t.emit(&CollectionRemoved{Collection: c})
	return err
}

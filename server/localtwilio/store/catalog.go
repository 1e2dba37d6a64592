package store

import (
	"fmt"
	"strings"
	"time"
)

// Resource is what Activities, TaskChannels, TaskQueues and Workflows have in
// common.
type Resource struct {
	SID          string
	FriendlyName string // unique among its kind, in any case of letters
	Created      time.Time
	Updated      time.Time
}

func (r *Resource) resource() *Resource { return r }

// isResource is a pointer to a kind of Resource.
type isResource[T any] interface {
	*T
	resource() *Resource
}

// Catalog is what a Workspace has of one kind of Resource, in the order in which
// they were made. There are few, so all are read to find one.
type Catalog[T any, P isResource[T]] struct {
	db     *db
	prefix string // of SIDs
	noun   string
	rules  rules[T]
}

// rules are what one kind of Resource asks for beside what all do; each may be nil.
type rules[T any] struct {
	// name is unique beside the friendly name.
	name func(T) string
	// updated follows a change of a Resource, removed allows its end.
	updated func(t *tx, old, now T) error
	removed func(t *tx, v T) error
}

// Create makes a Resource of v. It returns ErrNameTaken.
func (c Catalog[T, P]) Create(v T) (T, error) {
	r := P(&v).resource()
	err := c.db.update(doing{what: "create " + c.noun, key: r.FriendlyName}, func(t *tx) error {
		r.SID, r.Created, r.Updated = NewSID(c.prefix), t.now, t.now
		if err := c.free(t, v); err != nil {
			return err
		}
		t.emit(&RoutingChanged{})
		return c.append(t, v)
	})
	return v, err
}

// Get finds a Resource by SID.
func (c Catalog[T, P]) Get(sid string) (v T, err error) {
	err = c.db.view(doing{what: "find " + c.noun, key: sid}, func(t *tx) error {
		v, _, err = c.find(t, sid)
		return err
	})
	return v, err
}

// List lists all in the order they were made.
func (c Catalog[T, P]) List() (list []T, err error) {
	err = c.db.view(doing{what: "list " + c.noun + "s"}, func(t *tx) error {
		list, err = c.all(t)
		return err
	})
	return list, err
}

// Update changes a Resource by f, which may not change its SID. It returns
// ErrNameTaken.
func (c Catalog[T, P]) Update(sid string, f func(P) error) (v T, err error) {
	err = c.db.update(doing{what: "update " + c.noun, key: sid}, func(t *tx) error {
		old, key, err := c.find(t, sid)
		if err != nil {
			return err
		}
		v = old
		if err := f(&v); err != nil {
			return err
		}
		r, was := P(&v).resource(), P(&old).resource()
		r.SID, r.Created, r.Updated = was.SID, was.Created, t.now
		if err := c.free(t, v); err != nil {
			return err
		}
		if c.rules.updated != nil {
			if err := c.rules.updated(t, old, v); err != nil {
				return err
			}
		}
		t.emit(&RoutingChanged{})
		return t.put(bRouting, key, v)
	})
	return v, err
}

// Delete removes a Resource. It returns ErrReferenced for one that others name.
func (c Catalog[T, P]) Delete(sid string) error {
	return c.db.update(doing{what: "delete " + c.noun, key: sid}, func(t *tx) error {
		v, key, err := c.find(t, sid)
		if err != nil {
			return err
		}
		if c.rules.removed != nil {
			if err := c.rules.removed(t, v); err != nil {
				return err
			}
		}
		t.emit(&RoutingChanged{})
		return t.bucket(bRouting).Delete([]byte(key))
	})
}

func (c Catalog[T, P]) all(t *tx) ([]T, error) { return under[T](t, bRouting, c.prefix) }

// append puts v, which has its SID, behind the others of its kind.
func (c Catalog[T, P]) append(t *tx, v T) error {
	n, err := t.bucket(bRouting).NextSequence()
	if err != nil {
		return err
	}
	return t.put(bRouting, string(numbered(c.prefix, n)), v)
}

// find returns the Resource of a SID and where it is kept.
func (c Catalog[T, P]) find(t *tx, sid string) (v T, key string, err error) {
	cursor := t.bucket(bRouting).Cursor()
	for k, _ := cursor.Seek([]byte(c.prefix)); k != nil && strings.HasPrefix(string(k), c.prefix); k, _ = cursor.Next() {
		v, err := get[T](t, bRouting, string(k))
		if err != nil {
			return v, "", err
		}
		if P(&v).resource().SID == sid {
			return v, string(k), nil
		}
	}
	return v, "", ErrNotFound
}

// free returns ErrNameTaken when another Resource has a name of v's.
func (c Catalog[T, P]) free(t *tx, v T) error {
	all, err := c.all(t)
	if err != nil {
		return err
	}
	r := P(&v).resource()
	for _, o := range all {
		other := P(&o).resource()
		if other.SID == r.SID {
			continue
		}
		if strings.EqualFold(other.FriendlyName, r.FriendlyName) {
			return fmt.Errorf("%w: %s named %s already exists", ErrNameTaken, c.noun, r.FriendlyName)
		}
		if c.rules.name != nil && c.rules.name(o) == c.rules.name(v) {
			return fmt.Errorf("%w: %s named %s already exists", ErrNameTaken, c.noun, c.rules.name(v))
		}
	}
	return nil
}

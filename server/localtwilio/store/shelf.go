package store

import "time"

// Record is what everything on a Shelf has.
type Record struct {
	SID     string
	Created time.Time
	Updated time.Time
}

func (r *Record) record() *Record { return r }

// recorded is a pointer to a thing with a Record.
type recorded[T any] interface {
	*T
	record() *Record
}

// Shelf keeps things of one kind that are found by SID alone and of which
// nobody is told: what an account is configured with, and what follows others.
type Shelf[T any, P recorded[T]] struct {
	db     *db
	what   string // the kind, in errors
	prefix string // of SIDs
	bucket string // by SID
	order  string // number -> SID
	saved  func(*tx, T) error
}

// Create keeps v, under a SID of its own unless it has one: then ErrNameTaken
// where that is in use.
func (s Shelf[T, P]) Create(v T) (T, error) {
	err := s.db.update(doing{what: "create " + s.what}, func(t *tx) error {
		r := P(&v).record()
		if r.SID == "" {
			r.SID = NewSID(s.prefix)
		}
		if t.bucket(s.bucket).Get([]byte(r.SID)) != nil {
			return ErrNameTaken
		}
		r.Created, r.Updated = t.now, t.now
		if err := t.link(s.order, "", r.SID); err != nil {
			return err
		}
		return s.save(t, r.SID, v)
	})
	return v, err
}

// Get finds the thing of a SID.
func (s Shelf[T, P]) Get(sid string) (v T, err error) {
	err = s.db.view(doing{what: "find " + s.what, key: sid}, func(t *tx) error {
		v, err = get[T](t, s.bucket, sid)
		return err
	})
	return v, err
}

// List lists all things in the order they were made.
func (s Shelf[T, P]) List() (list []T, err error) {
	err = s.db.view(doing{what: "list " + s.what}, func(t *tx) error {
		list, err = linked[T](t, s.order, "", s.bucket)
		return err
	})
	return list, err
}

// Update changes the thing of a SID by f, which may not change its Record.
func (s Shelf[T, P]) Update(sid string, f func(*T) error) (v T, err error) {
	err = s.db.update(doing{what: "update " + s.what, key: sid}, func(t *tx) error {
		if v, err = get[T](t, s.bucket, sid); err != nil {
			return err
		}
		r := P(&v).record()
		old := *r
		if err := f(&v); err != nil {
			return err
		}
		r.SID, r.Created, r.Updated = old.SID, old.Created, t.now
		return s.save(t, sid, v)
	})
	return v, err
}

// Delete removes the thing of a SID.
func (s Shelf[T, P]) Delete(sid string) error {
	return s.db.update(doing{what: "delete " + s.what, key: sid}, func(t *tx) error { return s.remove(t, sid) })
}

func (s Shelf[T, P]) remove(t *tx, sid string) error {
	if _, err := get[T](t, s.bucket, sid); err != nil {
		return err
	}
	if err := t.unlink(s.order, "", sid); err != nil {
		return err
	}
	return t.bucket(s.bucket).Delete([]byte(sid))
}

func (s Shelf[T, P]) save(t *tx, sid string, v T) error {
	if s.saved != nil {
		if err := s.saved(t, v); err != nil {
			return err
		}
	}
	return t.put(s.bucket, sid, v)
}

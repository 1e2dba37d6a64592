package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// tx is one transaction: bbolt's, its time, and the events that its commit
// will publish. What a family of things does in one is a method of a type of its
// own, over a tx: roomsTx, documentsTx and so on.
type tx struct {
	*bolt.Tx
	now    time.Time
	origin Origin // of changes of Conversations
	events []Event
}

func (t *tx) bucket(name string) *bolt.Bucket { return t.Bucket([]byte(name)) }

// emit makes c an event of this transaction, if it is committed.
func (t *tx) emit(c Change) { t.events = append(t.events, Event{At: t.now, Change: c}) }

// get reads the thing of the given SID.
func get[T any](t *tx, bucket, sid string) (T, error) {
	var v T
	if sid == "" { // bbolt has no empty keys
		return v, ErrNotFound
	}
	raw := t.bucket(bucket).Get([]byte(sid))
	if raw == nil {
		return v, ErrNotFound
	}
	err := decode(bucket, sid, raw, &v)
	return v, err
}

// undecodable is the error of an entry that is not what it should be.
type undecodable struct {
	bucket, key string
	err         error
}

func (e *undecodable) Error() string { return fmt.Sprintf("decode %s %s: %v", e.bucket, e.key, e.err) }

func (e *undecodable) Unwrap() error { return e.err }

// decode reads into v what a bucket has under a key; its errors are undecodable.
func decode(bucket, key string, raw []byte, v any) error {
	if err := json.Unmarshal(raw, v); err != nil {
		return &undecodable{bucket, key, err}
	}
	return nil
}

func (t *tx) put(bucket, sid string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s %s: %w", bucket, sid, err)
	}
	return t.bucket(bucket).Put([]byte(sid), raw)
}

// stampTo gives a change to what Sync or Conversations show its number: it
// rises over all things, so that whoever was away can ask what is newer.
func (t *tx) stampTo(event *int) error {
	n, err := t.bucket(bMeta).NextSequence()
	*event = int(n)
	return err
}

// lookup reads an index of names.
func (t *tx) lookup(bucket, name string) string {
	if name == "" {
		return ""
	}
	return string(t.bucket(bucket).Get([]byte(name)))
}

// lookupIn is lookup of a name in a Sync Service.
func (t *tx) lookupIn(bucket, service, name string) string {
	if name == "" {
		return ""
	}
	return t.lookup(bucket, scoped(service, name))
}

// link appends sid to the index's list under prefix.
func (t *tx) link(bucket, prefix, sid string) error {
	b := t.bucket(bucket)
	n, err := b.NextSequence()
	if err != nil {
		return err
	}
	return b.Put(numbered(prefix, n), []byte(sid))
}

// linked reads the things listed under prefix, in the order they were linked.
// A SID whose thing is gone is passed over.
func linked[T any](t *tx, index, prefix, bucket string) ([]T, error) {
	var all []T
	c := t.bucket(index).Cursor()
	p := []byte(prefix)
	for k, sid := c.Seek(p); k != nil && bytes.HasPrefix(k, p); k, sid = c.Next() {
		v, err := get[T](t, bucket, string(sid))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// under reads the things of a bucket whose keys begin with prefix, in their order.
func under[T any](t *tx, bucket, prefix string) ([]T, error) {
	var all []T
	c := t.bucket(bucket).Cursor()
	p := []byte(prefix)
	for k, raw := c.Seek(p); k != nil && bytes.HasPrefix(k, p); k, raw = c.Next() {
		var v T
		if err := decode(bucket, string(k), raw, &v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// deleteUnder empties a bucket, or an index, of the keys that begin with prefix.
func (t *tx) deleteUnder(bucket, prefix string) error {
	c := t.bucket(bucket).Cursor()
	p := []byte(prefix)
	for k, _ := c.Seek(p); k != nil && bytes.HasPrefix(k, p); k, _ = c.Seek(p) {
		if err := c.Delete(); err != nil {
			return err
		}
	}
	return nil
}

// unlink takes sid off the index's list under prefix.
func (t *tx) unlink(bucket, prefix, sid string) error {
	c := t.bucket(bucket).Cursor()
	p := []byte(prefix)
	for k, v := c.Seek(p); k != nil && bytes.HasPrefix(k, p); k, v = c.Next() {
		if string(v) == sid {
			return c.Delete()
		}
	}
	return nil
}

// numbered is a key that sorts by n under prefix.
func numbered(prefix string, n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(prefix), n)
}

package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// The buckets. Things are kept as JSON under their SID; the others are indexes,
// written in the same transaction as what they point at.
const (
	bMeta = "meta"

	bRooms            = "rooms"
	bRoomNames        = "room_names" // unique name -> SID, in-progress Rooms only
	bRoomOrder        = "room_order" // number -> SID, as created
	bParticipants     = "participants"
	bRoomParticipants = "room_participants" // Room SID + number -> SID
	bRoomConnected    = "room_connected"    // Room SID + Participant SID, those not disconnected
	bTracks           = "tracks"
	bParticipantTrack = "participant_tracks" // Participant SID + number -> SID

	bRecordings     = "recordings"
	bRecordingOrder = "recording_order" // number -> SID, as started

	bCompositions     = "compositions"
	bCompositionOrder = "composition_order"

	bDocuments     = "documents"
	bDocumentNames = "document_names"
	bDocumentOrder = "document_order"
	bPermissions   = "permissions" // Document SID + identity

	bCollections     = "collections" // Sync Maps and Lists
	bCollectionNames = "collection_names"
	bCollectionOrder = "collection_order"
	bItems           = "items" // Collection SID + key

	bWorkers            = "workers"
	bWorkerOrder        = "worker_order"
	bTasks              = "tasks"
	bTaskOrder          = "task_order"
	bReservations       = "reservations"
	bTaskReservations   = "task_reservations"
	bWorkerReservations = "worker_reservations"

	bConversations     = "conversations"
	bConversationNames = "conversation_names"
	bConversationOrder = "conversation_order"
	bMessages          = "messages"          // Conversation SID + index
	bChatParticipants  = "chat_participants" // Conversation SID + identity
	bChatSeats         = "chat_seats"        // identity + NUL + Conversation SID -> identity
	bChatUsers         = "chat_users"        // identity
	bChatUserSIDs      = "chat_user_sids"    // SID of the user or of one of their maps -> identity

	bFlexTokens = "flex_tokens" // SHA-256 of the token

	bDue = "due" // timetable: Unix nanoseconds + name -> name; see schedule
)

var buckets = []string{
	bMeta, bRooms, bRoomNames, bRoomOrder, bParticipants, bRoomParticipants, bRoomConnected, bTracks, bParticipantTrack,
	bRecordings, bRecordingOrder, bCompositions, bCompositionOrder,
	bDocuments, bDocumentNames, bDocumentOrder, bPermissions,
	bWorkers, bWorkerOrder, bTasks, bTaskOrder, bReservations, bTaskReservations, bWorkerReservations,
	bConversations, bConversationNames, bConversationOrder, bMessages, bFlexTokens, bDue,
	bChatParticipants, bChatSeats, bChatUsers, bChatUserSIDs, bCollections, bCollectionNames, bCollectionOrder, bItems,
}

// tx is one transaction: bbolt's, its time, and the events that its commit
// will publish.
type tx struct {
	*bolt.Tx
	s      *Store
	now    time.Time
	events []Event
}

// update runs f in a transaction of its own and publishes its events once it is
// committed. The store's lock makes the order of events that of the commits.
func (s *Store) update(doing string, f func(*tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return fmt.Errorf("%s: %w", doing, ErrClosed)
	}
	t := &tx{s: s, now: s.Now()}
	err := s.db.Update(func(b *bolt.Tx) error {
		t.Tx = b
		return f(t)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, closedError(err))
	}
	for i := range t.events {
		s.seq++
		t.events[i].Seq = s.seq
	}
	if len(t.events) > 0 {
		for w := range s.watches {
			w.push(t.events)
		}
	}
	return nil
}

// view runs f in a read-only transaction; any number run at the same time.
func (s *Store) view(doing string, f func(*tx) error) error {
	t := &tx{s: s, now: s.Now()}
	err := s.db.View(func(b *bolt.Tx) error {
		t.Tx = b
		return f(t)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, closedError(err))
	}
	return nil
}

func closedError(err error) error {
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
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
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("decode %s %s: %w", bucket, sid, err)
	}
	return v, nil
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

// LastEvent is the number of the newest change to what Sync and Conversations
// show. Numbers rise over all things and over restarts.
func (s *Store) LastEvent() (n int, err error) {
	err = s.view("read the number of the newest change", func(t *tx) error {
		n = int(t.bucket(bMeta).Sequence())
		return nil
	})
	return n, err
}

// lookup reads an index of names.
func (t *tx) lookup(bucket, name string) string {
	if name == "" {
		return ""
	}
	return string(t.bucket(bucket).Get([]byte(name)))
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
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, fmt.Errorf("decode %s %s: %w", bucket, k, err)
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

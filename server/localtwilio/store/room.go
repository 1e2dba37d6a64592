package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Statuses of a Room.
const (
	RoomInProgress = "in-progress"
	RoomCompleted  = "completed"
)

// What a Room gets where its maker left the field zero: the defaults of
// Twilio's Rooms resource.
const (
	DefaultRoomType               = TypeGroup
	DefaultEmptyRoomTimeout       = 5     // minutes
	DefaultUnusedRoomTimeout      = 5     // minutes
	DefaultMaxParticipantDuration = 14400 // seconds
)

// Room is a video Room.
type Room struct {
	SID                         string // RM…
	UniqueName                  string // the SID where its maker named none
	Type                        string // group, group-small, peer-to-peer, go
	Status                      string // in-progress, completed
	MaxParticipants             int
	EmptyRoomTimeout            int // minutes from the last Participant's leaving to the Room's end
	UnusedRoomTimeout           int // minutes a Room waits for its first Participant
	MaxParticipantDuration      int // seconds a Participant may stay
	RecordParticipantsOnConnect bool
	AudioOnly                   bool
	LargeRoom                   bool
	RecordingRules              json.RawMessage `json:",omitempty"` // a JSON array; none until set
	VideoCodecs                 []string
	MediaRegion                 string
	StatusCallback              string // URL; empty for none
	StatusCallbackMethod        string // POST, GET
	AdHoc                       bool   // made by a Participant's connecting, not over REST
	Created, Updated            time.Time
	Ended                       time.Time // zero while in progress
	// Used is set once a Participant has connected.
	Used bool
	// LastActive is when the Room was made or last had a Participant leave.
	LastActive time.Time
	// Callbacks counts the Room's numbered events: the next SequenceNumber.
	Callbacks int
}

// RoomFilter narrows Rooms; zero fields do not.
type RoomFilter struct {
	Status                      string
	UniqueName                  string
	CreatedAfter, CreatedBefore time.Time // inclusive
}

func (f RoomFilter) match(r Room) bool {
	return (f.Status == "" || r.Status == f.Status) &&
		(f.UniqueName == "" || r.UniqueName == f.UniqueName) &&
		(f.CreatedAfter.IsZero() || !r.Created.Before(f.CreatedAfter)) &&
		(f.CreatedBefore.IsZero() || !r.Created.After(f.CreatedBefore))
}

// Room finds a Room by SID or, while it is in progress, by unique name.
func (s *Store) Room(key string) (r Room, err error) {
	err = s.view(fmt.Sprintf("find room %q", key), func(t *tx) error {
		r, err = t.room(key)
		return err
	})
	return r, err
}

// Rooms lists the Rooms that f lets through, newest first.
func (s *Store) Rooms(f RoomFilter) ([]Room, error) {
	var rooms []Room
	err := s.view("list rooms", func(t *tx) error {
		all, err := linked[Room](t, bRoomOrder, "", bRooms)
		for i := len(all) - 1; i >= 0; i-- {
			if f.match(all[i]) {
				rooms = append(rooms, all[i])
			}
		}
		return err
	})
	return rooms, err
}

// CreateRoom makes a Room in progress. It sets SID, Status and the times, and
// the defaults of zero fields; an unnamed Room's name is its SID. What is
// recorded of a peer-to-peer Room is nothing. It answers ErrNameTaken when a Room
// in progress has the name.
func (s *Store) CreateRoom(r Room) (Room, error) {
	err := s.update(fmt.Sprintf("create room %q", r.UniqueName), func(t *tx) error {
		if t.lookup(bRoomNames, r.UniqueName) != "" {
			return ErrNameTaken
		}
		r.SID, r.Status = NewSID("RM"), RoomInProgress
		r.Created, r.Updated, r.LastActive, r.Ended = t.now, t.now, t.now, time.Time{}
		r.Used, r.Callbacks = false, 0
		if r.UniqueName == "" {
			r.UniqueName = r.SID
		}
		if r.Type == "" {
			r.Type = DefaultRoomType
		}
		r.withoutServer()
		if r.StatusCallbackMethod == "" {
			r.StatusCallbackMethod = "POST"
		}
		defaultInt(&r.MaxParticipants, r.ParticipantsLimit())
		defaultInt(&r.EmptyRoomTimeout, DefaultEmptyRoomTimeout)
		defaultInt(&r.UnusedRoomTimeout, DefaultUnusedRoomTimeout)
		defaultInt(&r.MaxParticipantDuration, DefaultMaxParticipantDuration)
		if err := t.bucket(bRoomNames).Put([]byte(r.UniqueName), []byte(r.SID)); err != nil {
			return err
		}
		if err := t.schedule(r.idleEnds(), r.SID); err != nil {
			return err
		}
		if err := t.link(bRoomOrder, "", r.SID); err != nil {
			return err
		}
		return t.announce(&r, &RoomCreated{})
	})
	if err != nil {
		return Room{}, err
	}
	return r, nil
}

// CompleteRoom ends a Room: its Participants are disconnected and its name is
// free again. It answers the Room with ErrRoomCompleted when it had ended.
func (s *Store) CompleteRoom(sid string) (r Room, err error) {
	err = s.update(fmt.Sprintf("complete room %q", sid), func(t *tx) error {
		if r, err = t.room(sid); err != nil {
			return err
		}
		return t.completeRoom(&r)
	})
	return r, err
}

// UpdateRoom changes a Room by f, which may not change SID, name or status. A
// change of what is recorded is told as RecordingRulesChanged.
func (s *Store) UpdateRoom(sid string, f func(*Room) error) (r Room, err error) {
	err = s.update(fmt.Sprintf("update room %q", sid), func(t *tx) error {
		if r, err = t.room(sid); err != nil {
			return err
		}
		old := r
		if err := f(&r); err != nil {
			return err
		}
		r.withoutServer()
		r.SID, r.UniqueName, r.Status, r.Callbacks, r.Updated = old.SID, old.UniqueName, old.Status, old.Callbacks, t.now
		if r.RecordParticipantsOnConnect != old.RecordParticipantsOnConnect || !bytes.Equal(r.RecordingRules, old.RecordingRules) {
			t.emit(&RecordingRulesChanged{Room: r})
		}
		// A timeout may have changed.
		if err := t.schedule(r.idleEnds(), r.SID); err != nil {
			return err
		}
		return t.put(bRooms, r.SID, r)
	})
	return r, err
}

func (t *tx) room(key string) (Room, error) {
	if sid := t.lookup(bRoomNames, key); sid != "" {
		key = sid
	}
	return get[Room](t, bRooms, key)
}

// Rules are the Room's RecordingRules; where none were set, what its option of the same
// purpose says.
func (r Room) Rules() json.RawMessage {
	switch {
	case len(DecodeRules(r.RecordingRules)) > 0:
		return r.RecordingRules
	case r.RecordParticipantsOnConnect:
		return IncludeAll
	}
	return ExcludeAll
}

// announce numbers c in r, emits it and saves r.
func (t *tx) announce(r *Room, c Announced) error {
	details := c.Details()
	details.Sequence = r.Callbacks
	r.Callbacks++
	details.Room = *r
	t.emit(c)
	return t.put(bRooms, r.SID, *r)
}

func (t *tx) completeRoom(r *Room) error {
	if r.Status == RoomCompleted {
		return ErrRoomCompleted
	}
	present, err := t.connected(r.SID)
	if err != nil {
		return err
	}
	for _, p := range present {
		if _, err := t.disconnect(r, p); err != nil {
			return err
		}
	}
	r.Status, r.Ended, r.Updated = RoomCompleted, t.now, t.now
	if err := t.bucket(bRoomNames).Delete([]byte(r.UniqueName)); err != nil {
		return err
	}
	if err := t.schedule(r.forgotten(), r.SID); err != nil {
		return err
	}
	return t.announce(r, &RoomEnded{})
}

func defaultInt(v *int, d int) {
	if *v == 0 {
		*v = d
	}
}

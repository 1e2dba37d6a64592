package store

import (
	"bytes"
	"encoding/json"
	"time"
)

// Why a Room ended, as Video Insights has it.
const (
	EndedViaAPI    = "room_ended_via_api"
	EndedByTimeout = "timeout"
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
	RoomLife
}

// RoomLife is how a Room has fared so far; the Store sets it, not the Room's
// maker.
type RoomLife struct {
	Created, Updated time.Time
	Ended            time.Time // zero while in progress
	// Used is set once a Participant has connected.
	Used bool
	// LastActive is when the Room was made or last had a Participant leave.
	LastActive time.Time
	// EndReason is why it ended: EndedViaAPI or EndedByTimeout.
	EndReason string
	// Callbacks counts the Room's announcements: the next SequenceNumber.
	Callbacks int
	// HooksFailed are the SIDs of the CompositionHooks that could make nothing of it; see
	// CompositionHooks.Failed.
	HooksFailed []string `json:",omitempty"`
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

// Rooms are the video Rooms.
type Rooms struct{ db *db }

// Get finds a Room by SID or, while it is in progress, by unique name.
func (s Rooms) Get(key string) (r Room, err error) {
	err = s.db.view(doing{what: "find room", key: key}, func(t *tx) error {
		r, err = t.rooms().find(key)
		return err
	})
	return r, err
}

// List lists the Rooms that f lets through, newest first.
func (s Rooms) List(f RoomFilter) ([]Room, error) {
	var rooms []Room
	err := s.db.view(doing{what: "list rooms"}, func(t *tx) error {
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

// Create makes a Room in progress. It sets SID, Status and the times, and
// the defaults of zero fields; an unnamed Room's name is its SID. What is
// recorded of a peer-to-peer Room is nothing. It returns ErrNameTaken when a Room
// in progress has the name.
func (s Rooms) Create(r Room) (Room, error) {
	err := s.db.update(doing{what: "create room", key: r.UniqueName}, func(t *tx) error {
		if t.lookup(bRoomNames, r.UniqueName) != "" {
			return ErrNameTaken
		}
		r.SID, r.Status = NewSID("RM"), RoomInProgress
		r.RoomLife = RoomLife{Created: t.now, Updated: t.now, LastActive: t.now}
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
		return t.rooms().announce(&r, &RoomCreated{})
	})
	if err != nil {
		return Room{}, err
	}
	return r, nil
}

// Complete ends a Room: its Participants are disconnected and its name is
// free again. It returns the Room with ErrRoomCompleted when it had ended.
func (s Rooms) Complete(sid string) (r Room, err error) {
	err = s.db.update(doing{what: "complete room", key: sid}, func(t *tx) error {
		if r, err = t.rooms().find(sid); err != nil {
			return err
		}
		return t.rooms().complete(&r, EndedViaAPI)
	})
	return r, err
}

// Update changes a Room by f, which may not change SID, name or status. A
// change of what is recorded is told as RecordingRulesChanged.
func (s Rooms) Update(sid string, f func(*Room) error) (r Room, err error) {
	err = s.db.update(doing{what: "update room", key: sid}, func(t *tx) error {
		if r, err = t.rooms().find(sid); err != nil {
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

// roomsTx is what a transaction does with Rooms, and with the Participants and
// Tracks that belong to one: they change together.
type roomsTx struct{ *tx }

func (t *tx) rooms() roomsTx { return roomsTx{t} }

func (t roomsTx) find(key string) (Room, error) {
	if sid := t.lookup(bRoomNames, key); sid != "" {
		key = sid
	}
	return get[Room](t.tx, bRooms, key)
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
func (t roomsTx) announce(r *Room, c Announced) error {
	details := c.Details()
	details.Sequence = r.Callbacks
	r.Callbacks++
	details.Room = *r
	t.emit(c)
	return t.put(bRooms, r.SID, *r)
}

func (t roomsTx) complete(r *Room, why string) error {
	if r.Status == RoomCompleted {
		return ErrRoomCompleted
	}
	present, err := t.connected(r.SID)
	if err != nil {
		return err
	}
	for _, p := range present {
		if _, err := t.disconnect(r, p, Leaving{}); err != nil {
			return err
		}
	}
	r.Status, r.EndReason, r.Ended, r.Updated = RoomCompleted, why, t.now, t.now
	if err := t.transcribe(*r); err != nil {
		return err
	}
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

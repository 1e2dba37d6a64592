package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// expiredTokenKept is how long a Flex token is remembered after its time, so
// that its holder is told "expired" and not "unknown".
const expiredTokenKept = 24 * time.Hour

// flexTokenDue marks, in the timetable, the hash of a Flex token; everything
// else there is a SID, or an Item's key.
const flexTokenDue = "FT"

// Sweep carries out what time has brought: Documents, Maps, Lists and Items past
// their TTL, Flex tokens long expired and Media that no Message has (see
// MediaUnused) are removed, Participants past their Room's maximum duration
// disconnected, Rooms that nobody used or that stood empty too long completed,
// Conversations in which nobody wrote made inactive or closed, and Rooms and Tasks
// that ended long ago forgotten (see Kept). Call it about once a second: with
// nothing due it reads one key. After a write that did not reach the file it tries another.
func (s *Store) Sweep() error {
	if s.db.written() != nil {
		if err := s.db.update(doing{what: "write the data file again"}, func(*tx) error { return nil }); err != nil {
			return err
		}
	}
	due := false
	err := s.db.view(doing{what: "look for what is due"}, func(t *tx) error {
		k, _ := t.bucket(bDue).Cursor().First()
		due = k != nil && t.isDue(k)
		return nil
	})
	if err != nil || !due {
		return err
	}
	return s.db.update(doing{what: "sweep"}, func(t *tx) error {
		var keys, names []string
		c := t.bucket(bDue).Cursor()
		for k, name := c.First(); k != nil && t.isDue(k); k, name = c.Next() {
			keys, names = append(keys, string(k)), append(names, string(name))
		}
		for i, name := range names {
			if err := t.bucket(bDue).Delete([]byte(keys[i])); err != nil {
				return err
			}
			if err := t.carryOut(name); err != nil && !errors.Is(err, ErrNotFound) {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
}

// schedule enters into the timetable that the thing may be due at the given
// time. An entry is a hint: when it comes up the thing itself is asked, so
// entries that no longer hold may stay.
func (t *tx) schedule(at time.Time, name string) error {
	return t.bucket(bDue).Put(dueKey(at, name), []byte(name))
}

func (t *tx) unschedule(at time.Time, name string) error {
	return t.bucket(bDue).Delete(dueKey(at, name))
}

func dueKey(at time.Time, name string) []byte {
	return append(numbered("", uint64(max(at.UnixNano(), 0))), name...)
}

func (t *tx) isDue(key []byte) bool {
	return binary.BigEndian.Uint64(key) <= uint64(max(t.now.UnixNano(), 0))
}

// codeSessionLength is Twilio's error of who stayed longer than their Room allows.
const codeSessionLength = 53216

// carryOut does what is due of one thing, if it still is.
func (t *tx) carryOut(name string) error {
	switch {
	case strings.HasPrefix(name, "ET"):
		d, err := get[Document](t, bDocuments, name)
		if err != nil || !d.expired(t.now) {
			return err
		}
		return t.documents().remove(d)
	case strings.HasPrefix(name, itemDue):
		return t.collections().expireItem(strings.TrimPrefix(name, itemDue))
	case strings.HasPrefix(name, string(SyncMap)), strings.HasPrefix(name, string(SyncList)), strings.HasPrefix(name, string(SyncStream)):
		c, err := get[Collection](t, bCollections, name)
		if err != nil || !c.expired(t.now) {
			return err
		}
		return t.collections().remove(c)
	case strings.HasPrefix(name, "PA"):
		p, r, err := t.rooms().participant(name)
		if err != nil || p.Status == Disconnected || t.now.Before(r.stayEnds(p)) {
			return err
		}
		_, err = t.rooms().disconnect(&r, p, Leaving{ErrorCode: codeSessionLength})
		return err
	case strings.HasPrefix(name, "RM"):
		r, err := t.rooms().find(name)
		if err != nil {
			return err
		}
		if r.Status == RoomCompleted {
			return t.rooms().forget(r)
		}
		if t.now.Before(r.idleEnds()) {
			return nil
		}
		present, err := t.rooms().connected(r.SID)
		if err != nil || len(present) > 0 {
			return err
		}
		return t.rooms().complete(&r, EndedByTimeout)
	case strings.HasPrefix(name, "ME"):
		return t.media().forget(name)
	case strings.HasPrefix(name, "CH"):
		return t.chat().timeOut(name)
	case strings.HasPrefix(name, "WT"):
		return t.tasks().due(name)
	case strings.HasPrefix(name, "WR"):
		return t.tasks().timeout(name)
	case strings.HasPrefix(name, "KD"):
		return t.forgetInteraction(name)
	default:
		return t.bucket(bFlexTokens).Delete([]byte(strings.TrimPrefix(name, flexTokenDue)))
	}
}

// idleEnds is when r ends if nobody connects until then.
func (r Room) idleEnds() time.Time {
	wait := r.EmptyRoomTimeout
	if !r.Used {
		wait = r.UnusedRoomTimeout
	}
	return r.LastActive.Add(time.Duration(wait) * time.Minute)
}

// stayEnds is when p has to leave r.
func (r Room) stayEnds(p Participant) time.Time {
	return p.Start.Add(time.Duration(r.MaxParticipantDuration) * time.Second)
}

// Overstayed tells whether p, of r, was disconnected because its time was up.
func (r Room) Overstayed(p Participant) bool {
	return p.Status == Disconnected && !p.End.Before(r.stayEnds(p))
}

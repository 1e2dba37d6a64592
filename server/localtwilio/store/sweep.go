package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"
)

// expiredTokenKept is how long a Flex token is remembered after its time, so
// that its holder is told "expired" and not "unknown".
const expiredTokenKept = 24 * time.Hour

// Sweep carries out what time has brought: Documents past their TTL and Flex
// tokens long expired are removed, Participants past their Room's maximum
// duration disconnected, and Rooms that nobody used or that stood empty too
// long completed. Call it about once a second; without anything due it only
// reads.
func (s *Store) Sweep() error {
	due := false
	err := s.view("look for what is due", func(t *tx) error {
		work, err := t.due()
		due = !work.empty()
		return err
	})
	if err != nil || !due {
		return err
	}
	return s.update("sweep", func(t *tx) error {
		work, err := t.due()
		if err != nil {
			return err
		}
		return t.carryOut(work)
	})
}

// sweepWork is what Sweep found due.
type sweepWork struct {
	documents []Document
	stays     []Participant
	rooms     []string
	tokens    []string
}

func (w sweepWork) empty() bool {
	return len(w.documents)+len(w.stays)+len(w.rooms)+len(w.tokens) == 0
}

func (t *tx) due() (w sweepWork, err error) {
	c := t.bucket(bDocumentExpiry).Cursor()
	for k, sid := c.First(); k != nil; k, sid = c.Next() {
		if binary.BigEndian.Uint64(k) > uint64(t.now.UnixNano()) {
			break
		}
		d, err := get[Document](t, bDocuments, string(sid))
		if err != nil {
			return w, err
		}
		w.documents = append(w.documents, d)
	}
	err = t.bucket(bRoomsLive).ForEach(func(_, sid []byte) error {
		r, err := t.room(string(sid))
		if err != nil {
			return err
		}
		present, err := t.connected(r.SID)
		if err != nil {
			return err
		}
		for _, p := range present {
			if t.now.Sub(p.Start) >= time.Duration(r.MaxParticipantDuration)*time.Second {
				w.stays = append(w.stays, p)
			}
		}
		wait := r.EmptyRoomTimeout
		if !r.Used {
			wait = r.UnusedRoomTimeout
		}
		if len(present) == 0 && t.now.Sub(r.LastActive) >= time.Duration(wait)*time.Minute {
			w.rooms = append(w.rooms, r.SID)
		}
		return nil
	})
	if err != nil {
		return w, err
	}
	err = t.bucket(bFlexTokens).ForEach(func(k, raw []byte) error {
		var v FlexToken
		if err := json.Unmarshal(raw, &v); err != nil {
			return err
		}
		if t.now.Sub(v.Expires) > expiredTokenKept {
			w.tokens = append(w.tokens, string(k))
		}
		return nil
	})
	return w, err
}

func (t *tx) carryOut(w sweepWork) error {
	for _, d := range w.documents {
		if err := t.removeDocument(d); err != nil {
			return err
		}
	}
	for _, p := range w.stays {
		r, err := t.room(p.RoomSID)
		if err != nil {
			return err
		}
		if _, err := t.disconnect(&r, p); err != nil {
			return err
		}
	}
	for _, sid := range w.rooms {
		r, err := t.room(sid)
		if err != nil {
			return err
		}
		if err := t.completeRoom(&r); err != nil && !errors.Is(err, ErrRoomCompleted) {
			return err
		}
	}
	for _, k := range w.tokens {
		if err := t.bucket(bFlexTokens).Delete([]byte(k)); err != nil {
			return err
		}
	}
	return nil
}

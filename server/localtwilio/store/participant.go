package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"escalate/server/sids"
)

// Statuses of a Participant.
const (
	Connected    = "connected"
	Reconnecting = "reconnecting"
	Disconnected = "disconnected"
)

// Participant is someone's stay in a Room.
type Participant struct {
	SID      string // PA…
	RoomSID  string
	Identity string
	Status   string // connected, reconnecting, disconnected
	Start    time.Time
	Updated  time.Time
	End      time.Time // zero until disconnected
	// SubscribeRules is a JSON array; nil until set, which subscribes to everything.
	SubscribeRules json.RawMessage `json:",omitempty"` // omitted: null would come back as four letters
	RulesUpdated   time.Time       // when they were set
	Leaving
}

// Leaving is why somebody left, and what was seen of them, as far as it is known.
type Leaving struct {
	EndReason string          `json:",omitempty"` // DisconnectedViaAPI; empty where Twilio's documents have no word for it
	ErrorCode int             `json:",omitempty"` // Twilio's, which ended the stay; 0 for none
	Codecs    []string        `json:",omitempty"` // that they sent: VP8, H264, opus
	Publisher json.RawMessage `json:",omitempty"` // what their client said of itself: its name, version and user agent
}

// DisconnectedViaAPI is the EndReason of who was removed over REST.
const DisconnectedViaAPI = "disconnected_via_api"

// learn takes from l what is not known yet. The first reason for leaving is the true one.
func (l *Leaving) learn(o Leaving) {
	if l.EndReason == "" && l.ErrorCode == 0 {
		l.EndReason, l.ErrorCode = o.EndReason, o.ErrorCode
	}
	if l.Codecs == nil {
		l.Codecs = o.Codecs
	}
	if l.Publisher == nil {
		l.Publisher = o.Publisher
	}
}

// Participants are the stays in Rooms.
type Participants struct{ db *db }

// Add connects someone to a Room. It returns ErrRoomCompleted or
// ErrRoomFull. It lets one identity in twice: who has to leave then is for the
// caller to decide.
func (s Participants) Add(roomSID, identity string) (p Participant, err error) {
	err = s.db.update(doing{what: "add participant", key: identity, of: "to room", owner: roomSID}, func(t *tx) error {
		r, err := t.rooms().find(roomSID)
		if err != nil {
			return err
		}
		if r.Status == RoomCompleted {
			return ErrRoomCompleted
		}
		present, err := t.rooms().connected(r.SID)
		if err != nil {
			return err
		}
		if len(present) >= r.MaxParticipants {
			return ErrRoomFull
		}
		p = Participant{SID: NewSID("PA"), RoomSID: r.SID, Identity: identity, Status: Connected, Start: t.now, Updated: t.now}
		if err := t.put(bParticipants, p.SID, p); err != nil {
			return err
		}
		if err := t.link(bRoomParticipants, r.SID, p.SID); err != nil {
			return err
		}
		if err := t.bucket(bRoomConnected).Put([]byte(r.SID+p.SID), []byte(p.SID)); err != nil {
			return err
		}
		if err := t.schedule(r.stayEnds(p), p.SID); err != nil {
			return err
		}
		r.Used = true
		if err := t.rooms().transcribe(r); err != nil {
			return err
		}
		return t.rooms().announce(&r, &ParticipantConnected{Participant: p})
	})
	if err != nil {
		return Participant{}, err
	}
	return p, nil
}

// Leave ends a Participant's stay, for what is known of it. One whose stay has ended
// is ErrParticipantGone, and what was not known of it is kept all the same.
func (s Participants) Leave(sid string, why Leaving) (p Participant, err error) {
	gone := false
	err = s.db.update(doing{what: "disconnect participant", key: sid}, func(t *tx) error {
		var r Room
		if p, r, err = t.rooms().participant(sid); err != nil {
			return err
		}
		if gone = p.Status == Disconnected; !gone {
			p, err = t.rooms().disconnect(&r, p, why)
			return err
		}
		p.learn(why)
		return t.put(bParticipants, p.SID, p)
	})
	if err == nil && gone {
		err = ErrParticipantGone
	}
	return p, err
}

// SetStatus moves a Participant between connected and reconnecting,
// or to disconnected, which is final: anything after it is ErrParticipantGone.
// Setting the present status again does nothing. Leaving removes the
// Participant's Tracks.
func (s Participants) SetStatus(sid, status string) (p Participant, err error) {
	err = s.db.update(doing{what: "set participant", key: sid, of: status}, func(t *tx) error {
		if p, err = get[Participant](t, bParticipants, sid); err != nil {
			return err
		}
		if p.Status == Disconnected {
			return ErrParticipantGone
		}
		if p.Status == status {
			return nil
		}
		if status == Disconnected {
			r, err := t.rooms().find(p.RoomSID)
			if err != nil {
				return err
			}
			p, err = t.rooms().disconnect(&r, p, Leaving{})
			return err
		}
		p.Status, p.Updated = status, t.now
		switch status {
		case Reconnecting:
			t.emit(&ParticipantReconnecting{Participant: p})
		case Connected:
			t.emit(&ParticipantReconnected{Participant: p})
		default:
			return fmt.Errorf("%w: %q", ErrTransition, status)
		}
		return t.put(bParticipants, p.SID, p)
	})
	return p, err
}

// Anonymize puts a Participant's SID for its identity, once it has
// left: ErrTransition before.
func (s Participants) Anonymize(sid string) (p Participant, err error) {
	err = s.db.update(doing{what: "anonymize participant", key: sid}, func(t *tx) error {
		if p, err = get[Participant](t, bParticipants, sid); err != nil {
			return err
		}
		if p.Status != Disconnected {
			return ErrTransition
		}
		p.Identity, p.Updated = p.SID, t.now
		return t.put(bParticipants, p.SID, p)
	})
	return p, err
}

// Get finds one of a Room's Participants by SID or by identity; of
// several with that identity the one still there, else the newest.
func (s Participants) Get(roomSID, key string) (p Participant, err error) {
	err = s.db.view(doing{what: "find participant", key: key, of: "of room", owner: roomSID}, func(t *tx) error {
		if sids.Is("PA", key) {
			p, err = get[Participant](t, bParticipants, key)
			if err == nil && p.RoomSID != roomSID {
				return ErrNotFound
			}
			return err
		}
		all, err := linked[Participant](t, bRoomParticipants, roomSID, bParticipants)
		if err != nil {
			return err
		}
		for _, q := range slices.Backward(all) {
			if q.Identity == key && (p.SID == "" || p.Status == Disconnected && q.Status != Disconnected) {
				p = q
			}
		}
		if p.SID == "" {
			return ErrNotFound
		}
		return nil
	})
	return p, err
}

// List lists a Room's Participants of one status, or all for an empty
// one, newest first.
func (s Participants) List(roomSID, status string) ([]Participant, error) {
	var list []Participant
	err := s.db.view(doing{what: "list participants of room", key: roomSID}, func(t *tx) error {
		r, err := t.rooms().find(roomSID)
		if err != nil {
			return err
		}
		all, err := linked[Participant](t, bRoomParticipants, r.SID, bParticipants)
		for _, p := range slices.Backward(all) {
			if status == "" || p.Status == status {
				list = append(list, p)
			}
		}
		return err
	})
	return list, err
}

// connected lists who has not left the Room.
func (t roomsTx) connected(roomSID string) ([]Participant, error) {
	var list []Participant
	c := t.bucket(bRoomConnected).Cursor()
	prefix := []byte(roomSID)
	for k, sid := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, sid = c.Next() {
		p, err := get[Participant](t.tx, bParticipants, string(sid))
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b Participant) int { return a.Start.Compare(b.Start) })
	return list, nil
}

// disconnect ends p's stay in r: its Tracks go first, as their own events.
func (t roomsTx) disconnect(r *Room, p Participant, why Leaving) (Participant, error) {
	tracks, err := linked[Track](t.tx, bParticipantTrack, p.SID, bTracks)
	if err != nil {
		return p, err
	}
	for _, k := range tracks {
		if err := t.removeTrack(r, p, k); err != nil {
			return p, err
		}
	}
	p.Status, p.End, p.Updated = Disconnected, t.now, t.now
	p.learn(why)
	if err := t.put(bParticipants, p.SID, p); err != nil {
		return p, err
	}
	if err := t.bucket(bRoomConnected).Delete([]byte(r.SID + p.SID)); err != nil {
		return p, err
	}
	r.LastActive = t.now
	if err := t.transcribe(*r); err != nil {
		return p, err
	}
	if err := t.schedule(r.idleEnds(), r.SID); err != nil {
		return p, err
	}
	return p, t.announce(r, &ParticipantDisconnected{Participant: p})
}

// disconnectAll disconnects everyone: at Open, nobody's media is alive.
func (t roomsTx) disconnectAll() error {
	var sids []string
	err := t.bucket(bRoomConnected).ForEach(func(_, sid []byte) error {
		sids = append(sids, string(sid))
		return nil
	})
	for _, sid := range sids {
		p, err := get[Participant](t.tx, bParticipants, sid)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		r, err := t.find(p.RoomSID)
		if errors.Is(err, ErrNotFound) { // it was lost with a damaged page
			continue
		}
		if err != nil {
			return err
		}
		if _, err := t.disconnect(&r, p, Leaving{}); err != nil {
			return err
		}
	}
	return err
}

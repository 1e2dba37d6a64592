package store

import "time"

// Track is a published Track of a connected Participant.
type Track struct {
	SID            string // MT…
	RoomSID        string
	ParticipantSID string
	Name           string
	Kind           string // audio, video, data
	Enabled        bool
	Priority       string // low, standard, high
	Created        time.Time
	Updated        time.Time
}

// Tracks are the Tracks that are published in Rooms.
type Tracks struct{ db *db }

// Add publishes a Track of its ParticipantSID; SID (unless given), RoomSID
// and times are set. It returns ErrParticipantGone.
func (s Tracks) Add(k Track) (Track, error) {
	err := s.db.update(doing{what: "add track", key: k.Name, of: "of participant", owner: k.ParticipantSID}, func(t *tx) error {
		p, r, err := t.rooms().participant(k.ParticipantSID)
		if err != nil {
			return err
		}
		if p.Status == Disconnected {
			return ErrParticipantGone
		}
		if k.SID == "" {
			k.SID = NewSID("MT")
		}
		k.RoomSID, k.Created, k.Updated = r.SID, t.now, t.now
		if err := t.put(bTracks, k.SID, k); err != nil {
			return err
		}
		if err := t.link(bParticipantTrack, p.SID, k.SID); err != nil {
			return err
		}
		return t.rooms().announce(&r, &TrackAdded{Participant: p, Track: k})
	})
	if err != nil {
		return Track{}, err
	}
	return k, nil
}

// Remove unpublishes a Track.
func (s Tracks) Remove(sid string) error {
	return s.db.update(doing{what: "remove track", key: sid}, func(t *tx) error {
		k, p, r, err := t.rooms().track(sid)
		if err != nil {
			return err
		}
		return t.rooms().removeTrack(&r, p, k)
	})
}

// SetEnabled un-mutes or mutes a Track; the present state again does
// nothing.
func (s Tracks) SetEnabled(sid string, on bool) error {
	return s.db.update(doing{what: "set the state of track", key: sid}, func(t *tx) error {
		k, p, r, err := t.rooms().track(sid)
		if err != nil || k.Enabled == on {
			return err
		}
		k.Enabled, k.Updated = on, t.now
		if err := t.put(bTracks, k.SID, k); err != nil {
			return err
		}
		if on {
			return t.rooms().announce(&r, &TrackEnabled{Participant: p, Track: k})
		}
		return t.rooms().announce(&r, &TrackDisabled{Participant: p, Track: k})
	})
}

// List lists a Participant's Tracks in the order they were published.
func (s Tracks) List(participantSID string) (list []Track, err error) {
	err = s.db.view(doing{what: "list tracks of participant", key: participantSID}, func(t *tx) error {
		if _, err := get[Participant](t, bParticipants, participantSID); err != nil {
			return err
		}
		list, err = linked[Track](t, bParticipantTrack, participantSID, bTracks)
		return err
	})
	return list, err
}

func (t roomsTx) participant(sid string) (p Participant, r Room, err error) {
	if p, err = get[Participant](t.tx, bParticipants, sid); err == nil {
		r, err = t.find(p.RoomSID)
	}
	return p, r, err
}

func (t roomsTx) track(sid string) (k Track, p Participant, r Room, err error) {
	if k, err = get[Track](t.tx, bTracks, sid); err == nil {
		p, r, err = t.participant(k.ParticipantSID)
	}
	return k, p, r, err
}

func (t roomsTx) removeTrack(r *Room, p Participant, k Track) error {
	if err := t.bucket(bTracks).Delete([]byte(k.SID)); err != nil {
		return err
	}
	if err := t.unlink(bParticipantTrack, p.SID, k.SID); err != nil {
		return err
	}
	return t.announce(r, &TrackRemoved{Participant: p, Track: k})
}

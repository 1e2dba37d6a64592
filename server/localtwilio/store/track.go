package store

import (
	"fmt"
	"time"
)

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

// AddTrack publishes a Track of its ParticipantSID; SID (unless given), RoomSID
// and times are set. It answers ErrParticipantGone.
func (s *Store) AddTrack(k Track) (Track, error) {
	err := s.update(fmt.Sprintf("add track %q of participant %q", k.Name, k.ParticipantSID), func(t *tx) error {
		p, r, err := t.participantAndRoom(k.ParticipantSID)
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
		return t.announce(&r, &TrackAdded{Participant: p, Track: k})
	})
	if err != nil {
		return Track{}, err
	}
	return k, nil
}

// RemoveTrack unpublishes a Track.
func (s *Store) RemoveTrack(sid string) error {
	return s.update(fmt.Sprintf("remove track %q", sid), func(t *tx) error {
		k, p, r, err := t.trackAndRoom(sid)
		if err != nil {
			return err
		}
		return t.removeTrack(&r, p, k)
	})
}

// SetTrackEnabled un-mutes or mutes a Track; the present state again does
// nothing.
func (s *Store) SetTrackEnabled(sid string, on bool) error {
	return s.update(fmt.Sprintf("set track %q enabled=%t", sid, on), func(t *tx) error {
		k, p, r, err := t.trackAndRoom(sid)
		if err != nil || k.Enabled == on {
			return err
		}
		k.Enabled, k.Updated = on, t.now
		if err := t.put(bTracks, k.SID, k); err != nil {
			return err
		}
		if on {
			return t.announce(&r, &TrackEnabled{Participant: p, Track: k})
		}
		return t.announce(&r, &TrackDisabled{Participant: p, Track: k})
	})
}

// Tracks lists a Participant's Tracks in the order they were published.
func (s *Store) Tracks(participantSID string) (list []Track, err error) {
	err = s.view(fmt.Sprintf("list tracks of participant %q", participantSID), func(t *tx) error {
		if _, err := get[Participant](t, bParticipants, participantSID); err != nil {
			return err
		}
		list, err = linked[Track](t, bParticipantTrack, participantSID, bTracks)
		return err
	})
	return list, err
}

func (t *tx) participantAndRoom(sid string) (p Participant, r Room, err error) {
	if p, err = get[Participant](t, bParticipants, sid); err == nil {
		r, err = t.room(p.RoomSID)
	}
	return p, r, err
}

func (t *tx) trackAndRoom(sid string) (k Track, p Participant, r Room, err error) {
	if k, err = get[Track](t, bTracks, sid); err == nil {
		p, r, err = t.participantAndRoom(k.ParticipantSID)
	}
	return k, p, r, err
}

func (t *tx) removeTrack(r *Room, p Participant, k Track) error {
	if err := t.bucket(bTracks).Delete([]byte(k.SID)); err != nil {
		return err
	}
	if err := t.unlink(bParticipantTrack, p.SID, k.SID); err != nil {
		return err
	}
	return t.announce(r, &TrackRemoved{Participant: p, Track: k})
}

package store

import (
	"errors"
	"fmt"
	"maps"
	"time"
)

// Statuses of a Transcription.
const (
	TranscriptionCreatedStatus = "created" // configured with its Room, and not started yet
	TranscriptionStartedStatus = "started"
	TranscriptionStoppedStatus = "stopped"
	TranscriptionFailedStatus  = "failed"
)

// Transcription is what a Room's speech becomes text by, of which a Room has at
// most one (Twilio's page "Real-time Transcriptions for Video").
type Transcription struct {
	TTID    string // video_extension_ and a UUID: Twilio Type ID
	RoomSID string
	Status  string // created, started, stopped, failed
	// Configuration is what its maker said, by Twilio's names, such as
	// languageCode; all values are text.
	Configuration map[string]string
	Created       time.Time
	Updated       time.Time // zero until something is changed
	// Start is when it first ran, which takes a Participant; End when it last
	// ceased to.
	Start, End time.Time
	Since      time.Time     // it has been running; zero while it is not
	Ran        time.Duration // before Since
}

// Transcriptions are the Transcriptions of Rooms.
type Transcriptions struct{ db *db }

// Create gives a Room its Transcription, in status started or created. One that
// is only created is started by a second call, with what was configured. It
// returns ErrRoomCompleted, or ErrNameTaken where the Room has one.
func (s Transcriptions) Create(roomSID, status string, configuration map[string]string) (x Transcription, err error) {
	err = s.db.update(doing{what: "create transcription of room", key: roomSID}, func(t *tx) error {
		r, err := t.rooms().find(roomSID)
		if err != nil {
			return err
		}
		if r.Status == RoomCompleted {
			return ErrRoomCompleted
		}
		x, err = get[Transcription](t, bTranscriptions, r.SID)
		switch {
		case errors.Is(err, ErrNotFound):
			x = Transcription{TTID: newTTID(), RoomSID: r.SID, Configuration: map[string]string{}, Created: t.now}
		case err != nil:
			return err
		case x.Status != TranscriptionCreatedStatus:
			return ErrNameTaken
		default:
			x.Updated = t.now
		}
		x.Status = status
		maps.Copy(x.Configuration, configuration)
		return t.rooms().saveTranscription(&x)
	})
	return x, err
}

// Update starts or stops a Room's Transcription, where status is not empty, and
// changes what configuration names. It returns ErrRoomCompleted, or ErrTransition
// for one that has failed: that is final.
func (s Transcriptions) Update(roomSID, status string, configuration map[string]string) (x Transcription, err error) {
	err = s.db.update(doing{what: "update transcription of room", key: roomSID}, func(t *tx) error {
		r, err := t.rooms().find(roomSID)
		if err != nil {
			return err
		}
		if x, err = get[Transcription](t, bTranscriptions, r.SID); err != nil {
			return err
		}
		if (status == "" || status == x.Status) && len(configuration) == 0 {
			return nil
		}
		switch {
		case r.Status == RoomCompleted:
			return ErrRoomCompleted
		case x.Status == TranscriptionFailedStatus:
			return fmt.Errorf("%w: transcription has failed", ErrTransition)
		}
		if status != "" {
			x.Status = status
		}
		maps.Copy(x.Configuration, configuration)
		x.Updated = t.now
		return t.rooms().saveTranscription(&x)
	})
	return x, err
}

// Fail says that a Room's Transcription cannot go on, if it is started.
func (s Transcriptions) Fail(roomSID string) error {
	return s.db.update(doing{what: "fail transcription of room", key: roomSID}, func(t *tx) error {
		x, err := get[Transcription](t, bTranscriptions, roomSID)
		if err != nil || x.Status != TranscriptionStartedStatus {
			return err
		}
		x.Status, x.Updated = TranscriptionFailedStatus, t.now
		return t.rooms().saveTranscription(&x)
	})
}

// Get finds a Room's Transcription.
func (s Transcriptions) Get(roomSID string) (x Transcription, err error) {
	err = s.db.view(doing{what: "find transcription of room", key: roomSID}, func(t *tx) error {
		x, err = get[Transcription](t, bTranscriptions, roomSID)
		return err
	})
	return x, err
}

// transcribe follows that somebody has come to or left r.
func (t roomsTx) transcribe(r Room) error {
	x, err := get[Transcription](t.tx, bTranscriptions, r.SID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	before := x
	if r.Status == RoomCompleted && x.Status == TranscriptionStartedStatus {
		x.Status, x.Updated = TranscriptionStoppedStatus, t.now
	}
	if err := t.clock(&x); err != nil || x.Status == before.Status && x.Since.Equal(before.Since) {
		return err
	}
	return t.putTranscription(x)
}

func (t roomsTx) saveTranscription(x *Transcription) error {
	if err := t.clock(x); err != nil {
		return err
	}
	return t.putTranscription(*x)
}

func (t roomsTx) putTranscription(x Transcription) error {
	t.emit(&TranscriptionChanged{Transcription: x})
	return t.put(bTranscriptions, x.RoomSID, x)
}

// clock counts the time that x has run: while it is started and somebody is there.
func (t roomsTx) clock(x *Transcription) error {
	present, err := t.connected(x.RoomSID)
	if err != nil {
		return err
	}
	runs := x.Status == TranscriptionStartedStatus && len(present) > 0
	switch {
	case runs && x.Since.IsZero():
		x.Since, x.End = t.now, time.Time{}
		if x.Start.IsZero() {
			x.Start = t.now
		}
	case !runs && !x.Since.IsZero():
		x.Ran += t.now.Sub(x.Since)
		x.Since, x.End = time.Time{}, t.now
	}
	return nil
}

// newTTID makes a Twilio Type ID of a Transcription: a random UUID (RFC 9562,
// version 4) behind the name of its type.
func newTTID() string {
	h := []byte(randomHex(16))
	h[12] = '4'
	h[16] = "89ab"[h[16]%4]
	return fmt.Sprintf("video_extension_%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}

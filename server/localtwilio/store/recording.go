package store

import (
	"fmt"
	"slices"
	"time"
)

// Statuses of a Recording.
const (
	RecordingProcessingStatus = "processing"
	RecordingCompletedStatus  = "completed"
	RecordingDeletedStatus    = "deleted"
	RecordingFailedStatus     = "failed"
)

// Codecs and containers of a Recording, as Twilio names them. Video has the codecs of Rooms.
const (
	CodecOpus      = "OPUS"
	ContainerAudio = "mka"
	ContainerVideo = "mkv"
)

// Recording is what was recorded of a Track, from the first frame to the last.
type Recording struct {
	SID            string // RT…
	RoomSID        string
	ParticipantSID string
	SourceSID      string // of the Track
	TrackName      string
	Type           string // audio, video
	Codec          string // OPUS, VP8, H264
	Container      string // mka, mkv
	Status         string // processing, completed, deleted, failed
	Size           int64  // bytes
	Duration       time.Duration
	// Began is when the first frame was captured, on the clock of this machine.
	Began            time.Time
	Created, Updated time.Time
}

// File is the name of its file.
func (r Recording) File() string { return r.SID + "." + r.Container }

// Offset is when the first frame was captured, in milliseconds since a point in
// time that is common to all Recordings.
func (r Recording) Offset() int64 { return r.Began.UnixMilli() }

// Seconds is the duration as Twilio gives it: rounded, and 1 for less.
func (r Recording) Seconds() int { return max(int(r.Duration.Round(time.Second)/time.Second), 1) }

// RecordingDone is what is known of a Recording at its end.
type RecordingDone struct {
	Status   string // completed, failed
	Size     int64
	Duration time.Duration
	Began    time.Time
}

// RecordingFilter narrows Recordings; zero fields do not.
type RecordingFilter struct {
	Status    string
	SourceSID string
	// GroupingSIDs are of Rooms and Participants; a Recording has to be of all.
	GroupingSIDs                []string
	Type                        string
	CreatedAfter, CreatedBefore time.Time // after is inclusive, before is not
}

func (f RecordingFilter) match(r Recording) bool {
	return (f.Status == "" || r.Status == f.Status) && (f.SourceSID == "" || r.SourceSID == f.SourceSID) &&
		(f.Type == "" || r.Type == f.Type) &&
		(f.CreatedAfter.IsZero() || !r.Created.Before(f.CreatedAfter)) &&
		(f.CreatedBefore.IsZero() || r.Created.Before(f.CreatedBefore)) &&
		!slices.ContainsFunc(f.GroupingSIDs, func(sid string) bool { return sid != r.RoomSID && sid != r.ParticipantSID })
}

// Recordings are what was recorded of Tracks.
type Recordings struct{ db *db }

// Start enters a Recording that is in the making; SID, Status and
// times are set.
func (s Recordings) Start(r Recording) (Recording, error) {
	err := s.db.update(doing{what: "start recording of track", key: r.SourceSID}, func(t *tx) error {
		p, room, err := t.rooms().participant(r.ParticipantSID)
		if err != nil {
			return err
		}
		r.SID, r.Status, r.Created, r.Updated = NewSID("RT"), RecordingProcessingStatus, t.now, t.now
		if err := t.put(bRecordings, r.SID, r); err != nil {
			return err
		}
		if err := t.link(bRecordingOrder, "", r.SID); err != nil {
			return err
		}
		return t.rooms().announce(&room, &RecordingStarted{Participant: p, Recording: r})
	})
	return r, err
}

// End completes a Recording, or says that it failed. It returns
// ErrTransition for one that is not in the making.
func (s Recordings) End(sid string, done RecordingDone) (r Recording, err error) {
	err = s.db.update(doing{what: "end recording", key: sid}, func(t *tx) error {
		if r, err = get[Recording](t, bRecordings, sid); err != nil {
			return err
		}
		if r.Status != RecordingProcessingStatus {
			return fmt.Errorf("%w: recording is %s", ErrTransition, r.Status)
		}
		p, room, err := t.rooms().participant(r.ParticipantSID)
		if err != nil {
			return err
		}
		r.Status, r.Size, r.Duration, r.Began, r.Updated = done.Status, done.Size, done.Duration, done.Began, t.now
		if err := t.put(bRecordings, sid, r); err != nil {
			return err
		}
		if r.Status == RecordingFailedStatus {
			return t.rooms().announce(&room, &RecordingFailed{Participant: p, Recording: r})
		}
		return t.rooms().announce(&room, &RecordingCompleted{Participant: p, Recording: r})
	})
	return r, err
}

// Delete marks a Recording deleted: its file goes, what is known of it stays. Again
// it does nothing.
func (s Recordings) Delete(sid string) error {
	return s.db.update(doing{what: "delete recording", key: sid}, func(t *tx) error {
		r, err := get[Recording](t, bRecordings, sid)
		if err != nil || r.Status == RecordingDeletedStatus {
			return err
		}
		r.Status, r.Updated = RecordingDeletedStatus, t.now
		t.emit(&RecordingDeleted{Recording: r})
		return t.put(bRecordings, sid, r)
	})
}

// Get finds a Recording.
func (s Recordings) Get(sid string) (r Recording, err error) {
	err = s.db.view(doing{what: "find recording", key: sid}, func(t *tx) error {
		r, err = get[Recording](t, bRecordings, sid)
		return err
	})
	return r, err
}

// List lists the Recordings that f lets through, newest first.
func (s Recordings) List(f RecordingFilter) (list []Recording, err error) {
	err = s.db.view(doing{what: "list recordings"}, func(t *tx) error {
		all, err := linked[Recording](t, bRecordingOrder, "", bRecordings)
		for _, r := range slices.Backward(all) {
			if f.match(r) {
				list = append(list, r)
			}
		}
		return err
	})
	return list, err
}

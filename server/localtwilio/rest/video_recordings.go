package rest

import (
	"net/http"
	"slices"
	"time"

	"escalate/server/localtwilio/store"
)

// maxRecordingsPage is the largest page of Recordings that are not asked for by Room.
const maxRecordingsPage = 100

// recordingFilter reads the parameters of a list.
func recordingFilter(c *call) (f store.RecordingFilter, err error) {
	f.Status, f.SourceSID, f.Type = c.form("Status"), c.form("SourceSid"), c.form("MediaType")
	f.GroupingSIDs = c.r.Form["GroupingSid"]
	if f.Status != "" && !slices.Contains([]string{"processing", "completed", "deleted", "failed"}, f.Status) {
		return f, invalid("Invalid parameter Status")
	}
	if f.Type != "" && !slices.Contains([]string{"audio", "video", "data"}, f.Type) {
		return f, invalid("Invalid parameter MediaType")
	}
	if f.CreatedAfter, err = c.time("DateCreatedAfter"); err != nil {
		return f, err
	}
	f.CreatedBefore, err = c.time("DateCreatedBefore")
	return f, err
}

func listRecordings(c *call) error {
	f, err := recordingFilter(c)
	if err != nil {
		return err
	}
	size := maxRecordingsPage
	if c.path("room") != "" {
		r, err := c.store.Rooms.Get(c.path("room"))
		if err != nil {
			return noRoom(err)
		}
		f.GroupingSIDs, size = []string{r.SID}, maxVideoPage
	}
	all, err := c.store.Recordings.List(f)
	if err != nil {
		return err
	}
	return list(c, "recordings", size, all, func(r store.Recording) string { return r.SID }, videoOf(c).recording)
}

// findRecording finds what the path names, of the Room where it names one.
func findRecording(c *call) (store.Recording, error) {
	rec, err := c.store.Recordings.Get(c.path("recording"))
	if err != nil || c.path("room") == "" {
		return rec, err
	}
	r, err := c.store.Rooms.Get(c.path("room"))
	if err != nil {
		return rec, noRoom(err)
	}
	if rec.RoomSID != r.SID {
		return rec, store.ErrNotFound
	}
	return rec, nil
}

func fetchRecording(c *call) error {
	r, err := findRecording(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, videoOf(c).recording(r))
}

func deleteRecording(c *call) error {
	r, err := findRecording(c)
	if err != nil {
		return err
	}
	if err := c.store.Recordings.Delete(r.SID); err != nil {
		return err
	}
	return c.noContent()
}

// recordingMedia redirects to the file of a completed Recording.
func recordingMedia(c *call) error {
	r, err := findRecording(c)
	if err != nil {
		return err
	}
	if r.Status != store.RecordingCompletedStatus {
		return notFound(c.r.URL.Path)
	}
	return redirectToMedia(c, r.File())
}

func (v videoView) recording(r store.Recording) any {
	u := v.base + "/v1/Recordings/" + r.SID
	if v.ofRoom {
		u = v.base + "/v1/Rooms/" + r.RoomSID + "/Recordings/" + r.SID
	}
	o := object{
		"sid": r.SID, "account_sid": v.account.SID, "status": r.Status, "date_created": date(r.Created), "source_sid": r.SourceSID,
		"size": nil, "duration": nil, "type": r.Type, "codec": r.Codec, "container_format": r.Container, "track_name": r.TrackName,
		"grouping_sids": object{"room_sid": r.RoomSID, "participant_sid": r.ParticipantSID},
		"offset":        r.Offset(), "media_external_location": nil, "url": u, "links": object{"media": u + "/Media"},
	}
	if r.Status != store.RecordingProcessingStatus {
		o["size"], o["duration"] = r.Size, r.Seconds()
	}
	if v.ofRoom {
		o["room_sid"] = r.RoomSID
	} else {
		room, _ := v.rooms.Get(r.RoomSID) // the zero Room, which has no callback, for one that was pruned
		o["status_callback"], o["status_callback_method"] = orNull(room.StatusCallback), orNull(room.StatusCallbackMethod)
	}
	return o
}

// mediaTTL is how long a location of media holds where the request does not say.
const mediaTTL = time.Hour

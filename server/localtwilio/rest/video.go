package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// Limits of the Rooms resource, from its documents' prose.
const (
	maxRoomName            = 128
	maxRoomTimeout         = 60  // minutes
	minParticipantDuration = 600 // seconds; these two are in error 53123
	maxParticipantDuration = 86400
	maxVideoPage           = 1000
)

func createRoom(c *call) error {
	r := store.Room{
		UniqueName: c.form("UniqueName"), Type: c.form("Type"), MediaRegion: c.form("MediaRegion"),
		StatusCallback: c.form("StatusCallback"), StatusCallbackMethod: strings.ToUpper(c.form("StatusCallbackMethod")),
		VideoCodecs: c.r.Form["VideoCodecs"],
	}
	large := c.boolean("LargeRoom", &r.LargeRoom) // before what depends on it
	limit := r.ParticipantsLimit()
	if !c.has("LargeRoom") {
		limit = r.LargestLimit()
	}
	err := errors.Join(
		large,
		c.integer("MaxParticipants", &r.MaxParticipants, 1, limit, bad(codeMaxParticipants, "MaxParticipants is out of range")),
		c.integer("EmptyRoomTimeout", &r.EmptyRoomTimeout, 1, maxRoomTimeout, bad(codeRoomTimeout, "EmptyRoomTimeout is out of range")),
		c.integer("UnusedRoomTimeout", &r.UnusedRoomTimeout, 1, maxRoomTimeout, bad(codeRoomTimeout, "UnusedRoomTimeout is out of range")),
		c.integer("MaxParticipantDuration", &r.MaxParticipantDuration, minParticipantDuration, maxParticipantDuration,
			bad(codeRoomStay, "MaxParticipantDuration is out of range")),
		c.boolean("RecordParticipantsOnConnect", &r.RecordParticipantsOnConnect),
		c.boolean("AudioOnly", &r.AudioOnly),
	)
	r.LargeRoom = r.LargeRoom || r.MaxParticipants > r.ParticipantsLimit()
	if err == nil {
		err = checkRoom(c, &r)
	}
	if err != nil {
		return err
	}
	transcribe, err := roomTranscription(c, r)
	if err != nil {
		return err
	}
	r, err = c.store.Rooms.Create(r)
	if errors.Is(err, store.ErrNameTaken) {
		return bad(codeRoomExists, "Room exists")
	}
	if err == nil {
		err = transcribe(r.SID)
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, videoOf(c).room(r))
}

// checkRoom checks what is not a number or a truth value.
func checkRoom(c *call, r *store.Room) error {
	switch {
	case len(r.UniqueName) > maxRoomName:
		return bad(codeRoomNameTooLong, "Room name is too long")
	case sids.Looks(r.UniqueName):
		return bad(codeRoomName, "Room name is invalid")
	case strings.ContainsFunc(r.UniqueName, unicode.IsControl) || strings.Contains(r.UniqueName, "/"):
		return bad(codeRoomNameChars, "Room name contains invalid characters")
	case r.Type != "" && !slices.Contains(store.RoomTypes, r.Type):
		return bad(codeRoomType, "Room type is not valid")
	case r.AudioOnly && r.PeerToPeer():
		return bad(codeRoomAudioOnly, "The AudioOnly flag is not supported for the Room type")
	case r.StatusCallbackMethod != "" && r.StatusCallbackMethod != "POST" && r.StatusCallbackMethod != "GET":
		return bad(codeRoomCallbackMethod, "Status callback method is invalid")
	case strings.ContainsFunc(r.MediaRegion, func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' }):
		return bad(codeRoomRegion, "Media region is invalid")
	}
	if r.StatusCallback != "" && !isWebURL(r.StatusCallback) {
		return bad(codeRoomCallback, "Status callback is invalid")
	}
	for _, codec := range r.VideoCodecs {
		if codec != "VP8" && codec != "H264" {
			return bad(codeRoomParameters, "Invalid parameter VideoCodecs")
		}
	}
	if len(r.VideoCodecs) == 0 {
		r.VideoCodecs = []string{"H264", "VP8"}
	}
	if c.has("RecordingRules") {
		rules, err := recordingRules(c.form("RecordingRules"))
		if err != nil {
			return err
		}
		r.RecordingRules = rules
	}
	return nil
}

func listRooms(c *call) error {
	f := store.RoomFilter{Status: c.form("Status"), UniqueName: c.form("UniqueName")}
	switch f.Status {
	case "":
		f.Status = store.RoomInProgress
	case store.RoomInProgress, store.RoomCompleted, "failed":
	default:
		return bad(codeRoomStatus, "Status is invalid")
	}
	var err error
	if f.CreatedAfter, err = c.time("DateCreatedAfter"); err != nil {
		return err
	}
	if f.CreatedBefore, err = c.time("DateCreatedBefore"); err != nil {
		return err
	}
	rooms, err := c.store.Rooms.List(f)
	if err != nil {
		return err
	}
	return list(c, "rooms", maxVideoPage, rooms, func(r store.Room) string { return r.SID }, videoOf(c).room)
}

func fetchRoom(c *call) error {
	r, err := c.store.Rooms.Get(c.path("room"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, videoOf(c).room(r))
}

func updateRoom(c *call) error {
	r, err := c.store.Rooms.Get(c.path("room"))
	if err != nil {
		return err
	}
	switch {
	case !c.has("Status"):
		return invalid("Missing required parameter Status in the post body")
	case c.form("Status") != store.RoomCompleted:
		return bad(codeRoomStatus, "Status is invalid or room is not in-progress")
	}
	r, err = c.store.Rooms.Complete(r.SID)
	if errors.Is(err, store.ErrRoomCompleted) {
		return bad(codeRoomStatus, "Status is invalid or room is not in-progress")
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusAccepted, videoOf(c).room(r))
}

// time reads a date or a date and time; the zero time when absent.
func (c *call) time(name string) (time.Time, error) {
	v := c.form(name)
	if v == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, v); err == nil {
			return t, nil
		}
	}
	return time.Time{}, invalid("Invalid parameter " + name + ": expected ISO 8601")
}

// recordingRules checks a Room's rules and answers them as a JSON array.
func recordingRules(text string) (json.RawMessage, error) {
	return checkedRules(text, bad(codeRecordingRules, "Invalid recording rule"))
}

// noRoom is err, or that there is no Room for what was asked to belong to.
func noRoom(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return &Error{Status: http.StatusNotFound, Code: codeRoomNotFound, Message: "Room not found"}
	}
	return err
}

func fetchRecordingRules(c *call) error {
	r, err := c.store.Rooms.Get(c.path("room"))
	if err != nil {
		return noRoom(err)
	}
	return c.json(http.StatusOK, videoOf(c).rules(r))
}

func updateRecordingRules(c *call) error {
	rules, err := recordingRules(c.form("Rules"))
	if err != nil {
		return err
	}
	r, err := c.store.Rooms.Update(c.path("room"), func(r *store.Room) error {
		if r.Status != store.RoomInProgress {
			return bad(codeRoomCompleted, "Room completed")
		}
		r.RecordingRules = rules
		return nil
	})
	if err != nil {
		return noRoom(err)
	}
	return c.json(http.StatusOK, videoOf(c).rules(r))
}

// videoView shows the resources of Video.
type videoView struct {
	base    string // what URLs begin with
	account store.Account
	rooms   store.Rooms // for what a Recording shows of its Room
	ofRoom  bool        // the path names a Room: its Recordings are shown as below it
}

func videoOf(c *call) videoView {
	return videoView{base: c.target.base, account: c.account, rooms: c.store.Rooms, ofRoom: c.path("room") != ""}
}

func (v videoView) room(r store.Room) any {
	u := v.base + "/v1/Rooms/" + r.SID
	return object{
		"sid": r.SID, "status": r.Status, "account_sid": v.account.SID, "unique_name": r.UniqueName, "type": r.Type,
		"date_created": date(r.Created), "date_updated": date(r.Updated),
		"end_time": date(r.Ended), "duration": seconds(r.Created, r.Ended),
		"enable_turn": true, "status_callback": orNull(r.StatusCallback), "status_callback_method": r.StatusCallbackMethod,
		"max_participants": r.MaxParticipants, "max_participant_duration": r.MaxParticipantDuration,
		"max_concurrent_published_tracks": r.MaxPublishedTracks(),
		"record_participants_on_connect":  r.RecordParticipantsOnConnect,
		"video_codecs":                    r.VideoCodecs, "media_region": orNull(r.MediaRegion), "audio_only": r.AudioOnly,
		"empty_room_timeout": r.EmptyRoomTimeout, "unused_room_timeout": r.UnusedRoomTimeout, "large_room": r.LargeRoom,
		"url": u,
		"links": object{
			"participants": u + "/Participants", "recordings": u + "/Recordings", "recording_rules": u + "/RecordingRules",
			"transcriptions": u + "/Transcriptions",
		},
	}
}

func (v videoView) rules(r store.Room) any {
	return object{"room_sid": r.SID, "rules": r.Rules(), "date_created": date(r.Created), "date_updated": date(r.Updated)}
}

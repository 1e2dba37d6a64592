package callback

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"escalate/server/localtwilio/store"
)

// timestamp is the form of a callback's Timestamp.
const timestamp = "2006-01-02T15:04:05.000Z"

// statusCallbacks are those of an event: one, or none if nobody asked for them.
func statusCallbacks(account store.Account, e store.Event) []delivery {
	change, ok := e.Change.(store.Announced)
	if !ok || change.Details().Room.StatusCallback == "" {
		return nil
	}
	details := change.Details()
	return []delivery{{
		line: details.Room.SID, url: details.Room.StatusCallback, method: details.Room.StatusCallbackMethod, timeout: roomTimeout,
		form:  func(int) url.Values { return params(account, e.At, change) },
		about: []any{"room", details.Room.SID, "event", fmt.Sprintf("%T", change), "sequence", details.Sequence},
	}}
}

// params returns the parameters of a Room's status callback.
func params(account store.Account, at time.Time, change store.Announced) url.Values {
	details := change.Details()
	room := &details.Room
	v := url.Values{
		"AccountSid":     {account.SID},
		"RoomName":       {room.UniqueName},
		"RoomSid":        {room.SID},
		"RoomStatus":     {room.Status},
		"RoomType":       {room.Type},
		"Timestamp":      {at.UTC().Format(timestamp)},
		"SequenceNumber": {strconv.Itoa(details.Sequence)},
	}
	switch c := change.(type) {
	case *store.RoomCreated:
		v.Set(event, "room-created")
	case *store.RoomEnded:
		v.Set(event, "room-ended")
		v.Set("RoomDuration", strconv.Itoa(int(room.Ended.Sub(room.Created).Seconds())))
	case *store.ParticipantConnected:
		v.Set(event, "participant-connected")
		addParticipant(v, &c.Participant)
	case *store.ParticipantDisconnected:
		v.Set(event, "participant-disconnected")
		addParticipant(v, &c.Participant)
	case *store.TrackAdded:
		v.Set(event, "track-added")
		addTrack(v, &c.Participant, &c.Track)
	case *store.TrackRemoved:
		v.Set(event, "track-removed")
		addTrack(v, &c.Participant, &c.Track)
	case *store.TrackEnabled:
		v.Set(event, "track-enabled")
		addTrack(v, &c.Participant, &c.Track)
	case *store.TrackDisabled:
		v.Set(event, "track-disabled")
		addTrack(v, &c.Participant, &c.Track)
	case *store.RecordingStarted:
		v.Set(event, "recording-started")
		addRecording(v, &c.Participant, &c.Recording)
	case *store.RecordingCompleted:
		v.Set(event, "recording-completed")
		addRecording(v, &c.Participant, &c.Recording)
	case *store.RecordingFailed:
		v.Set(event, "recording-failed")
		addRecording(v, &c.Participant, &c.Recording)
	}
	return v
}

// event is the parameter that says what happened.
const event = "StatusCallbackEvent"

func addParticipant(v url.Values, p *store.Participant) {
	v.Set("ParticipantSid", p.SID)
	v.Set("ParticipantStatus", p.Status)
	v.Set("ParticipantIdentity", p.Identity)
	if !p.End.IsZero() {
		v.Set("ParticipantDuration", strconv.Itoa(int(p.End.Sub(p.Start).Seconds())))
	}
}

func addTrack(v url.Values, p *store.Participant, k *store.Track) {
	addParticipant(v, p)
	v.Set("TrackSid", k.SID)
	v.Set("TrackKind", k.Kind)
	v.Set("TrackName", k.Name)
}

// addRecording adds what is known of a Recording: nearly nothing at its start.
func addRecording(v url.Values, p *store.Participant, r *store.Recording) {
	addParticipant(v, p)
	v.Set("RecordingSid", r.SID)
	v.Set("SourceSid", r.SourceSID)
	v.Set("TrackSid", r.SourceSID)
	v.Set("TrackKind", r.Type)
	v.Set("TrackName", r.TrackName)
	v.Set("Type", r.Type)
	v.Set("Codec", r.Codec)
	v.Set("Container", r.Container)
	v.Set("OffsetFromTwilioVideoEpoch", strconv.FormatInt(r.Offset(), 10))
	if r.Status == store.RecordingProcessingStatus {
		return
	}
	v.Set("Duration", strconv.Itoa(r.Seconds()))
	v.Set("Size", strconv.FormatInt(r.Size, 10))
	if r.Status == store.RecordingCompletedStatus {
		v.Set("MediaUri", "/v1/Recordings/"+r.SID+"/Media")
	} else {
		v.Set("FailedOperation", "recording")
	}
}

// Sign is the X-Twilio-Signature of a request: HMAC-SHA1 by the auth token over
// the URL and, sorted by name, each parameter's name and value.
func Sign(authToken, target string, form url.Values) string {
	h := hmac.New(sha1.New, []byte(authToken))
	h.Write([]byte(target))
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		h.Write([]byte(name + form.Get(name)))
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

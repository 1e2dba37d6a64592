package callback

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"

	"escalate/server/localtwilio/store"
)

// timestamp is the form of a callback's Timestamp.
const timestamp = "2006-01-02T15:04:05.000Z"

// params are the parameters of a Room's status callback.
func params(account string, e store.Event) url.Values {
	v := url.Values{
		"AccountSid":          {account},
		"RoomName":            {e.Room.UniqueName},
		"RoomSid":             {e.Room.SID},
		"RoomStatus":          {e.Room.Status},
		"RoomType":            {e.Room.Type},
		"StatusCallbackEvent": {string(e.Kind)},
		"Timestamp":           {e.At.UTC().Format(timestamp)},
		"SequenceNumber":      {strconv.Itoa(e.Sequence)},
	}
	if e.Kind == store.RoomEnded {
		v.Set("RoomDuration", strconv.Itoa(int(e.Room.Ended.Sub(e.Room.Created).Seconds())))
	}
	if p := e.Participant; p.SID != "" {
		v.Set("ParticipantSid", p.SID)
		v.Set("ParticipantStatus", p.Status)
		v.Set("ParticipantIdentity", p.Identity)
		if !p.End.IsZero() {
			v.Set("ParticipantDuration", strconv.Itoa(int(p.End.Sub(p.Start).Seconds())))
		}
	}
	if k := e.Track; k.SID != "" {
		v.Set("TrackSid", k.SID)
		v.Set("TrackKind", k.Kind)
		v.Set("TrackName", k.Name)
	}
	if r := e.Recording; r.SID != "" {
		recordingParams(v, r)
	}
	return v
}

// recordingParams adds what is known of a Recording: nearly nothing at its start.
func recordingParams(v url.Values, r store.Recording) {
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

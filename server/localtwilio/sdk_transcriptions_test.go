package localtwilio_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	video "github.com/twilio/twilio-go/rest/video/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// transcription sets the status of a Transcription.
func (s sdk) transcription(room, ttid, status string) (*video.VideoV1RoomTranscriptions, error) {
	return s.video.UpdateRoomTranscriptions(room, ttid, &video.UpdateRoomTranscriptionsParams{Status: &status})
}

func TestTranscriptions(t *testing.T) {
	now := &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s := startSDKWith(t, localtwilio.Config{Now: now.Now})
	room := *must(s.video.CreateRoom(&video.CreateRoomParams{UniqueName: ptr("r")}))(t).Sid
	if list := must(s.video.ListRoomTranscriptions(room, &video.ListRoomTranscriptionsParams{}))(t); len(list) != 0 {
		t.Errorf("transcriptions of a Room without: %+v", list)
	}

	x := must(s.video.CreateRoomTranscriptions("r", &video.CreateRoomTranscriptionsParams{
		Configuration: &map[string]any{"languageCode": "EN-us", "partialResults": true, "speechModel": "long", "hints": "a b, c", "unheard": "of"},
	}))(t)
	if !regexp.MustCompile(`^video_extension_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(*x.Ttid) {
		t.Errorf("ttid %q", *x.Ttid)
	}
	if *x.Status != "started" || *x.RoomSid != room || *x.AccountSid != s.Account().SID || x.DateCreated == nil || x.DateUpdated != nil ||
		x.StartTime != nil || x.EndTime != nil || x.Duration != nil || !strings.HasSuffix(*x.Url, room+"/Transcriptions/"+*x.Ttid) {
		t.Errorf("transcription %+v", *x)
	}
	c := *x.Configuration
	if len(c) != 4 || c["languageCode"] != "EN-us" || c["partialResults"] != "true" || c["speechModel"] != "long" || c["hints"] != "a b, c" {
		t.Errorf("configuration %v", c)
	}
	_, err := s.video.CreateRoomTranscriptions(room, nil)
	wantCode(t, err, 400, 20001)
	if list := must(s.video.ListRoomTranscriptions(room, &video.ListRoomTranscriptionsParams{}))(t); len(list) != 1 || *list[0].Ttid != *x.Ttid {
		t.Errorf("transcriptions %+v", list)
	}

	// It runs while somebody is there.
	ada := must(s.Store().Participants.Add(room, "ada"))(t)
	now.Add(10 * time.Second)
	if x = must(s.video.FetchRoomTranscriptions(room, *x.Ttid))(t); x.StartTime == nil || x.EndTime != nil || x.Duration != nil {
		t.Errorf("running transcription %+v", *x)
	}
	x = must(s.transcription(room, *x.Ttid, "stopped"))(t)
	if *x.Status != "stopped" || x.EndTime == nil || x.DateUpdated == nil || *x.Duration != 10 {
		t.Errorf("stopped transcription %+v", *x)
	}
	now.Add(10 * time.Second)
	if again := must(s.transcription(room, *x.Ttid, "stopped"))(t); !again.DateUpdated.Equal(*x.DateUpdated) || *again.Duration != 10 {
		t.Errorf("stopped twice: %+v", *again)
	}
	if x = must(s.transcription(room, *x.Ttid, "started"))(t); *x.Status != "started" || x.EndTime != nil {
		t.Errorf("transcription started again: %+v", *x)
	}
	x = must(s.video.UpdateRoomTranscriptions(room, *x.Ttid, &video.UpdateRoomTranscriptionsParams{Configuration: &map[string]any{"languageCode": "nl-BE"}}))(t)
	if c := *x.Configuration; *x.Status != "started" || len(c) != 4 || c["languageCode"] != "nl-BE" || c["speechModel"] != "long" {
		t.Errorf("transcription in another language: %+v", *x)
	}
	_, err = s.video.UpdateRoomTranscriptions(room, *x.Ttid, &video.UpdateRoomTranscriptionsParams{Configuration: &map[string]any{"transcriptionEngine": "deepgram"}})
	wantCode(t, err, 400, 20001)
	now.Add(5 * time.Second)
	must(s.Store().Participants.SetStatus(ada.SID, store.Disconnected))(t)
	if x = must(s.video.FetchRoomTranscriptions(room, *x.Ttid))(t); *x.Status != "started" || x.EndTime == nil || *x.Duration != 15 {
		t.Errorf("transcription in an empty Room: %+v", *x)
	}

	_, err = s.transcription(room, *x.Ttid, "failed")
	wantCode(t, err, 400, 20001)
	_, err = s.transcription(room, "video_extension_none", "stopped")
	wantCode(t, err, 404, 20404)
	_, err = s.video.FetchRoomTranscriptions(room, "video_extension_none")
	wantCode(t, err, 404, 20404)
	_, err = s.video.FetchRoomTranscriptions(store.NewSID("RM"), *x.Ttid)
	wantCode(t, err, 404, 53106)

	// What failed stays so.
	must(s.Store().Participants.Add(room, "bob"))(t)
	if err := s.Store().Transcriptions.Fail(room); err != nil {
		t.Fatal(err)
	}
	if x = must(s.video.FetchRoomTranscriptions(room, *x.Ttid))(t); *x.Status != "failed" || x.EndTime == nil {
		t.Errorf("failed transcription %+v", *x)
	}
	_, err = s.transcription(room, *x.Ttid, "started")
	wantCode(t, err, 400, 20001)

	must(s.Store().Rooms.Complete(room))(t)
	_, err = s.transcription(room, *x.Ttid, "stopped")
	wantCode(t, err, 400, 53118)
	other := *must(s.video.CreateRoom(&video.CreateRoomParams{}))(t).Sid
	x = must(s.video.CreateRoomTranscriptions(other, nil))(t)
	must(s.Store().Rooms.Complete(other))(t)
	if x = must(s.video.FetchRoomTranscriptions(other, *x.Ttid))(t); *x.Status != "stopped" {
		t.Errorf("transcription of an ended Room: %+v", *x)
	}
	ended := *must(s.video.CreateRoom(&video.CreateRoomParams{}))(t).Sid
	must(s.Store().Rooms.Complete(ended))(t)
	_, err = s.video.CreateRoomTranscriptions(ended, nil)
	wantCode(t, err, 400, 53118)
}

func TestTranscriptionsOfANewRoom(t *testing.T) {
	s := startSDK(t)
	transcription := func(p video.CreateRoomParams) []video.VideoV1RoomTranscriptions {
		t.Helper()
		room := *must(s.video.CreateRoom(&p))(t).Sid
		return must(s.video.ListRoomTranscriptions(room, &video.ListRoomTranscriptionsParams{}))(t)
	}
	configuration := ptr(map[string]any{"languageCode": "de-DE", "transcriptionEngine": "deepgram", "speechModel": "nova-3"})
	if list := transcription(video.CreateRoomParams{TranscribeParticipantsOnConnect: ptr(false)}); len(list) != 0 {
		t.Errorf("transcriptions %+v", list)
	}
	if list := transcription(video.CreateRoomParams{TranscribeParticipantsOnConnect: ptr(true)}); len(list) != 1 ||
		*list[0].Status != "started" || len(*list[0].Configuration) != 0 {
		t.Errorf("transcriptions %+v", list)
	}
	if list := transcription(video.CreateRoomParams{TranscribeParticipantsOnConnect: ptr(true), TranscriptionsConfiguration: configuration}); len(list) != 1 ||
		*list[0].Status != "started" || (*list[0].Configuration)["languageCode"] != "de-DE" {
		t.Errorf("transcriptions %+v", list)
	}
	// A configuration alone waits to be started.
	list := transcription(video.CreateRoomParams{TranscriptionsConfiguration: configuration})
	if len(list) != 1 || *list[0].Status != "created" {
		t.Fatalf("transcriptions %+v", list)
	}
	if x := must(s.video.CreateRoomTranscriptions(*list[0].RoomSid, nil))(t); *x.Ttid != *list[0].Ttid || *x.Status != "started" ||
		(*x.Configuration)["speechModel"] != "nova-3" {
		t.Errorf("transcription %+v", *x)
	}

	faults := []struct {
		name          string
		configuration map[string]any
	}{
		{"engine", map[string]any{"transcriptionEngine": "mine"}},
		{"model", map[string]any{"speechModel": "huge"}},
		{"another engine's model", map[string]any{"speechModel": "nova-3"}},
		{"language", map[string]any{"languageCode": "plain English"}},
		{"no boolean", map[string]any{"partialResults": "sometimes"}},
		{"a number", map[string]any{"profanityFilter": 1}},
		{"a long hint", map[string]any{"hints": strings.Repeat("x", 101)}},
		{"many hints", map[string]any{"hints": strings.Repeat("x,", 500)}},
	}
	room := *must(s.video.CreateRoom(&video.CreateRoomParams{}))(t).Sid
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.video.CreateRoom(&video.CreateRoomParams{TranscribeParticipantsOnConnect: ptr(true), TranscriptionsConfiguration: &tt.configuration})
			wantCode(t, err, 400, 53114)
			_, err = s.video.CreateRoomTranscriptions(room, &video.CreateRoomTranscriptionsParams{Configuration: &tt.configuration})
			wantCode(t, err, 400, 20001)
		})
	}
	for _, text := range []string{"x", "[]", `"[]"`, "null"} {
		r := must(http.NewRequest(http.MethodPost, "https://video.twilio.com/v1/Rooms/"+room+"/Transcriptions",
			strings.NewReader(url.Values{"Configuration": {text}}.Encode())))(t)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if status, answer := ask(t, s.Server, s.Transport(), r); status != 400 || answer["code"] != 20001.0 {
			t.Errorf("configuration %s: %d %v", text, status, answer)
		}
	}
	for _, kind := range []string{"peer-to-peer", "go"} {
		_, err := s.video.CreateRoom(&video.CreateRoomParams{Type: &kind, TranscribeParticipantsOnConnect: ptr(true)})
		wantCode(t, err, 400, 53114)
		pairs := *must(s.video.CreateRoom(&video.CreateRoomParams{Type: &kind}))(t).Sid
		_, err = s.video.CreateRoomTranscriptions(pairs, nil)
		wantCode(t, err, 400, 20001)
	}
}

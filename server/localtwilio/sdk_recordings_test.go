package localtwilio_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	video "github.com/twilio/twilio-go/rest/video/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/rest"
	"escalate/server/localtwilio/store"
)

// recorded enters completed Recordings, with files, as the recorder would.
func recorded(t *testing.T, s *store.Store, dir string, who store.Participant, kind string, content []byte) store.Recording {
	t.Helper()
	k := must(s.Tracks.Add(store.Track{ParticipantSID: who.SID, Name: kind, Kind: kind}))(t)
	r := store.Recording{RoomSID: who.RoomSID, ParticipantSID: who.SID, SourceSID: k.SID, TrackName: kind, Type: kind, Codec: "OPUS", Container: "mka", Began: time.Now()}
	if kind == "video" {
		r.Codec, r.Container = "VP8", "mkv"
	}
	r = must(s.Recordings.Start(r))(t)
	if err := os.WriteFile(filepath.Join(dir, r.File()), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return must(s.Recordings.End(r.SID, store.RecordingDone{
		Status: "completed", Size: int64(len(content)), Duration: 2600 * time.Millisecond, Began: r.Began,
	}))(t)
}

func TestRecordings(t *testing.T) {
	dir := t.TempDir()
	s := startSDKWith(t, localtwilio.Config{DataDir: dir})
	dir = filepath.Join(dir, "recordings")
	room := must(s.video.CreateRoom(&video.CreateRoomParams{UniqueName: ptr("r"), StatusCallback: ptr("http://127.0.0.1:1/x")}))(t)
	other := must(s.video.CreateRoom(&video.CreateRoomParams{UniqueName: ptr("other")}))(t)
	ada := must(s.Store().Participants.Add(*room.Sid, "ada"))(t)
	bob := must(s.Store().Participants.Add(*room.Sid, "bob"))(t)
	eve := must(s.Store().Participants.Add(*other.Sid, "eve"))(t)
	content := bytes.Repeat([]byte("0123456789"), 1000)
	sound, picture := recorded(t, s.Store(), dir, ada, "audio", content), recorded(t, s.Store(), dir, bob, "video", content)
	elsewhere := recorded(t, s.Store(), dir, eve, "audio", content)
	running := must(s.Store().Recordings.Start(store.Recording{
		RoomSID: *room.Sid, ParticipantSID: ada.SID, SourceSID: store.NewSID("MT"), Type: "video", Codec: "VP8", Container: "mkv", Began: time.Now(),
	}))(t)

	got := must(s.video.FetchRecording(sound.SID))(t)
	groups := (*got.GroupingSids).(map[string]any)
	if *got.Status != "completed" || *got.Type != "audio" || *got.Codec != "OPUS" || *got.ContainerFormat != "mka" || *got.TrackName != "audio" ||
		*got.SourceSid != sound.SourceSID || *got.Size != int64(len(content)) || *got.Duration != 3 || *got.Offset != sound.Began.UnixMilli() ||
		groups["room_sid"] != *room.Sid || groups["participant_sid"] != ada.SID || *got.StatusCallback != "http://127.0.0.1:1/x" || *got.StatusCallbackMethod != "POST" ||
		*got.Url != "https://video.twilio.com/v1/Recordings/"+sound.SID || (*got.Links)["media"] != *got.Url+"/Media" {
		t.Errorf("recording %+v", *got)
	}
	inRoom := must(s.video.FetchRoomRecording(*room.Sid, picture.SID))(t)
	if *inRoom.RoomSid != *room.Sid || *inRoom.Url != "https://video.twilio.com/v1/Rooms/"+*room.Sid+"/Recordings/"+picture.SID {
		t.Errorf("recording of the room %+v", *inRoom)
	}
	if r := must(s.video.FetchRecording(running.SID))(t); *r.Status != "processing" || r.Size != nil || r.Duration != nil {
		t.Errorf("recording in the making %+v", *r)
	}
	_, err := s.video.FetchRoomRecording(*room.Sid, elsewhere.SID)
	wantCode(t, err, 404, 20404)
	_, err = s.video.FetchRecording(store.NewSID("RT"))
	wantCode(t, err, 404, 20404)
	_, err = s.video.ListRoomRecording(store.NewSID("RM"), &video.ListRoomRecordingParams{})
	wantCode(t, err, 404, 53106)

	hour := time.Hour
	lists := []struct {
		name string
		p    video.ListRecordingParams
		want []store.Recording
	}{
		{"all, newest first", video.ListRecordingParams{}, []store.Recording{running, elsewhere, picture, sound}},
		{"by status", video.ListRecordingParams{Status: ptr("completed")}, []store.Recording{elsewhere, picture, sound}},
		{"by source", video.ListRecordingParams{SourceSid: ptr(picture.SourceSID)}, []store.Recording{picture}},
		{"by room", video.ListRecordingParams{GroupingSid: &[]string{*other.Sid}}, []store.Recording{elsewhere}},
		{"by room and participant", video.ListRecordingParams{GroupingSid: &[]string{*room.Sid, ada.SID}}, []store.Recording{running, sound}},
		{"by type", video.ListRecordingParams{MediaType: ptr("audio")}, []store.Recording{elsewhere, sound}},
		{"after now", video.ListRecordingParams{DateCreatedAfter: ptr(time.Now().Add(hour))}, nil},
		{"before now", video.ListRecordingParams{DateCreatedBefore: ptr(time.Now().Add(hour))}, []store.Recording{running, elsewhere, picture, sound}},
		{"in pages of one", video.ListRecordingParams{PageSize: ptr(1)}, []store.Recording{running, elsewhere, picture, sound}},
	}
	for _, tt := range lists {
		t.Run(tt.name, func(t *testing.T) {
			var sids []string
			for _, r := range must(s.video.ListRecording(&tt.p))(t) {
				sids = append(sids, *r.Sid)
			}
			var want []string
			for _, r := range tt.want {
				want = append(want, r.SID)
			}
			if strings.Join(sids, " ") != strings.Join(want, " ") {
				t.Errorf("listed %v, want %v", sids, want)
			}
		})
	}
	_, err = s.video.ListRecording(&video.ListRecordingParams{Status: ptr("lost")})
	wantCode(t, err, 400, 20001)
	_, err = s.video.ListRecording(&video.ListRecordingParams{MediaType: ptr("smell")})
	wantCode(t, err, 400, 20001)
	_, err = s.video.PageRecording(&video.ListRecordingParams{PageSize: ptr(101)}, "", "")
	wantCode(t, err, 400, 20001)
	if got := must(s.video.ListRoomRecording(*room.Sid, &video.ListRoomRecordingParams{Status: ptr("completed")}))(t); len(got) != 2 {
		t.Errorf("%d completed recordings of the room, want 2", len(got))
	}

	if err := s.video.DeleteRecording(sound.SID); err != nil {
		t.Fatal(err)
	}
	if r := must(s.video.FetchRecording(sound.SID))(t); *r.Status != "deleted" {
		t.Errorf("status after deletion: %s", *r.Status)
	}
	if err := s.video.DeleteRoomRecording(*room.Sid, picture.SID); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the files of deleted recordings to go", func() bool {
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		return err == nil && len(left) == 1 && filepath.Base(left[0]) == elsewhere.File()
	})
	wantCode(t, s.video.DeleteRecording(store.NewSID("RT")), 404, 20404)
}

func TestRecordingMedia(t *testing.T) {
	dir := t.TempDir()
	s := start(t, localtwilio.Config{DataDir: dir})
	dir = filepath.Join(dir, "recordings")
	room := must(s.Store().Rooms.Create(store.Room{}))(t)
	ada := must(s.Store().Participants.Add(room.SID, "ada"))(t)
	content := bytes.Repeat([]byte("0123456789"), 1000)
	rec := recorded(t, s.Store(), dir, ada, "audio", content)
	if err := os.WriteFile(filepath.Join(dir, "secret"), nil, 0o600); err != nil {
		t.Fatal(err)
	}

	get := func(transport http.RoundTripper, url, ranges string) (*http.Response, []byte) {
		t.Helper()
		c := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		r := must(http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil))(t)
		if !strings.Contains(url, rest.MediaPath) {
			r.SetBasicAuth(s.Account().KeySID, s.Account().KeySecret)
		}
		if ranges != "" {
			r.Header.Set("Range", ranges)
		}
		res := must(c.Do(r))(t)
		defer res.Body.Close()
		return res, must(io.ReadAll(res.Body))(t)
	}
	// Whoever came through a proxy that speaks TLS finds the file by it too.
	r := must(http.NewRequest(http.MethodGet, s.URL()+"/video/v1/Recordings/"+rec.SID+"/Media", nil))(t)
	r.SetBasicAuth(s.Account().KeySID, s.Account().KeySecret)
	r.Header.Set("X-Forwarded-Proto", "https")
	proxied := must(http.DefaultTransport.RoundTrip(r))(t)
	proxied.Body.Close()
	if location := proxied.Header.Get("Location"); !strings.HasPrefix(location, "https://"+r.Host+rest.MediaPath) {
		t.Errorf("behind TLS the file is at %s", location)
	}
	for _, url := range []string{
		s.URL() + "/video/v1/Recordings/" + rec.SID + "/Media",
		s.URL() + "/video/v1/Rooms/" + room.SID + "/Recordings/" + rec.SID + "/Media?Ttl=60",
	} {
		res, body := get(nil, url, "")
		location := res.Header.Get("Location")
		if res.StatusCode != http.StatusFound || !strings.Contains(string(body), location) {
			t.Fatalf("%s: %s %s", url, res.Status, body)
		}
		if res, body := get(nil, location, ""); res.StatusCode != 200 || !bytes.Equal(body, content) || res.Header.Get("Content-Type") != "audio/x-matroska" {
			t.Errorf("media: %s, %d bytes, %s", res.Status, len(body), res.Header.Get("Content-Type"))
		}
		if res, body := get(nil, location, "bytes=9995-"); res.StatusCode != http.StatusPartialContent || string(body) != "56789" {
			t.Errorf("part: %s %q", res.Status, body)
		}
		for _, bad := range []string{
			strings.Replace(location, "signature=", "signature=0", 1), strings.Replace(location, "expires=", "expires=1", 1),
			strings.Replace(location, rec.File(), "secret", 1), strings.Replace(location, rec.File(), "../twilio.db", 1),
			strings.Replace(location, rec.File(), "%2e%2e%2ftwilio.db", 1), s.URL() + rest.MediaPath + rec.File(),
		} {
			if res, _ := get(nil, bad, ""); res.StatusCode == 200 {
				t.Errorf("%s is served", bad)
			}
		}
	}
	// In the process too, the location is one that can be reached.
	res, _ := get(s.Transport(), "https://video.twilio.com/v1/Recordings/"+rec.SID+"/Media", "")
	if res, _ := get(nil, res.Header.Get("Location"), ""); res.StatusCode != 200 {
		t.Errorf("media by way of the transport: %s", res.Status)
	}
	if err := s.Store().Recordings.Delete(rec.SID); err != nil {
		t.Fatal(err)
	}
	if res, _ := get(nil, s.URL()+"/video/v1/Recordings/"+rec.SID+"/Media", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("media of a deleted recording: %s", res.Status)
	}
}

func TestSubscribeRules(t *testing.T) {
	s := startSDK(t)
	room := *must(s.video.CreateRoom(&video.CreateRoomParams{UniqueName: ptr("r")}))(t).Sid
	ada, bob := must(s.Store().Participants.Add(room, "ada"))(t), must(s.Store().Participants.Add(room, "bob"))(t)
	mic := must(s.Store().Tracks.Add(store.Track{ParticipantSID: bob.SID, Name: "mic", Kind: "audio", Enabled: true}))(t)
	cam := must(s.Store().Tracks.Add(store.Track{ParticipantSID: bob.SID, Name: "cam", Kind: "video", Enabled: true}))(t)
	must(s.Store().Tracks.Add(store.Track{ParticipantSID: ada.SID, Name: "own", Kind: "video"}))(t)

	subscribed := func(want ...store.Track) {
		t.Helper()
		list := must(s.video.ListRoomParticipantSubscribedTrack(room, ada.SID, &video.ListRoomParticipantSubscribedTrackParams{}))(t)
		if len(list) != len(want) {
			t.Fatalf("%d subscribed tracks, want %d", len(list), len(want))
		}
		for i, k := range list {
			if *k.Sid != want[i].SID || *k.PublisherSid != bob.SID || *k.ParticipantSid != ada.SID || *k.Name != want[i].Name || *k.Kind != want[i].Kind || !*k.Enabled {
				t.Errorf("subscribed track %+v", k)
			}
		}
	}
	rules := must(s.video.FetchRoomParticipantSubscribeRule(room, ada.SID))(t)
	if len(*rules.Rules) != 1 || (*rules.Rules)[0].Type != "include" || !(*rules.Rules)[0].All {
		t.Errorf("rules at the start: %+v", *rules.Rules)
	}
	subscribed(mic, cam)
	set := func(rules any) error {
		_, err := s.video.UpdateRoomParticipantSubscribeRule(room, ada.SID, &video.UpdateRoomParticipantSubscribeRuleParams{Rules: &rules})
		return err
	}
	if err := set([]map[string]any{{"type": "include", "all": true}, {"type": "exclude", "publisher": "bob", "kind": "video"}}); err != nil {
		t.Fatal(err)
	}
	subscribed(mic)
	// twilio-video.js's own tests send truth as a string.
	if err := set(`[{"type":"include","all":"true"},{"type":"exclude","kind":"video"}]`); err != nil {
		t.Fatal(err)
	}
	subscribed(mic)
	if rules := must(s.video.FetchRoomParticipantSubscribeRule(room, ada.SID))(t); !(*rules.Rules)[0].All {
		t.Errorf("rules are answered as %+v", *rules.Rules)
	}
	if k := must(s.video.FetchRoomParticipantSubscribedTrack(room, ada.SID, mic.SID))(t); *k.Name != "mic" {
		t.Errorf("subscribed track %+v", *k)
	}
	_, err := s.video.FetchRoomParticipantSubscribedTrack(room, ada.SID, cam.SID)
	wantCode(t, err, 404, 20404)
	for _, bad := range []any{
		"x", []any{}, []map[string]any{{"type": "maybe", "all": true}}, []map[string]any{{"type": "include"}},
		[]map[string]any{{"type": "include", "all": true, "kind": "audio"}}, []map[string]any{{"type": "include", "kind": "smell"}},
	} {
		wantCode(t, set(bad), 400, 20001)
	}
	subscribed(mic)
	// Between browsers there is nothing to choose from.
	pairs := *must(s.video.CreateRoom(&video.CreateRoomParams{Type: ptr("peer-to-peer")}))(t).Sid
	eve := must(s.Store().Participants.Add(pairs, "eve"))(t)
	all := any([]map[string]any{{"type": "include", "all": true}})
	_, err = s.video.UpdateRoomParticipantSubscribeRule(pairs, eve.SID, &video.UpdateRoomParticipantSubscribeRuleParams{Rules: &all})
	wantCode(t, err, 400, 53117)
	must(s.Store().Participants.SetStatus(ada.SID, store.Disconnected))(t)
	wantCode(t, set([]map[string]any{{"type": "include", "all": true}}), 400, 20001)
	must(s.Store().Rooms.Complete(room))(t)
	wantCode(t, set([]map[string]any{{"type": "include", "all": true}}), 400, 53118)
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(15 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("gave up waiting for %s", what)
		}
	}
}

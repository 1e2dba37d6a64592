package localtwilio_test

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	video "github.com/twilio/twilio-go/rest/video/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// composer makes a program that stands in for ffmpeg: it tells its progress and writes a file.
func composer(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ffmpeg")
	script := "#!/bin/sh\nfor out; do :; done\nprintf 'out_time_us=N/A\\nout_time_us=1500000\\nout_time_us=1520000\\n'\nprintf '0123456789' > \"$out\"\n"
	if err := os.WriteFile(name, []byte(script), 0o700); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	return name
}

// TestCompositionHooks makes hooks with twilio-go, ends a Room that was recorded, and wants the
// Compositions of those that are enabled, with their callbacks.
func TestCompositionHooks(t *testing.T) {
	dir := t.TempDir()
	s := startSDKWith(t, localtwilio.Config{DataDir: dir, FFmpeg: composer(t)})
	dir = filepath.Join(dir, "recordings")
	target, got := posts(t, s.Server)

	h := must(s.video.CreateCompositionHook(&video.CreateCompositionHookParams{
		FriendlyName: ptr("Everybody"), AudioSources: &[]string{"*"}, AudioSourcesExcluded: &[]string{"hold*"}, Format: ptr("mp4"), Resolution: ptr("320x240"),
		VideoLayout: ptr[any](map[string]any{
			"main": map[string]any{"video_sources": []string{"*"}},
			"pip":  map[string]any{"video_sources": []string{"screen*"}, "x_pos": 100, "y_pos": 20, "z_pos": 10, "width": 80, "height": 60},
		}),
		StatusCallback: &target,
	}))(t)
	if *h.FriendlyName != "Everybody" || !*h.Enabled || h.DateCreated == nil || h.DateUpdated != nil || *h.Format != "mp4" || *h.Resolution != "320x240" ||
		!*h.Trim || *h.StatusCallback != target || *h.StatusCallbackMethod != "POST" || *h.Url != "https://video.twilio.com/v1/CompositionHooks/"+*h.Sid ||
		len(*h.AudioSources) != 1 || len(*h.AudioSourcesExcluded) != 1 {
		t.Errorf("hook %+v", *h)
	}
	pip := (*h.VideoLayout).(map[string]any)["pip"].(map[string]any)
	if pip["x_pos"] != 100.0 || pip["z_pos"] != 10.0 || pip["height"] != 60.0 || pip["reuse"] != "show_oldest" {
		t.Errorf("layout %+v", *h.VideoLayout)
	}
	_, err := s.video.CreateCompositionHook(&video.CreateCompositionHookParams{FriendlyName: ptr("Everybody"), AudioSources: &[]string{"*"}})
	wantCode(t, err, 400, 20001)
	off := must(s.video.CreateCompositionHook(&video.CreateCompositionHookParams{FriendlyName: ptr("off"), AudioSources: &[]string{"*"}, Enabled: ptr(false)}))(t)
	nobody := must(s.video.CreateCompositionHook(&video.CreateCompositionHookParams{
		FriendlyName: ptr("nobody"), AudioSources: &[]string{"student*"}, StatusCallback: &target,
	}))(t)
	if (*off.VideoLayout).(map[string]any) == nil || len((*off.VideoLayout).(map[string]any)) != 0 || *off.Enabled {
		t.Errorf("hook %+v", *off)
	}
	for _, bad := range []video.CreateCompositionHookParams{
		{}, {FriendlyName: ptr("x")}, {FriendlyName: ptr("x"), AudioSources: &[]string{"*"}, Resolution: ptr("8x8")},
		{FriendlyName: ptr("x"), AudioSources: &[]string{"*"}, Format: ptr("avi")},
		{FriendlyName: ptr("x"), AudioSources: &[]string{"*"}, StatusCallback: ptr("here")},
		{FriendlyName: ptr("x"), VideoLayout: ptr[any](map[string]any{"a": map[string]any{}})},
		{FriendlyName: ptr("x"), VideoLayout: ptr[any](map[string]any{"a": map[string]any{"video_sources": []string{"*"}, "x_pos": 700}})},
		{FriendlyName: ptr("x"), VideoLayout: ptr[any](map[string]any{"a": map[string]any{"video_sources": []string{"*"}, "max_rows": 2}})},
		{FriendlyName: ptr("x"), VideoLayout: ptr[any](map[string]any{"a": map[string]any{"video_sources": []string{"*"}, "reuse": "none"}})},
	} {
		_, err := s.video.CreateCompositionHook(&bad)
		wantCode(t, err, 400, 20001)
	}
	hour := time.Now().Add(time.Hour)
	for _, l := range []struct {
		p    video.ListCompositionHookParams
		want int
	}{
		{video.ListCompositionHookParams{}, 3}, {video.ListCompositionHookParams{Enabled: ptr(true)}, 2}, {video.ListCompositionHookParams{Enabled: ptr(false)}, 1},
		{video.ListCompositionHookParams{FriendlyName: ptr("*BODY")}, 2}, {video.ListCompositionHookParams{FriendlyName: ptr("body")}, 0},
		{video.ListCompositionHookParams{DateCreatedAfter: &hour}, 0}, {video.ListCompositionHookParams{DateCreatedBefore: &hour}, 3},
	} {
		if list := must(s.video.ListCompositionHook(&l.p))(t); len(list) != l.want {
			t.Errorf("%+v lists %d hooks, want %d", l.p, len(list), l.want)
		}
	}

	room := must(s.video.CreateRoom(&video.CreateRoomParams{UniqueName: ptr("r")}))(t)
	ada := must(s.Store().Participants.Add(*room.Sid, "ada"))(t)
	recorded(t, s.Store(), dir, ada, "video", []byte("x"))
	recorded(t, s.Store(), dir, ada, "audio", []byte("x"))
	must(s.video.UpdateRoom(*room.Sid, &video.UpdateRoomParams{Status: ptr("completed")}))(t)

	events := map[string]url.Values{}
	for range 5 {
		v := nextPost(t, got)
		if v.Get("AccountSid") != s.Account().SID || v.Get("RoomSid") != *room.Sid || v.Get("Timestamp") == "" {
			t.Errorf("callback %v", v)
		}
		events[v.Get("StatusCallbackEvent")] = v
	}
	queued, failed := events["composition-enqueued"], events["composition-hook-failed"]
	sid := queued.Get("CompositionSid")
	if queued.Get("HookSid") != *h.Sid || queued.Get("HookFriendlyName") != "Everybody" || queued.Get("HookUri") != "/v1/CompositionHooks/"+*h.Sid ||
		queued.Get("CompositionUri") != "/v1/Compositions/"+sid {
		t.Errorf("enqueued %v", queued)
	}
	if v := events["composition-started"]; v.Get("CompositionSid") != sid || v.Get("HookSid") != "" {
		t.Errorf("started %v", v)
	}
	// 1.5 of 2.6 seconds; 1.52 is no ten percent more.
	if v := events["composition-progress"]; v.Get("CompositionSid") != sid || v.Get("PercentageDone") != "50" || v.Get("SecondsRemaining") == "" {
		t.Errorf("progress %v", v)
	}
	if v := events["composition-available"]; v.Get("CompositionSid") != sid || v.Get("MediaUri") != "/v1/Compositions/"+sid+"/Media" || v.Get("Size") != "10" || v.Get("Duration") != "3" {
		t.Errorf("available %v", v)
	}
	if failed.Get("HookSid") != *nobody.Sid || failed.Get("ErrorMessage") == "" || failed.Get("FailedOperation") == "" || failed.Get("CompositionSid") != "" {
		t.Errorf("failed %v", failed)
	}
	all := must(s.video.ListComposition(&video.ListCompositionParams{}))(t)
	if len(all) != 1 || *all[0].Sid != sid || *all[0].Format != "mp4" || *all[0].Resolution != "320x240" || *all[0].StatusCallback != target {
		t.Errorf("compositions %+v", all)
	}

	h = must(s.video.UpdateCompositionHook(*h.Sid, &video.UpdateCompositionHookParams{FriendlyName: ptr("Sound"), AudioSources: &[]string{"*"}}))(t)
	if *h.FriendlyName != "Sound" || *h.Format != "webm" || h.DateUpdated == nil || h.StatusCallback != nil || len((*h.VideoLayout).(map[string]any)) != 0 {
		t.Errorf("hook after its update %+v", *h)
	}
	_, err = s.video.UpdateCompositionHook(*h.Sid, &video.UpdateCompositionHookParams{FriendlyName: ptr("off"), AudioSources: &[]string{"*"}})
	wantCode(t, err, 400, 20001)
	if h = must(s.video.FetchCompositionHook(*h.Sid))(t); *h.FriendlyName != "Sound" {
		t.Errorf("hook %+v", *h)
	}
	if err := s.video.DeleteCompositionHook(*h.Sid); err != nil {
		t.Fatal(err)
	}
	_, err = s.video.FetchCompositionHook(*h.Sid)
	wantCode(t, err, 404, 20404)
	wantCode(t, s.video.DeleteCompositionHook(store.NewSID("HK")), 404, 20404)
}

// TestFileSettings reads and sets what an account says of its Recordings and Compositions.
func TestFileSettings(t *testing.T) {
	s := startSDK(t)
	if r := must(s.video.FetchRecordingSettings())(t); r.FriendlyName != nil || *r.AwsStorageEnabled || *r.EncryptionEnabled || r.AwsS3Url != nil {
		t.Errorf("settings of recordings that nobody set: %+v", *r)
	}
	must(s.video.CreateRecordingSettings(&video.CreateRecordingSettingsParams{FriendlyName: ptr("ours"), EncryptionEnabled: ptr(false)}))(t)
	if r := must(s.video.FetchRecordingSettings())(t); *r.FriendlyName != "ours" || *r.Url != "https://video.twilio.com/v1/RecordingSettings/Default" {
		t.Errorf("settings of recordings: %+v", *r)
	}
	if r := must(s.video.FetchCompositionSettings())(t); r.FriendlyName != nil {
		t.Errorf("settings of compositions that nobody set: %+v", *r)
	}
	must(s.video.CreateCompositionSettings(&video.CreateCompositionSettingsParams{FriendlyName: ptr("theirs"), AwsStorageEnabled: ptr(false)}))(t)
	if r := must(s.video.FetchCompositionSettings())(t); *r.FriendlyName != "theirs" {
		t.Errorf("settings of compositions: %+v", *r)
	}
	_, err := s.video.CreateCompositionSettings(&video.CreateCompositionSettingsParams{FriendlyName: ptr("x"), AwsStorageEnabled: ptr(true)})
	wantCode(t, err, 400, 20001)
	_, err = s.video.CreateRecordingSettings(&video.CreateRecordingSettingsParams{FriendlyName: ptr("x"), EncryptionKeySid: ptr(store.NewSID("CR"))})
	wantCode(t, err, 400, 20001)
}

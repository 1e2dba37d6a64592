package localtwilio_test

import (
	"encoding/json"
	"testing"
	"time"

	insights "github.com/twilio/twilio-go/rest/insights/v1"
	video "github.com/twilio/twilio-go/rest/video/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// TestVideoInsights plays a Room and reads its log with twilio-go.
func TestVideoInsights(t *testing.T) {
	now := &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s := startSDKWith(t, localtwilio.Config{Now: now.Now})
	api := insights.NewApiService(s.video.RequestHandler())
	made := must(s.video.CreateRoom(&video.CreateRoomParams{UniqueName: ptr("r"), MediaRegion: ptr("de1"), RecordParticipantsOnConnect: ptr(true), MaxParticipants: ptr(5)}))(t)
	sid := *made.Sid
	people := s.Store().Participants
	ada := must(people.Add(sid, "ada"))(t)
	now.Add(10 * time.Second)
	bob := must(people.Add(sid, "bob"))(t)
	now.Add(10 * time.Second)
	// She comes again by the same name, and the first stay ends.
	must(people.Leave(ada.SID, store.Leaving{ErrorCode: 53205, Codecs: []string{"opus", "VP8"}, Publisher: json.RawMessage(`{"name":"twilio-video.js","sdk_version":"2.36.0"}`)}))(t)
	again := must(people.Add(sid, "ada"))(t)
	must(s.Store().Recordings.Start(store.Recording{RoomSID: sid, ParticipantSID: ada.SID, Type: "audio", Began: now.Now()}))(t)
	list := must(s.Store().Recordings.List(store.RecordingFilter{}))(t)
	must(s.Store().Recordings.End(list[0].SID, store.RecordingDone{Status: "completed", Duration: 7 * time.Second}))(t)
	now.Add(10 * time.Second)
	must(s.video.UpdateRoomParticipant(sid, bob.SID, &video.UpdateRoomParticipantParams{Status: ptr("disconnected")}))(t)
	// Signalling tells later what it has seen; the reason stays.
	if _, err := people.Leave(bob.SID, store.Leaving{ErrorCode: 53001, Codecs: []string{"H264"}}); err == nil {
		t.Error("somebody who has left leaves")
	}

	if l := must(api.ListVideoRoomSummary(&insights.ListVideoRoomSummaryParams{}))(t); len(l) != 0 {
		t.Errorf("%d Rooms are listed that have not ended", len(l))
	}
	if r := must(api.FetchVideoRoomSummary(sid))(t); *r.RoomStatus != "in_progress" || *r.ProcessingState != "in_progress" || r.EndTime != nil || r.EndReason != nil || r.DurationSec != nil || *r.TotalParticipantDurationSec != 50 {
		t.Errorf("room in progress %+v", *r)
	}
	now.Add(10 * time.Second)
	must(s.video.UpdateRoom(sid, &video.UpdateRoomParams{Status: ptr("completed")}))(t)

	r := must(api.FetchVideoRoomSummary(sid))(t)
	if *r.RoomSid != sid || *r.RoomName != "r" || *r.RoomType != "group" || *r.RoomStatus != "completed" || *r.CreatedMethod != "api" || *r.EndReason != "room_ended_via_api" ||
		*r.ProcessingState != "complete" || *r.MediaRegion != "de1" || r.EdgeLocation != nil || !*r.RecordingEnabled || *r.MaxParticipants != 5 ||
		*r.Url != "https://insights.twilio.com/v1/Video/Rooms/"+sid || r.EndTime == nil {
		t.Errorf("room %+v", *r)
	}
	if *r.UniqueParticipants != 3 || *r.UniqueParticipantIdentities != 2 || *r.ConcurrentParticipants != 2 || len(*r.Codecs) != 3 ||
		*r.DurationSec != 40 || *r.TotalParticipantDurationSec != 60 || *r.TotalRecordingDurationSec != 7 {
		t.Errorf("numbers of room %+v", *r)
	}
	all := must(api.ListVideoParticipantSummary(sid, &insights.ListVideoParticipantSummaryParams{}))(t)
	if len(all) != 3 || *all[0].ParticipantSid != again.SID || *all[0].Status != "completed" || *all[0].DurationSec != 20 || all[0].EndReason != nil || all[0].Codecs != nil {
		t.Errorf("participants %+v", all)
	}
	p := must(api.FetchVideoParticipantSummary(sid, ada.SID))(t)
	if *p.ParticipantIdentity != "ada" || *p.DurationSec != 20 || *p.ErrorCode != 53205 || *p.ErrorCodeUrl != "https://www.twilio.com/docs/api/errors/53205" || len(*p.Codecs) != 2 ||
		p.EndReason != nil || p.LeaveTime == nil || *p.MediaRegion != "de1" || (*p.PublisherInfo).(map[string]any)["sdk_version"] != "2.36.0" {
		t.Errorf("participant %+v", *p)
	}
	if p := must(api.FetchVideoParticipantSummary(sid, bob.SID))(t); *p.EndReason != "disconnected_via_api" || p.ErrorCode != nil || (*p.Codecs)[0] != "H264" {
		t.Errorf("participant who was removed %+v", *p)
	}
	_, err := api.FetchVideoParticipantSummary(sid, "ada")
	wantCode(t, err, 404, 20404)
	_, err = api.FetchVideoRoomSummary("r")
	wantCode(t, err, 404, 20404)

	unused := must(s.video.CreateRoom(&video.CreateRoomParams{Type: ptr("go"), UnusedRoomTimeout: ptr(1)}))(t)
	now.Add(time.Minute)
	eventually(t, "the unused Room to end", func() bool {
		r, err := api.FetchVideoRoomSummary(*unused.Sid)
		return err == nil && *r.RoomStatus == "completed"
	})
	if r := must(api.FetchVideoRoomSummary(*unused.Sid))(t); *r.EndReason != "timeout" || *r.RoomType != "go" || *r.ConcurrentParticipants != 0 {
		t.Errorf("unused room %+v", *r)
	}
	before := now.Now().Add(-time.Minute)
	for i, l := range []struct {
		p    insights.ListVideoRoomSummaryParams
		want int
	}{
		{insights.ListVideoRoomSummaryParams{}, 2},
		{insights.ListVideoRoomSummaryParams{RoomType: &[]string{"go", "group_small"}}, 1},
		{insights.ListVideoRoomSummaryParams{Codec: &[]string{"H264"}}, 1}, {insights.ListVideoRoomSummaryParams{Codec: &[]string{"VP9"}}, 0},
		{insights.ListVideoRoomSummaryParams{RoomName: ptr("r")}, 1},
		{insights.ListVideoRoomSummaryParams{CreatedBefore: &before}, 1}, {insights.ListVideoRoomSummaryParams{CreatedAfter: &before}, 1},
	} {
		if got := must(api.ListVideoRoomSummary(&l.p))(t); len(got) != l.want {
			t.Errorf("list %d has %d Rooms, want %d", i, len(got), l.want)
		}
	}
	_, err = api.ListVideoRoomSummary(&insights.ListVideoRoomSummaryParams{RoomType: &[]string{"large"}})
	wantCode(t, err, 400, 20001)
	now.Add(25 * time.Hour)
	if l := must(api.ListVideoRoomSummary(&insights.ListVideoRoomSummaryParams{}))(t); len(l) != 0 {
		t.Errorf("%d Rooms are listed a day after they ended", len(l))
	}
	day := now.Now().Add(-48 * time.Hour)
	if l := must(api.ListVideoRoomSummary(&insights.ListVideoRoomSummaryParams{CreatedAfter: &day}))(t); len(l) != 2 {
		t.Errorf("%d Rooms of two days, want 2", len(l))
	}
}

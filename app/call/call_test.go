package call

import (
	"reflect"
	"testing"

	"escalate/app/video"
)

var (
	mic    = video.Track{SID: "MTa", Kind: video.Audio, Enabled: true, Subscribed: true}
	camera = video.Track{SID: "MTv", Kind: video.Video, Enabled: true, Subscribed: true}
	shared = video.Track{SID: "MTs", Kind: video.Screen, Name: video.ScreenTrackName, Enabled: true, Subscribed: true}
	bob    = video.Participant{SID: "PAbob", Identity: "customer:X:1", Tracks: []video.Track{mic, camera}}
	ann    = video.Participant{SID: "PAann", Identity: "agent:WK1:2"}
	me     = video.Participant{SID: "PAme", Identity: "agent:WK2:3", Tracks: []video.Track{
		{SID: "MTmya", Kind: video.Audio, Enabled: true, Subscribed: true},
		{SID: "MTmyv", Kind: video.Video, Enabled: true, Subscribed: true}}}
)

// inCall is a call with bob and ann.
func inCall() State {
	s := New().Begin().Joined("RM1", me)
	s = s.Apply(video.ParticipantConnected{Participant: bob})
	return s.Apply(video.ParticipantConnected{Participant: ann})
}

func tracks(s State, sid string) []video.Track {
	p, _ := s.Participant(sid)
	return p.Tracks
}

func with(t video.Track, f func(*video.Track)) video.Track {
	f(&t)
	return t
}

func TestApply(t *testing.T) {
	t.Parallel()
	lost := &video.Error{Reason: video.SignalingLost, Code: 53001}
	tests := []struct {
		name   string
		events []video.Event
		got    func(State) any
		want   any
	}{
		{"order of arrival", nil, func(s State) any { return s.Participants[0].SID + s.Participants[1].SID }, "PAbobPAann"},
		{"told again", []video.Event{video.ParticipantConnected{Participant: bob}},
			func(s State) any { return len(s.Participants) }, 2},
		{"someone leaves", []video.Event{video.DominantSpeaker{SID: "PAbob"}, video.NetworkQuality{SID: "PAbob", Level: 2}, video.ParticipantDisconnected{SID: "PAbob"}},
			func(s State) any { return []any{len(s.Participants), s.Dominant, s.QualityOf("PAbob")} }, []any{1, "", -1}},
		{"a stranger leaves", []video.Event{video.ParticipantDisconnected{SID: "PAx"}},
			func(s State) any { return len(s.Participants) }, 2},
		{"someone reconnects", []video.Event{video.ParticipantReconnecting{SID: "PAbob"}},
			func(s State) any { return s.Participants[0].Reconnecting }, true},
		{"someone is back", []video.Event{video.ParticipantReconnecting{SID: "PAbob"}, video.ParticipantReconnected{SID: "PAbob"}},
			func(s State) any { return s.Participants[0].Reconnecting }, false},
		{"published, then subscribed", []video.Event{
			video.TrackPublished{ParticipantSID: "PAann", Track: with(camera, func(t *video.Track) { t.Subscribed = false })},
			video.TrackSubscribed{ParticipantSID: "PAann", Track: camera}},
			func(s State) any { return tracks(s, "PAann") }, []video.Track{camera}},
		{"subscribed, then published", []video.Event{
			video.TrackSubscribed{ParticipantSID: "PAann", Track: camera},
			video.TrackPublished{ParticipantSID: "PAann", Track: with(camera, func(t *video.Track) { t.Subscribed = false })}},
			func(s State) any { return tracks(s, "PAann") }, []video.Track{camera}},
		{"unsubscribed", []video.Event{video.TrackUnsubscribed{ParticipantSID: "PAbob", TrackSID: "MTv"}},
			func(s State) any { return tracks(s, "PAbob")[1].Subscribed }, false},
		{"unpublished", []video.Event{video.TrackUnpublished{ParticipantSID: "PAbob", TrackSID: "MTv"}},
			func(s State) any { return tracks(s, "PAbob") }, []video.Track{mic}},
		{"muted", []video.Event{video.TrackDisabled{ParticipantSID: "PAbob", TrackSID: "MTa"}},
			func(s State) any { _, ok := Microphone(s.Participants[0]); return ok }, false},
		{"unmuted", []video.Event{video.TrackDisabled{ParticipantSID: "PAbob", TrackSID: "MTa"}, video.TrackEnabled{ParticipantSID: "PAbob", TrackSID: "MTa"}},
			func(s State) any { _, ok := Microphone(s.Participants[0]); return ok }, true},
		{"switched off", []video.Event{video.TrackSwitchedOff{ParticipantSID: "PAbob", TrackSID: "MTv"}},
			func(s State) any { _, ok := Camera(s.Participants[0]); return ok }, false},
		{"switched on", []video.Event{video.TrackSwitchedOff{ParticipantSID: "PAbob", TrackSID: "MTv"}, video.TrackSwitchedOn{ParticipantSID: "PAbob", TrackSID: "MTv"}},
			func(s State) any { _, ok := Camera(s.Participants[0]); return ok }, true},
		{"we mute", []video.Event{video.TrackDisabled{ParticipantSID: "PAme", TrackSID: "MTmya"}},
			func(s State) any { return []bool{s.MicrophoneOn(), s.CameraOn()} }, []bool{false, true}},
		{"our camera off", []video.Event{video.LocalTrackUnpublished{TrackSID: "MTmyv"}},
			func(s State) any { return []bool{s.MicrophoneOn(), s.CameraOn()} }, []bool{true, false}},
		{"our camera lost", []video.Event{video.LocalTrackStopped{Kind: video.Video}},
			func(s State) any { return []bool{s.CameraOn(), s.Interrupted[video.Video]} }, []bool{false, true}},
		{"our camera resumed", []video.Event{video.LocalTrackStopped{Kind: video.Video}, video.LocalTrackResumed{Kind: video.Video}},
			func(s State) any { return []bool{s.CameraOn(), s.Interrupted[video.Video]} }, []bool{true, false}},
		{"our camera published anew", []video.Event{video.LocalTrackStopped{Kind: video.Video}, video.LocalTrackPublished{Track: me.Tracks[1]}},
			func(s State) any { return s.CameraOn() }, true},
		{"we share", []video.Event{video.LocalTrackPublished{Track: shared}}, func(s State) any { return s.ScreenOn() }, true},
		{"the browser ends our share", []video.Event{video.LocalTrackPublished{Track: shared}, video.ScreenEnded{}},
			func(s State) any { return []any{s.ScreenOn(), len(s.Local.Tracks)} }, []any{false, 2}},
		{"they share", []video.Event{video.TrackSubscribed{ParticipantSID: "PAann", Track: shared}},
			func(s State) any { t, p, ok := s.ScreenTrack(); return []any{t.SID, p.SID, ok} }, []any{"MTs", "PAann", true}},
		{"worst quality", []video.Event{video.NetworkQuality{SID: "PAme", Level: 2}, video.NetworkQuality{SID: "PAbob", Level: 1}, video.NetworkQuality{SID: "PAme", Level: 4}},
			func(s State) any { return []int{s.QualityOf("PAme"), s.WorstQuality} }, []int{4, 2}},
		{"recording", []video.Event{video.RecordingChanged{On: true}}, func(s State) any { return s.Recording }, true},
		{"blocked", []video.Event{video.PlaybackBlocked{}}, func(s State) any { return s.PlaybackBlocked }, true},
		{"resumed", []video.Event{video.PlaybackBlocked{}, video.PlaybackResumed{}}, func(s State) any { return s.PlaybackBlocked }, false},
		{"we reconnect", []video.Event{video.Reconnecting{Err: lost}},
			func(s State) any { return []any{s.Phase, s.Error, s.Reconnects, s.Active()} }, []any{Reconnecting, lost, 1, true}},
		{"we are back", []video.Event{video.Reconnecting{Err: lost}, video.Reconnected{}},
			func(s State) any { return []any{s.Phase, s.Error == nil, s.Reconnects} }, []any{InCall, true, 1}},
		{"over", []video.Event{video.Disconnected{}},
			func(s State) any { return []any{s.Phase, s.Error == nil, len(s.Participants), s.Active()} }, []any{Left, true, 0, false}},
		{"thrown out", []video.Event{video.Disconnected{Err: &video.Error{Reason: video.RoomCompleted}}},
			func(s State) any { return s.Error.Reason }, video.RoomCompleted},
		{"over, then an old error", []video.Event{video.Disconnected{}, video.Disconnected{Err: lost}, video.Reconnecting{Err: lost}},
			func(s State) any { return []any{s.Phase, s.Error == nil} }, []any{Left, true}},
		{"data is not state", []video.Event{video.DataReceived{Text: "x"}}, func(s State) any { return reflect.DeepEqual(s, inCall()) }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := inCall()
			for _, e := range tt.events {
				s = s.Apply(e)
			}
			if got := tt.got(s); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// An event must leave the State it was applied to alone: pages compare them.
func TestApplyCopies(t *testing.T) {
	t.Parallel()
	base := func() State {
		s := inCall()
		for _, e := range []video.Event{
			video.NetworkQuality{SID: "PAbob", Level: 3}, video.LocalTrackStopped{Kind: video.Audio},
			video.LocalTrackPublished{Track: shared},
		} {
			s = s.Apply(e)
		}
		return s
	}
	for _, e := range []video.Event{
		video.ParticipantConnected{Participant: bob}, video.ParticipantConnected{Participant: video.Participant{SID: "PAnew"}},
		video.ParticipantDisconnected{SID: "PAbob"}, video.ParticipantReconnecting{SID: "PAbob"},
		video.TrackPublished{ParticipantSID: "PAbob", Track: shared}, video.TrackUnpublished{ParticipantSID: "PAbob", TrackSID: "MTa"},
		video.TrackUnsubscribed{ParticipantSID: "PAbob", TrackSID: "MTa"}, video.TrackDisabled{ParticipantSID: "PAbob", TrackSID: "MTa"},
		video.TrackDisabled{ParticipantSID: "PAme", TrackSID: "MTmya"}, video.TrackSwitchedOff{ParticipantSID: "PAbob", TrackSID: "MTv"},
		video.LocalTrackPublished{Track: me.Tracks[0]}, video.LocalTrackUnpublished{TrackSID: "MTmya"},
		video.LocalTrackStopped{Kind: video.Video}, video.LocalTrackResumed{Kind: video.Audio}, video.ScreenEnded{},
		video.NetworkQuality{SID: "PAbob", Level: 0}, video.NetworkQuality{SID: "PAann", Level: 0}, video.Disconnected{},
	} {
		old := base()
		old.Apply(e)
		if !reflect.DeepEqual(old, base()) {
			t.Errorf("%T changed the State before it", e)
		}
	}
}

func TestJoined(t *testing.T) {
	t.Parallel()
	t.Run("after events", func(t *testing.T) {
		s := New().Begin().Apply(video.ParticipantConnected{Participant: bob})
		s = s.Apply(video.LocalTrackPublished{Track: shared}).Joined("RM1", me)
		if s.Phase != InCall || len(s.Participants) != 1 || len(s.Local.Tracks) != 3 || s.RoomSID != "RM1" {
			t.Errorf("%+v", s)
		}
	})
	t.Run("after the end", func(t *testing.T) {
		s := New().Begin().Apply(video.Disconnected{Err: &video.Error{Reason: video.RoomCompleted}}).Joined("RM1", me)
		if s.Phase != Left {
			t.Errorf("phase %s, want left", s.Phase)
		}
	})
	t.Run("again", func(t *testing.T) {
		s := inCall().End().Begin()
		if !reflect.DeepEqual(s, New().Begin()) {
			t.Errorf("a new call remembers the old one: %+v", s)
		}
	})
	t.Run("failed", func(t *testing.T) {
		s := New().Begin().Fail(&video.Error{Reason: video.RoomFull})
		if s.Phase != Failed || s.Apply(video.Disconnected{}).Phase != Failed {
			t.Errorf("%+v", s)
		}
	})
}

func TestRemote(t *testing.T) {
	t.Parallel()
	if _, ok := New().Remote(); ok {
		t.Error("someone in an empty Room")
	}
	if p, ok := inCall().Remote(); !ok || p.SID != "PAbob" {
		t.Errorf("remote %v", p)
	}
	if _, ok := inCall().Participant(""); ok {
		t.Error("nobody has an empty SID")
	}
}

func TestQualityWords(t *testing.T) {
	t.Parallel()
	for level, want := range map[int]string{-1: "", 0: "broken", 1: "bad", 2: "weak", 3: "fair", 4: "good", 5: "good", 6: ""} {
		if got := QualityWords(level); got != want {
			t.Errorf("level %d: %q, want %q", level, got, want)
		}
	}
}

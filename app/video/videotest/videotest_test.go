package videotest

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"escalate/app/video"
)

func TestACallByScript(t *testing.T) {
	d := NewDevices()
	d.Missing = map[video.Kind]*video.Error{video.Video: {Reason: video.MediaInUse}}
	c, err := d.Capture(t.Context(), video.Want{Audio: true, Video: true})
	if err != nil || !c.Has(video.Audio) || c.Has(video.Video) || c.Missing(video.Video).Reason != video.MediaInUse {
		t.Fatalf("capture %+v, %v", c, err)
	}
	var got []video.Event
	var conn Connector
	r, err := conn.Connect(t.Context(), "T", video.Options{Name: "R", Capture: c, OnEvent: func(e video.Event) { got = append(got, e) }})
	if err != nil || len(r.Local().Tracks) != 1 {
		t.Fatalf("room %+v, %v", r, err)
	}
	_ = r.SetEnabled(t.Context(), video.Audio, false)
	r.Disconnect()
	conn.Room().Emit(video.DominantSpeaker{SID: "PA1"}) // too late
	want := []video.Event{video.TrackDisabled{ParticipantSID: LocalSID, TrackSID: "MTaudio"}, video.Disconnected{}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("events %+v, want %+v", got, want)
	}
	if !conn.Called("Connect R T") || conn.Room().Count("Disconnect") != 1 {
		t.Errorf("calls %q, %q", conn.Calls.Calls(), conn.Room().Calls.Calls())
	}
}

func TestGateHoldsUntilTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	conn := Connector{Gate: make(chan struct{})}
	if _, err := conn.Connect(ctx, "T", video.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	d := Devices{Gate: make(chan struct{})}
	if _, err := d.Capture(ctx, video.Want{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

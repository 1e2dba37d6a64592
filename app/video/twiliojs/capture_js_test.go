//go:build js

package twiliojs

import (
	"context"
	"errors"
	"math"
	"testing"

	"escalate/app/video"
)

func TestCaptureFallsBack(t *testing.T) {
	tests := []struct {
		name, refuse, granted string
		want                  video.Reason // "" when something is to be had
		audio, video          bool
		missing               map[video.Kind]video.Reason
		asked                 string
	}{
		{name: "both", refuse: `{}`, audio: true, video: true,
			asked: "getUserMedia audio=true video=true"},
		{name: "no camera", refuse: `{video: "NotFoundError"}`, audio: true,
			missing: map[video.Kind]video.Reason{video.Video: video.MediaNotFound},
			asked:   "getUserMedia audio=true video=true; getUserMedia audio=true video=false; getUserMedia audio=false video=true"},
		{name: "camera in use", refuse: `{video: "NotReadableError"}`, audio: true,
			missing: map[video.Kind]video.Reason{video.Video: video.MediaInUse},
			asked:   "getUserMedia audio=true video=true; getUserMedia audio=true video=false; getUserMedia audio=false video=true"},
		{name: "denied", refuse: `{audio: ["NotAllowedError", "Permission denied"], video: "NotAllowedError"}`,
			want: video.MediaDenied, asked: "getUserMedia audio=true video=true"},
		{name: "dismissed", refuse: `{audio: ["NotAllowedError", "Permission dismissed"]}`,
			want: video.MediaDismissed, asked: "getUserMedia audio=true video=true"},
		{name: "camera blocked, microphone allowed before", refuse: `{video: "NotAllowedError"}`, granted: `["microphone"]`,
			audio: true, missing: map[video.Kind]video.Reason{video.Video: video.MediaDenied},
			asked: "getUserMedia audio=true video=true; getUserMedia audio=true video=false"},
		{name: "system", refuse: `{audio: ["NotAllowedError", "Permission denied by system"]}`,
			want: video.MediaSystem, asked: "getUserMedia audio=true video=true"},
		{name: "nothing there", refuse: `{audio: "NotFoundError", video: "NotFoundError"}`, want: video.MediaNotFound,
			asked: "getUserMedia audio=true video=true; getUserMedia audio=true video=false; getUserMedia audio=false video=true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := setUp(t)
			eval(`refuse = ` + tt.refuse)
			if tt.granted != "" {
				eval(`granted = ` + tt.granted)
			}
			c, err := Devices{}.Capture(ctx, video.Want{Audio: true, Video: true})
			if got := calls(); got != tt.asked {
				t.Errorf("asked %s\nwant  %s", got, tt.asked)
			}
			if tt.want != "" {
				var e *video.Error
				if !errors.As(err, &e) || e.Reason != tt.want {
					t.Fatalf("error %v, want %s", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if c.Has(video.Audio) != tt.audio || c.Has(video.Video) != tt.video {
				t.Errorf("audio %t, video %t", c.Has(video.Audio), c.Has(video.Video))
			}
			for _, k := range []video.Kind{video.Audio, video.Video} {
				var got video.Reason
				if e := c.Missing(k); e != nil {
					got = e.Reason
				}
				if got != tt.missing[k] {
					t.Errorf("missing %s: %q, want %q", k, got, tt.missing[k])
				}
			}
		})
	}
}

func TestCaptureThatComesLateIsStopped(t *testing.T) {
	setUp(t)
	eval(`captureGate = new Promise(r => globalThis.openGate = r)`)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := Devices{}.Capture(ctx, video.Want{Audio: true, Video: true})
		done <- err
	}()
	wait(t, "the capture to be asked for", func() bool { return eval(`calls.length`).Int() > 0 })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	eval(`openGate()`)
	wait(t, "the late Tracks to be stopped", func() bool {
		return eval(`globalThis.lastTracks !== undefined && lastTracks.length === 2 && lastTracks.every(t => t.isStopped)`).Truthy()
	})
}

func TestPreviewFollowsTheCamera(t *testing.T) {
	ctx := setUp(t)
	eval(`addElement("preview")`)
	c, err := Devices{}.Capture(ctx, video.Want{Audio: true, Video: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Attach("preview"); err != nil {
		t.Fatal(err)
	}
	if err := c.Attach("preview"); err != nil {
		t.Fatal(err)
	}
	if got := eval(`lastTracks[1].attachCalls`).Int(); got != 1 {
		t.Errorf("attached %d times, want once", got)
	}
	if !eval(`els.preview.muted && els.preview.playsInline`).Truthy() {
		t.Error("the preview is not muted and inline")
	}
	if err := c.Attach("nowhere"); err == nil {
		t.Error("attached to an element that is not there")
	}
	if err := c.SetEnabled(ctx, video.Video, false); err != nil {
		t.Fatal(err)
	}
	if !eval(`lastTracks[1].isStopped && els.preview.srcObject === null`).Truthy() {
		t.Error("the camera is off, but its light or its last picture stays")
	}
	if c.Has(video.Video) {
		t.Error("a camera that is off is there")
	}
	if err := c.SetEnabled(ctx, video.Video, true); err != nil {
		t.Fatal(err)
	}
	if !eval(`els.preview.srcObject.getTracks()[0] === lastTracks[0].mediaStreamTrack`).Truthy() {
		t.Error("the camera is on again, but not in the preview")
	}
	c.Close()
	c.Close()
	if !eval(`lastTracks.every(t => t.isStopped && t.count() === 0)`).Truthy() {
		t.Error("closed, but Tracks run or callbacks stay")
	}
}

func TestUse(t *testing.T) {
	ctx := setUp(t)
	c, err := Devices{}.Capture(ctx, video.Want{Video: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	camera := func() string { return c.(*capture).settings().id }
	if err := c.Use(ctx, video.Video, "back"); err != nil || camera() != "back" {
		t.Fatalf("camera %q, %v; want back", camera(), err)
	}
	var e *video.Error
	if err := c.Use(ctx, video.Video, "gone"); !errors.As(err, &e) || e.Reason != video.MediaConstraints {
		t.Errorf("a camera that is gone: %v", err)
	}
	if camera() != "back" || !c.Has(video.Video) {
		t.Errorf("after the failure camera %q, want back", camera())
	}
	// Off, chosen, on: the chosen one starts.
	for _, step := range []func() error{
		func() error { return c.SetEnabled(ctx, video.Video, false) },
		func() error { return c.Use(ctx, video.Video, "front") },
		func() error {
			if c.Has(video.Video) {
				t.Error("choosing a camera switched it on")
			}
			return c.SetEnabled(ctx, video.Video, true)
		},
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if camera() != "front" {
		t.Errorf("camera %q, want front", camera())
	}
}

func TestFlip(t *testing.T) {
	tests := []struct {
		name, cameras, want string
		fails               bool
	}{
		{name: "by facing", cameras: `[{deviceId: "a", facingMode: "user"}, {deviceId: "b", facingMode: "environment"}]`, want: "b"},
		{name: "by list", cameras: `[{deviceId: "a"}, {deviceId: "b"}]`, want: "b"},
		{name: "facing lies", cameras: `[{deviceId: "a", facingMode: "environment"}, {deviceId: "b", facingMode: "environment"}]`, want: "b"},
		{name: "one camera", cameras: `[{deviceId: "a", facingMode: "user"}]`, want: "a", fails: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := setUp(t)
			eval(`cameras = ` + tt.cameras)
			c, err := Devices{}.Capture(ctx, video.Want{Video: true})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.Flip(ctx); (err != nil) != tt.fails {
				t.Errorf("error %v", err)
			}
			if got := c.(*capture).settings().id; got != tt.want || !c.Has(video.Video) {
				t.Errorf("camera %q (live %t), want %q", got, c.Has(video.Video), tt.want)
			}
			if tt.fails {
				return
			}
			if err := c.Flip(ctx); err != nil || c.(*capture).settings().id != "a" {
				t.Errorf("back: camera %q, %v", c.(*capture).settings().id, err)
			}
		})
	}
}

func TestLevel(t *testing.T) {
	ctx := setUp(t)
	eval(`globalThis.AudioContext = class {
		constructor() { this.state = "running"; globalThis.audio = this }
		createAnalyser() { return {getFloatTimeDomainData(a) { for (let i = 0; i < a.length; i++) a[i] = i % 2 ? globalThis.loud : -globalThis.loud }} }
		createMediaStreamSource() { return {connect() {}, disconnect() {}} }
		async close() { this.closed = true }
	}; globalThis.loud = 0.1`)
	c, err := Devices{}.Capture(ctx, video.Want{Audio: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Level(), 1-20.0/60; math.Abs(got-want) > 1e-6 {
		t.Errorf("level %v at -20 dB, want %v", got, want)
	}
	eval(`loud = 0`)
	if got := c.Level(); got != 0 {
		t.Errorf("level %v in silence", got)
	}
	eval(`loud = 1`)
	if err := c.SetEnabled(ctx, video.Audio, false); err != nil {
		t.Fatal(err)
	}
	if got := c.Level(); got != 0 {
		t.Errorf("level %v while muted", got)
	}
	c.Close()
	if !eval(`audio.closed`).Truthy() {
		t.Error("the AudioContext stays open")
	}
}

func TestListAndChange(t *testing.T) {
	ctx := setUp(t)
	list, err := Devices{}.List(ctx)
	if err != nil || len(list) != 2 || list[0] != (video.Device{ID: "front", Kind: "videoinput", Label: "front camera"}) {
		t.Errorf("devices %v, %v", list, err)
	}
	n := 0
	stop := Devices{}.OnChange(func() { n++ })
	eval(`navigator.mediaDevices.dispatchEvent(new Event("devicechange"))`)
	stop()
	eval(`navigator.mediaDevices.dispatchEvent(new Event("devicechange"))`)
	if n != 1 {
		t.Errorf("%d changes, want 1", n)
	}
}

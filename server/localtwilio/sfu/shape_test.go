package sfu

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/allocator"
)

// TestLayersOfATrackThatNobodyLooksAt wants all layers stopped after a while, but for a Tap's.
func TestLayersOfATrackThatNobodyLooksAt(t *testing.T) {
	t.Parallel()
	u := &upTrack{codec: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}}
	for i, d := range []Dimensions{{Width: 320, Height: 180}, {Width: 640, Height: 360}, {Width: 1280, Height: 720}} {
		l := &layer{index: i}
		l.size.Store(uint32(d.Width)<<16 | uint32(d.Height))
		u.layers = append(u.layers, l)
	}
	var h layerHint
	began := time.Unix(1_700_000_000, 0)
	wants := func(what string, after time.Duration, want ...bool) {
		t.Helper()
		if got := h.wanted(u, began.Add(after)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	wants("nobody has come yet", 0)
	wants("nobody for a while", idlePause-1)
	wants("nobody comes", idlePause, false, false, false)
	d := newDownTrack("MT1", "PA1", u.codec, wire{})
	u.sinks.attach(d)
	wants("somebody comes", idlePause, true, true, true)
	d.use.render(allocator.Dimensions{Width: 640, Height: 360}, true)
	wants("draws it", 20*time.Second, true, true, false)
	d.use.render(allocator.Dimensions{}, false)
	wants("looks away", 21*time.Second, true, false, false)
	wants("for less than long", 21*time.Second+idlePause-1, true, false, false)
	wants("for long", 21*time.Second+idlePause, false, false, false)
	tap := &Tap{}
	u.taps.add(tap)
	wants("is recorded", 40*time.Second, true, false, false)
	u.sinks.detach(d)
	wants("is recorded alone", 60*time.Second, true, false, false)
	u.taps.remove(tap)
	wants("and no more", 61*time.Second, false, false, false)
}

// A picture drawn small takes less, once it has been drawn so for a while; one drawn large has more at once.
func TestDrawn(t *testing.T) {
	t.Parallel()
	small, large, unknown := Dimensions{Width: 50, Height: 40}, Dimensions{Width: 1024, Height: 720}, Dimensions{}
	var d drawn
	began := time.Unix(1_700_000_000, 0)
	for i, step := range []struct {
		after      time.Duration
		size, want Dimensions
	}{
		{0, small, unknown},
		{drawnPause, small, small},
		{6 * time.Second, large, large},
		{7 * time.Second, small, large},
		{8 * time.Second, large, large}, // again
		{9 * time.Second, small, large},
		{9*time.Second + drawnPause - 1, small, large},
		{9*time.Second + drawnPause, small, small},
		{20 * time.Second, unknown, unknown},
		{21 * time.Second, small, unknown},
	} {
		if got := d.settle(step.size, began.Add(step.after)); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
}

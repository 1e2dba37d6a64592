package sfu

import "testing"

// Whichever way a subscriber takes, it begins, resumes and changes layers on a keyframe only, and who forwards knows
// of which layer it waits for one.
func TestSelection(t *testing.T) {
	t.Parallel()
	const key, delta = true, false
	s := selection{keyframes: true, waiting: true}
	sent1 := func(layer int, keyframe bool, want written) func(*testing.T) {
		return func(t *testing.T) {
			if got := s.admit(layer, keyframe); got != want {
				t.Errorf("a packet of layer %d, keyframe %t: %d, want %d", layer, keyframe, got, want)
			}
		}
	}
	choose := func(layer int, off, want bool) func(*testing.T) {
		return func(t *testing.T) {
			if got := s.choose(layer, off); got != want {
				t.Errorf("keyframe of layer %d wanted %t, want %t", layer, got, want)
			}
		}
	}
	start := func(layer int, want bool) func(*testing.T) {
		return func(t *testing.T) {
			if l, wanted := s.start(); l != layer || wanted != want {
				t.Errorf("keyframe of layer %d wanted %t, want %d, %t", l, wanted, layer, want)
			}
		}
	}
	for i, step := range []struct {
		do      func(*testing.T)
		awaited int32 // afterwards
		sending int   // layer, -1 for none
	}{
		{sent1(0, key, skipped), awaitsAny, -1},
		{choose(1, false, false), awaitsAny, -1}, // not ready: nobody is asked yet
		{start(1, true), 1, -1},
		{start(0, false), 1, -1}, // once
		{sent1(0, key, skipped), 1, -1},
		{sent1(1, delta, wantKeyframe), 1, -1},
		{sent1(1, key, began), awaitsNone, 1},
		{sent1(1, delta, sent), awaitsNone, 1},
		{choose(2, false, true), 2, 1}, // the old layer goes on
		{sent1(1, delta, sent), 2, 1},
		{sent1(2, delta, wantKeyframe), 2, 1},
		{sent1(2, key, began), awaitsNone, 2},
		{sent1(1, key, skipped), awaitsNone, 2},
		{choose(2, true, false), awaitsNone, -1},
		{choose(0, true, false), awaitsNone, -1}, // remembered while off
		{sent1(0, key, skipped), awaitsNone, -1},
		{choose(0, false, true), 0, -1},
		{sent1(0, key, began), awaitsNone, 0},
		{choose(0, false, false), awaitsNone, 0}, // nothing new
	} {
		step.do(t)
		sending := -1
		for layer := range 3 {
			if s.sending(layer) {
				sending = layer
			}
		}
		if got := s.awaited(!s.ready); got != step.awaited || sending != step.sending {
			t.Errorf("step %d: awaits %d and sends %d, want %d and %d", i, got, sending, step.awaited, step.sending)
		}
	}
}

func TestSelectionOfAudio(t *testing.T) {
	t.Parallel()
	s := selection{waiting: true}
	s.start()
	if got := s.awaited(false); got != awaitsNone {
		t.Errorf("awaits %d", got)
	}
	if got := s.admit(0, false); got != began {
		t.Errorf("the first packet is %d", got)
	}
}

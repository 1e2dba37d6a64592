//go:build js

package twiliojs

import (
	"strings"
	"testing"

	"escalate/app/call"
	"escalate/app/video"
)

// sharing joins a Room and shares a tab that sounds.
func sharing(t *testing.T) (*capture, *room, *events) {
	t.Helper()
	ctx := setUp(t)
	eval(`tabSounds = true`)
	c, r, e := join(t, ctx)
	t.Cleanup(c.Close)
	calls()
	if err := r.ShareScreen(ctx); err != nil {
		t.Fatal(err)
	}
	wait(t, "the sound to be published", func() bool {
		return e.has(func(ev video.Event) bool {
			p, ok := ev.(video.LocalTrackPublished)
			return ok && p.Track.Kind == video.Sound
		})
	})
	return c, r, e
}

func kinds(r *room) string {
	var list []string
	for _, t := range r.Local().Tracks {
		list = append(list, string(t.Kind))
	}
	return strings.Join(list, " ")
}

func TestSoundOfASharedTab(t *testing.T) {
	c, r, e := sharing(t)
	if got, want := calls(), "getDisplayMedia; publish video screen high; publish audio screen-sound standard"; got != want {
		t.Errorf("calls %s, want %s", got, want)
	}
	// The others must not hear themselves, nor their own page.
	if got := eval(`[lastDisplay.systemAudio, lastDisplay.windowAudio, lastDisplay.selfBrowserSurface, lastDisplay.audio.echoCancellation].join()`).String(); got != "exclude,exclude,exclude,false" {
		t.Errorf("asked for %s", got)
	}
	s := call.New().Begin().Joined("RM1", r.Local())
	if !s.MicrophoneOn() || !s.ScreenOn() {
		t.Error("microphone and screen are on")
	}
	// To mute is about the microphone alone, and the tab's sound is no microphone.
	if err := r.SetEnabled(t.Context(), video.Audio, false); err != nil {
		t.Fatal(err)
	}
	if s = call.New().Begin().Joined("RM1", r.Local()); s.MicrophoneOn() {
		t.Error("muted, and the microphone counts as on")
	}
	if eval(`[...room.localParticipant.tracks.values()].find(p => p.trackName === "screen-sound").track.isEnabled`).Bool() != true {
		t.Error("the tab was muted with the microphone")
	}
	c.Close() // the microphone goes, the share does not
	if got := kinds(r); got != "screen sound" {
		t.Errorf("after the capture: %s", got)
	}
	e.take()
	r.StopScreen()
	if got := e.take(); len(got) != 2 || !is[video.LocalTrackUnpublished](got[0]) || !is[video.LocalTrackUnpublished](got[1]) {
		t.Errorf("stopped: %+v", got)
	}
	if eval(`soundMedia.readyState`).String() != "ended" || eval(`screenMedia.readyState`).String() != "ended" {
		t.Error("the tab is still captured")
	}
}

func TestSoundEndsWithTheShare(t *testing.T) {
	t.Run("the browser's own button", func(t *testing.T) {
		_, r, _ := sharing(t)
		eval(`screenMedia.readyState = "ended"; screenMedia.dispatchEvent(new Event("ended"))`)
		if got := kinds(r); got != "audio video" || eval(`soundMedia.readyState`).String() != "ended" {
			t.Errorf("published are %s", got)
		}
	})
	t.Run("the sound alone", func(t *testing.T) {
		_, r, _ := sharing(t)
		eval(`soundMedia.readyState = "ended"; soundMedia.dispatchEvent(new Event("ended"))`)
		if got := kinds(r); got != "audio video screen" {
			t.Errorf("published are %s", got)
		}
	})
	t.Run("the call", func(t *testing.T) {
		_, r, _ := sharing(t)
		r.Disconnect()
		if eval(`soundMedia.readyState`).String() != "ended" {
			t.Error("left, and the tab is still captured")
		}
	})
	t.Run("stopped while it is being published", func(t *testing.T) {
		ctx := setUp(t)
		eval(`tabSounds = true`)
		c, r, _ := join(t, ctx)
		defer c.Close()
		eval(`publishGate = new Promise(r => globalThis.openGate = r)`)
		done := make(chan error)
		go func() { done <- r.ShareScreen(ctx) }()
		wait(t, "the screen to be on its way", func() bool { return strings.Contains(eval(`calls.join()`).String(), "publish video screen") })
		r.StopScreen()
		eval(`openGate()`)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got := kinds(r); got != "audio video" {
			t.Errorf("published are %s", got)
		}
	})
}

func TestShareWithoutSound(t *testing.T) {
	for _, tt := range []struct{ name, set, calls string }{
		{"none offered", `tabSounds = false`, "getDisplayMedia; publish video screen high"},
		{"a browser that minds the wish", `tabSounds = true; refuse = {sound: "TypeError"}`, "getDisplayMedia; getDisplayMedia; publish video screen high"},
		{"a Room that takes no more Tracks", `tabSounds = true; refuse = {publish: "screen-sound"}`,
			"getDisplayMedia; publish video screen high; publish audio screen-sound standard"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := setUp(t)
			c, r, _ := join(t, ctx)
			defer c.Close()
			calls()
			eval(tt.set)
			if err := r.ShareScreen(ctx); err != nil {
				t.Fatalf("the picture must not be lost with the sound: %v", err)
			}
			if got := calls(); got != tt.calls {
				t.Errorf("calls %s, want %s", got, tt.calls)
			}
			if got := kinds(r); got != "audio video screen" {
				t.Errorf("published are %s", got)
			}
		})
	}
	t.Run("a closed picker is not opened again", func(t *testing.T) {
		ctx := setUp(t)
		c, r, _ := join(t, ctx)
		defer c.Close()
		calls()
		eval(`refuse = {screen: ["NotAllowedError", "Permission denied"]}`)
		if err := r.ShareScreen(ctx); err == nil || calls() != "getDisplayMedia" {
			t.Errorf("%v", err)
		}
	})
}

func TestSoundIsNoSpeech(t *testing.T) {
	_, r, _ := sharing(t)
	eval(`globalThis.bob = new Participant("PAbob", "bob"); bob.add(new Publication("MTmic", new Track("audio")));
		bob.add(new Publication("MTsound", new Track("audio"), "screen-sound")); room.participants.set(bob.sid, bob)`)
	who := r.speakers()
	id := func(sid string) string {
		return eval(`bob.tracks.get("` + sid + `").track.mediaStreamTrack.id`).String()
	}
	if who[id("MTmic")] != "PAbob" || who[id("MTsound")] != "" {
		t.Errorf("speakers are %v", who)
	}
	var s video.Stats
	s.Heard = map[string]video.Heard{}
	for _, media := range []string{"soundMedia.id", "lastTracks[0].mediaStreamTrack.id"} {
		count(&s, who, eval(`({type: "media-source", kind: "audio", totalAudioEnergy: 1, totalSamplesDuration: 1, trackIdentifier: `+media+`})`))
	}
	if got := s.Heard["PAme"].Energy; got != 1 {
		t.Errorf("we are heard with %v, want the microphone's 1", got)
	}
}

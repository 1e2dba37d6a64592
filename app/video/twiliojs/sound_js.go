//go:build js

package twiliojs

import (
	"context"
	"errors"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// pickScreen lets the user pick what to share. A tab comes with its sound, where
// the browser offers that and the user leaves it on. The sound of a whole screen
// or of this page would have the others' voices in it, and they would hear
// themselves. Browsers leave out what they do not know.
func pickScreen(ctx context.Context) (js.Value, error) {
	// No constraints on size or rate: Safari 16 refuses them, and a screen is
	// to be read.
	stream, err := displayMedia(ctx, map[string]any{
		"video": true,
		// As it sounds in the tab: what mends speech would spoil it.
		"audio":       map[string]any{"echoCancellation": false, "noiseSuppression": false, "autoGainControl": false, "restrictOwnAudio": true},
		"systemAudio": "exclude", "windowAudio": "exclude", "selfBrowserSurface": "exclude",
	})
	var e *browser.Exception
	if err == nil || !errors.As(err, &e) {
		return stream, err
	}
	switch e.Name() {
	case "TypeError", "OverconstrainedError", "NotSupportedError": // asked too much, before anybody was asked
		return displayMedia(ctx, map[string]any{"video": true, "audio": false})
	}
	return stream, err
}

func displayMedia(ctx context.Context, options map[string]any) (stream js.Value, err error) {
	err = browser.Try(func() error {
		stream, err = browser.AwaitOr(ctx, mediaDevices().Call("getDisplayMedia", options), stopStream)
		return err
	})
	return stream, err
}

// soundOf makes a LocalAudioTrack of what plays in a shared tab. It is a Track of
// its own, beside the microphone's, which may be muted meanwhile; the others'
// browsers mix the two.
func (h *screenShare) soundOf(s *screen, media js.Value) js.Value {
	media.Set("contentHint", "music")
	s.unlist = append(s.unlist, browser.Listen(media, "ended", func(js.Value) { h.endSound(s) }))
	return loaded().Get("LocalAudioTrack").New(media, map[string]any{"name": video.SoundTrackName})
}

// publishSound publishes it. A share without its sound is better than none.
func (h *screenShare) publishSound(ctx context.Context, s *screen) {
	track := s.sound
	err := try(func() error { return h.room.publish(ctx, track, "standard") })
	if err != nil {
		report(err)
		h.endSound(s)
		return
	}
	if s.stopped || !exists(s.sound) { // ended while it was being published
		h.room.unpublish(track)
	}
}

// endSound unpublishes the sound of what is shared; the picture may go on.
func (h *screenShare) endSound(s *screen) {
	track := s.sound
	if !exists(track) {
		return
	}
	s.sound = js.Undefined()
	h.room.unpublish(track)
	report(browser.Try(func() error {
		track.Call("stop")
		return nil
	}))
}

// soundID is the id of the MediaStreamTrack of what can be heard of our share,
// or "".
func (h *screenShare) soundID() string {
	if h.screen == nil || !exists(h.screen.sound) {
		return ""
	}
	return str(h.screen.sound, "mediaStreamTrack", "id")
}

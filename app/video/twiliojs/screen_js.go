//go:build js

package twiliojs

import (
	"context"
	"errors"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// screen is a screen share that is published.
type screen struct {
	track   js.Value // LocalVideoTrack
	sound   js.Value // LocalAudioTrack, where there is one
	unlist  []func()
	stopped bool
}

// screenShare is what we share in a Room, one screen at a time.
type screenShare struct {
	room   *handle
	screen *screen // nil while nothing is shared
}

// ShareScreen lets the user pick a screen and publishes it. Begin it in a
// click.
func (h *screenShare) ShareScreen(ctx context.Context) error {
	if h.room.ended {
		return gone()
	}
	if h.screen != nil {
		return nil
	}
	s := &screen{}
	h.screen = s // from now on, so that a second click does not ask again
	err := try(func() error { return h.share(ctx, s) })
	if err != nil && h.screen == s {
		h.end(false)
	}
	// To close the picker is no "no": one may try again.
	var e *video.Error
	if errors.As(err, &e) && e.Reason == video.MediaDenied {
		d := *e
		d.Reason = video.MediaDismissed
		return &d
	}
	return err
}

func (h *screenShare) share(ctx context.Context, s *screen) error {
	if !exists(path(mediaDevices(), "getDisplayMedia")) {
		return unsupported("this browser cannot share the screen")
	}
	stream, err := pickScreen(ctx)
	if err != nil {
		return err
	}
	media := stream.Call("getVideoTracks").Index(0)
	if s.stopped || h.room.ended {
		stopStream(stream)
		return gone()
	}
	media.Set("contentHint", "detail")
	s.track = loaded().Get("LocalVideoTrack").New(media, map[string]any{"name": video.ScreenTrackName})
	// The browser's own button ends the MediaStreamTrack.
	s.unlist = append(s.unlist, browser.Listen(media, "ended", func(js.Value) {
		if h.screen == s {
			h.end(true)
		}
	}))
	sound := stream.Call("getAudioTracks").Index(0)
	if exists(sound) {
		s.sound = h.soundOf(s, sound) // before anything is waited for, so that it ends with the screen
	}
	if err := h.room.publish(ctx, s.track, "high"); err != nil {
		return err
	}
	if s.stopped { // ended while it was being published
		h.room.unpublish(s.track)
		return nil
	}
	if exists(s.sound) {
		h.publishSound(ctx, s)
	}
	return nil
}

func stopStream(stream js.Value) {
	report(browser.Try(func() error {
		each(stream.Call("getTracks"), func(t js.Value) { t.Call("stop") })
		return nil
	}))
}

// StopScreen ends our screen share.
func (h *screenShare) StopScreen() { h.end(false) }

// end unpublishes the screen; byBrowser tells that the user ended it
// outside the page.
func (h *screenShare) end(byBrowser bool) {
	s := h.screen
	if s == nil {
		return
	}
	h.screen = nil
	s.stopped = true
	for _, f := range s.unlist {
		f()
	}
	h.endSound(s)
	if exists(s.track) {
		h.room.unpublish(s.track)
		report(browser.Try(func() error {
			s.track.Call("stop")
			return nil
		}))
	}
	if byBrowser {
		h.room.emit(video.ScreenEnded{})
	}
}

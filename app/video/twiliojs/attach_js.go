//go:build js

package twiliojs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// attachment is a Track drawn into an element.
type attachment struct {
	track, element js.Value
	kind           string
}

// find is the Track of the SID, remote or local.
func (r *room) find(trackSID string) (t js.Value, local, ok bool) {
	if t, ok := r.tracks[trackSID]; ok {
		return t, false, true
	}
	each(path(r.me(), "tracks"), func(pub js.Value) {
		if str(pub, "trackSid") == trackSID {
			t, local, ok = path(pub, "track"), true, exists(path(pub, "track"))
		}
	})
	return t, local, ok
}

// Attach draws a Track into an element.
func (r *room) Attach(trackSID, elementID string) error {
	if r.ended {
		return gone()
	}
	return try(func() error {
		track, local, ok := r.find(trackSID)
		if !ok {
			return fmt.Errorf("attach %s: not subscribed", trackSID)
		}
		el := elementByID(elementID)
		if !exists(el) {
			return fmt.Errorf("attach %s: no element %q", trackSID, elementID)
		}
		if a := r.attached[trackSID]; a != nil && a.element.Equal(el) && shows(el, track) {
			if flag(el, "paused") && !slices.ContainsFunc(r.blocked, el.Equal) {
				play(el, func() { r.playBlocked(el) }) // it was out of the page, which stops it
			}
			return nil
		}
		r.Detach(trackSID)
		kind := str(track, "kind")
		for sid, other := range r.attached {
			if other.kind == kind && other.element.Equal(el) {
				r.Detach(sid) // an element draws one Track of a kind
			}
		}
		el.Set("playsInline", true)
		el.Set("autoplay", true)
		switch {
		case local:
			el.Set("muted", true) // never one's own voice
		case kind == "audio":
			el.Set("muted", false)
		default:
			// A picture without sound plays by itself only if muted.
			s := path(el, "srcObject")
			el.Set("muted", !exists(s) || s.Call("getAudioTracks").Length() == 0)
		}
		track.Call("attach", el)
		r.attached[trackSID] = &attachment{track: track, element: el, kind: kind}
		if kind == "audio" && !local && r.speaker != "" {
			r.sink(el)
		}
		play(el, func() { r.playBlocked(el) })
		return nil
	})
}

// Detach takes a Track out of its element.
func (r *room) Detach(trackSID string) {
	a := r.attached[trackSID]
	if a == nil {
		return
	}
	delete(r.attached, trackSID)
	r.unblock(a.element)
	report(browser.Try(func() error {
		a.track.Call("detach", a.element)
		clearElement(a.element)
		return nil
	}))
}

// playBlocked notes an element that wants a click.
func (r *room) playBlocked(el js.Value) {
	if r.ended || !r.drawn(el) || slices.ContainsFunc(r.blocked, el.Equal) {
		return
	}
	r.blocked = append(r.blocked, el)
	if len(r.blocked) == 1 {
		r.emit(video.PlaybackBlocked{})
	}
}

// drawn says whether something is still attached to el.
func (r *room) drawn(el js.Value) bool {
	for _, a := range r.attached {
		if a.element.Equal(el) {
			return true
		}
	}
	return false
}

func (r *room) unblock(el js.Value) {
	n := len(r.blocked)
	r.blocked = slices.DeleteFunc(r.blocked, el.Equal)
	if n > 0 && len(r.blocked) == 0 {
		r.emit(video.PlaybackResumed{})
	}
}

// Resume plays what autoplay blocked.
func (r *room) Resume() {
	for _, el := range slices.Clone(r.blocked) {
		report(browser.Try(func() error {
			// Called here and now: the click counts only until we return.
			p := el.Call("play")
			go func() {
				if _, err := browser.Await(context.Background(), p); err == nil {
					r.unblock(el)
				}
			}()
			return nil
		}))
	}
}

// SetSpeaker chooses the output device.
func (r *room) SetSpeaker(ctx context.Context, deviceID string) error {
	if r.ended {
		return gone()
	}
	before := r.speaker
	r.speaker = deviceID
	var errs []error
	for _, a := range r.attached {
		if a.kind != "audio" {
			continue
		}
		errs = append(errs, try(func() error {
			if !exists(path(a.element, "setSinkId")) {
				return unsupported("this browser cannot choose a speaker")
			}
			_, err := browser.Await(ctx, a.element.Call("setSinkId", deviceID))
			return err
		}))
	}
	err := errors.Join(errs...)
	if err != nil {
		r.speaker = before
	}
	return err
}

// sink plays a later element on the chosen speaker, if it is still there.
func (r *room) sink(el js.Value) {
	if exists(path(el, "setSinkId")) {
		settle(el.Call("setSinkId", r.speaker), func() {})
	}
}

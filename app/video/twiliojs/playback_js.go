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

// playback is what a Room's Tracks are drawn and heard in.
type playback struct {
	room     *handle
	remote   *remote
	attached map[string]*attachment // by Track SID
	blocked  []js.Value             // elements that autoplay refused
	speaker  string                 // "" is the usual one
}

// find is the Track of the SID, remote or local.
func (p *playback) find(trackSID string) (t js.Value, local, ok bool) {
	if t, ok := p.remote.tracks[trackSID]; ok {
		return t, false, true
	}
	each(path(p.room.me(), "tracks"), func(pub js.Value) {
		if str(pub, "trackSid") == trackSID {
			t, local, ok = path(pub, "track"), true, exists(path(pub, "track"))
		}
	})
	return t, local, ok
}

// Attach draws a Track into an element.
func (p *playback) Attach(trackSID, elementID string) error {
	if p.room.ended {
		return gone()
	}
	return try(func() error {
		track, local, ok := p.find(trackSID)
		if !ok {
			return fmt.Errorf("attach %s: not subscribed", trackSID)
		}
		el := elementByID(elementID)
		if !exists(el) {
			return fmt.Errorf("attach %s: no element %q", trackSID, elementID)
		}
		if a := p.attached[trackSID]; a != nil && a.element.Equal(el) && shows(el, track) {
			if flag(el, "paused") && !slices.ContainsFunc(p.blocked, el.Equal) {
				play(el, func() { p.playBlocked(el) }) // it was out of the page, which stops it
			}
			return nil
		}
		p.Detach(trackSID)
		kind := str(track, "kind")
		for sid, other := range p.attached {
			if other.kind == kind && other.element.Equal(el) {
				p.Detach(sid) // an element draws one Track of a kind
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
		p.attached[trackSID] = &attachment{track: track, element: el, kind: kind}
		if kind == "audio" && !local && p.speaker != "" {
			p.sink(el)
		}
		play(el, func() { p.playBlocked(el) })
		return nil
	})
}

// Detach takes a Track out of its element.
func (p *playback) Detach(trackSID string) {
	a := p.attached[trackSID]
	if a == nil {
		return
	}
	delete(p.attached, trackSID)
	p.unblock(a.element)
	report(browser.Try(func() error {
		a.track.Call("detach", a.element)
		clearElement(a.element)
		return nil
	}))
}

// detachAll takes every Track out, before the Room ends.
func (p *playback) detachAll() {
	for sid := range p.attached {
		p.Detach(sid)
	}
}

// playBlocked notes an element that wants a click.
func (p *playback) playBlocked(el js.Value) {
	if p.room.ended || !p.drawn(el) || slices.ContainsFunc(p.blocked, el.Equal) {
		return
	}
	p.blocked = append(p.blocked, el)
	if len(p.blocked) == 1 {
		p.room.emit(video.PlaybackBlocked{})
	}
}

// drawn says whether something is still attached to el.
func (p *playback) drawn(el js.Value) bool {
	for _, a := range p.attached {
		if a.element.Equal(el) {
			return true
		}
	}
	return false
}

func (p *playback) unblock(el js.Value) {
	n := len(p.blocked)
	p.blocked = slices.DeleteFunc(p.blocked, el.Equal)
	if n > 0 && len(p.blocked) == 0 {
		p.room.emit(video.PlaybackResumed{})
	}
}

// Resume plays what autoplay blocked.
func (p *playback) Resume() {
	for _, el := range slices.Clone(p.blocked) {
		report(browser.Try(func() error {
			// Called here and now: the click counts only until we return.
			played := el.Call("play")
			go func() {
				if _, err := browser.Await(context.Background(), played); err == nil {
					p.unblock(el)
				}
			}()
			return nil
		}))
	}
}

// SetSpeaker chooses the output device.
func (p *playback) SetSpeaker(ctx context.Context, deviceID string) error {
	if p.room.ended {
		return gone()
	}
	before := p.speaker
	p.speaker = deviceID
	var errs []error
	for _, a := range p.attached {
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
		p.speaker = before
	}
	return err
}

// sink plays a later element on the chosen speaker, if it is still there.
func (p *playback) sink(el js.Value) {
	if exists(path(el, "setSinkId")) {
		settle(el.Call("setSinkId", p.speaker), func() {})
	}
}

//go:build js

package twiliojs

import (
	"context"
	"fmt"
	"slices"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

func elementByID(id string) js.Value {
	d := path(js.Global(), "document")
	if !exists(d) {
		return js.Null()
	}
	return d.Call("getElementById", id)
}

// shows says whether el draws the Track already.
func shows(el, track js.Value) bool {
	found := false
	if s := path(el, "srcObject"); exists(s) {
		want, blurred := path(track, "mediaStreamTrack"), path(track, "processedTrack")
		each(s.Call("getTracks"), func(t js.Value) {
			if exists(blurred) {
				found = found || t.Equal(blurred)
			} else {
				found = found || t.Equal(want)
			}
		})
	}
	return found
}

// clearElement empties an element that draws nothing any more; the last frame
// would stay otherwise.
func clearElement(el js.Value) {
	if s := path(el, "srcObject"); exists(s) && s.Call("getTracks").Length() == 0 {
		el.Set("srcObject", js.Null())
	}
}

// Attach draws the camera into a <video>, now and whenever the camera comes
// back.
func (c *capture) Attach(elementID string) error {
	if !slices.Contains(c.preview, elementID) {
		c.preview = append(c.preview, elementID)
	}
	t := c.tracks[video.Video]
	if t == nil {
		return nil
	}
	return try(func() error { return c.draw(t, elementID) })
}

func (c *capture) draw(t *localTrack, elementID string) error {
	el := elementByID(elementID)
	if !exists(el) {
		return fmt.Errorf("attach camera: no element %q", elementID)
	}
	if shows(el, t.Value) {
		if flag(el, "paused") {
			play(el, nil) // it was out of the page, which stops it
		}
		return nil
	}
	t.elements = slices.DeleteFunc(t.elements, func(old js.Value) bool {
		gone := !flag(old, "isConnected") || old.Equal(el)
		if gone {
			t.Call("detach", old)
		}
		return gone
	})
	t.elements = append(t.elements, el)
	// Muted, and inline: what iOS asks of a video that plays by itself.
	el.Set("muted", true)
	el.Set("playsInline", true)
	t.Call("attach", el)
	play(el, nil)
	return nil
}

// redraw draws a new camera Track where the old one was.
func (c *capture) redraw() {
	t := c.tracks[video.Video]
	for _, id := range c.preview {
		if exists(elementByID(id)) {
			report(browser.Try(func() error { return c.draw(t, id) }))
		}
	}
}

// play starts an element that autoplay may not; blocked is told when the
// browser wants a click first.
func play(el js.Value, blocked func()) {
	if !exists(path(el, "play")) {
		return
	}
	p := el.Call("play")
	if !exists(p) {
		return
	}
	go func() {
		// It settles when the element plays, is blocked, or is emptied.
		_, err := browser.Await(context.Background(), p)
		if err != nil && blocked != nil && asError(err).Name == "NotAllowedError" {
			blocked()
		}
	}()
}

//go:build js

package browser

import (
	"context"
	"fmt"
	"syscall/js"
)

// View is how the page is on the screen: in view, full, small, or going away.
type View struct{}

// OnVisibility calls f when the page comes into view or goes out of it, until
// stop, and at once for a page that was opened out of view. Out of the
// back-forward cache only pageshow tells.
func (View) OnVisibility(f func(visible bool)) (stop func()) {
	if !visible() {
		f(false)
	}
	a := Listen(document(), "visibilitychange", func(js.Value) { f(visible()) })
	b := Listen(window(), "pageshow", func(e js.Value) {
		if e.Get("persisted").Truthy() {
			f(visible())
		}
	})
	return func() {
		a()
		b()
	}
}

// OnPageHide calls f when the page goes away for good or into the
// back-forward cache, until stop. There is time for a Beacon, for nothing more.
func (View) OnPageHide(f func()) (stop func()) {
	return Listen(window(), "pagehide", func(js.Value) { f() })
}

// AskBeforeLeaving has the browser ask whether the page is really to be reloaded,
// closed or left, until stop. What it asks is the browser's own, and it does not
// ask people who have not touched the page.
func (View) AskBeforeLeaving() (stop func()) {
	return Listen(window(), "beforeunload", func(e js.Value) {
		e.Call("preventDefault")
		e.Set("returnValue", "?") // for browsers that do not know the former
	})
}

// Fullscreen shows the element with the id on the full screen, or ends that.
// Begin it in a click.
func (View) Fullscreen(ctx context.Context, id string, on bool) error {
	return Try(func() error {
		d := document()
		if !on {
			if !exists(d.Get("fullscreenElement")) {
				return nil
			}
			_, err := Await(ctx, d.Call("exitFullscreen"))
			return err
		}
		el := element(id)
		if !exists(el) || !exists(el.Get("requestFullscreen")) {
			return fmt.Errorf("full screen: %w", ErrUnsupported)
		}
		_, err := Await(ctx, el.Call("requestFullscreen"))
		return err
	})
}

// OnFullscreen calls f when the page enters or leaves the full screen, until
// stop.
func (View) OnFullscreen(f func(on bool)) (stop func()) {
	return Listen(document(), "fullscreenchange", func(js.Value) {
		f(exists(document().Get("fullscreenElement")))
	})
}

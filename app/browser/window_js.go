//go:build js

package browser

import (
	"context"
	"fmt"
	"syscall/js"
)

// pageDataID is the id of the JSON block that the server puts into a page.
const pageDataID = "page-data"

func window() js.Value   { return js.Global() }
func document() js.Value { return js.Global().Get("document") }

// element returns the element with the id, or null.
func element(id string) js.Value {
	if !exists(document()) {
		return js.Null()
	}
	return document().Call("getElementById", id)
}

// PageData is the JSON that the server wrote into the page, or nil.
func (Host) PageData() []byte {
	el := element(pageDataID)
	if !exists(el) {
		return nil
	}
	return []byte(text(el, "textContent"))
}

// Global is a global JavaScript variable as JSON, or nil.
func (Host) Global(name string) []byte {
	if v := window().Get(name); exists(v) {
		return jsonOf(v)
	}
	return nil
}

// Early is window.escalateEarly as JSON: what was done on the page before Go
// was up. It is handed out once, then nil.
func (h Host) Early() []byte {
	const name = "escalateEarly"
	b := h.Global(name)
	if b != nil {
		window().Set(name, js.Null())
	}
	return b
}

// Value is what was typed or chosen in the form field with the id.
func (Host) Value(id string) string { return text(element(id), "value") }

// Checked says whether the box with the id is ticked.
func (Host) Checked(id string) bool {
	el := element(id)
	return exists(el) && el.Get("checked").Truthy()
}

// jsonOf is v as JSON, nil when it has none (undefined, functions, cycles).
func jsonOf(v js.Value) []byte {
	var out []byte
	_ = Try(func() error {
		if s := js.Global().Get("JSON").Call("stringify", v); s.Type() == js.TypeString {
			out = []byte(s.String())
		}
		return nil
	})
	return out
}

// OnMessage calls f for each window message until stop: the sender's origin,
// whether the sender is the parent window, and the data as JSON. It is for f
// to refuse strangers.
func (Host) OnMessage(f func(origin string, fromParent bool, data []byte)) (stop func()) {
	return Listen(window(), "message", func(e js.Value) {
		parent := window().Get("parent")
		fromParent := exists(parent) && !parent.Equal(window().Get("self")) && e.Get("source").Equal(parent)
		f(text(e, "origin"), fromParent, jsonOf(e.Get("data")))
	})
}

// PostToParent posts data, which is JSON, to the parent window if its origin
// is origin; "*" is any. It does nothing in a window that is not framed.
func (h Host) PostToParent(data []byte, origin string) {
	if !h.Framed() {
		return
	}
	_ = Try(func() error {
		v := js.Global().Get("JSON").Call("parse", string(data))
		window().Get("parent").Call("postMessage", v, origin)
		return nil
	})
}

// Framed says whether the page is inside another one.
func (Host) Framed() bool {
	parent := window().Get("parent")
	return exists(parent) && !parent.Equal(window().Get("self"))
}

// Origin is the page's origin, such as "https://video.example.com".
func (Host) Origin() string {
	if l := window().Get("location"); exists(l) {
		return text(l, "origin")
	}
	return ""
}

// Reload loads the page anew.
func (Host) Reload() {
	if l := window().Get("location"); exists(l) {
		l.Call("reload")
	}
}

// Focus moves the keyboard focus to the element with the id, made focusable if
// it is not.
func (Host) Focus(id string) {
	el := element(id)
	if !exists(el) {
		return
	}
	el.Call("focus")
	if !document().Get("activeElement").Equal(el) {
		// A heading takes focus only with a tabindex.
		el.Call("setAttribute", "tabindex", "-1")
		el.Call("focus")
	}
}

// SetTitle sets the title of the page.
func (Host) SetTitle(title string) {
	if d := document(); exists(d) {
		d.Set("title", title)
	}
}

// OnPageHide calls f when the page goes away for good or into the
// back-forward cache, until stop. There is time for a Beacon, for nothing more.
func (Host) OnPageHide(f func()) (stop func()) {
	return Listen(window(), "pagehide", func(js.Value) { f() })
}

// AskBeforeLeaving has the browser ask whether the page is really to be reloaded,
// closed or left, until stop. What it asks is the browser's own, and it does not
// ask people who have not touched the page.
func (Host) AskBeforeLeaving() (stop func()) {
	return Listen(window(), "beforeunload", func(e js.Value) {
		e.Call("preventDefault")
		e.Set("returnValue", "?") // for browsers that do not know the former
	})
}

// OnShow calls f when the page comes into view, out of hiding or out of the
// back-forward cache, until stop.
func (h Host) OnShow(f func()) (stop func()) {
	a := Listen(window(), "pageshow", func(js.Value) { f() })
	b := h.OnVisibility(func(visible bool) {
		if visible {
			f()
		}
	})
	return func() {
		a()
		b()
	}
}

// OnVisibility calls f when the page comes into view or goes out of it, until
// stop, and at once for a page that was opened out of view. Out of the
// back-forward cache only pageshow tells.
func (Host) OnVisibility(f func(visible bool)) (stop func()) {
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

func visible() bool { return text(document(), "visibilityState") != "hidden" }

// Matches says whether a CSS media query holds.
func (Host) Matches(query string) bool {
	if !exists(window().Get("matchMedia")) {
		return false
	}
	return window().Call("matchMedia", query).Get("matches").Truthy()
}

// OnMatch calls f when a CSS media query begins or ceases to hold, until stop.
func (Host) OnMatch(query string, f func(matches bool)) (stop func()) {
	if !exists(window().Get("matchMedia")) {
		return nothing
	}
	return Listen(window().Call("matchMedia", query), "change", func(e js.Value) { f(e.Get("matches").Truthy()) })
}

// Every calls f each time the milliseconds have passed, until stop.
func (Host) Every(milliseconds int, f func()) (stop func()) {
	fn := js.FuncOf(func(js.Value, []js.Value) any {
		guard(f)
		return nil
	})
	id := window().Call("setInterval", fn, milliseconds)
	stopped := false
	return func() {
		if !stopped {
			stopped = true
			window().Call("clearInterval", id)
			fn.Release()
		}
	}
}

// Fullscreen shows the element with the id on the full screen, or ends that.
// Begin it in a click.
func (Host) Fullscreen(ctx context.Context, id string, on bool) error {
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
func (Host) OnFullscreen(f func(on bool)) (stop func()) {
	return Listen(document(), "fullscreenchange", func(js.Value) {
		f(exists(document().Get("fullscreenElement")))
	})
}

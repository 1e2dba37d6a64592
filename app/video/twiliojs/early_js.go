//go:build js

package twiliojs

import (
	"syscall/js"

	"escalate/app/browser"
)

// earlyMedia is the global in which the page keeps what it asked the browser
// for inside the click that came before the program was up.
const earlyMedia = "escalateEarlyMedia"

// earlyAsked is what the page asked for; nil where it asked for nothing.
type earlyAsked struct{ js.Value }

// early is what the page asked for already, handed out once; nil when there is
// no such thing. What was asked for differently is given back, so that no light
// stays on.
func early(audio, camera bool) *earlyAsked {
	m := path(js.Global(), earlyMedia)
	if !exists(m) {
		return nil
	}
	e := &earlyAsked{m}
	if flag(m, "audio") != audio || flag(m, "video") != camera {
		e.drop()
		return nil
	}
	js.Global().Set(earlyMedia, js.Null())
	return e
}

// stream is a getUserMedia whose first call returns what was asked for.
func (e *earlyAsked) stream() js.Value { return e.Get("getUserMedia") }

// drop gives it back, so that the light goes out.
func (e *earlyAsked) drop() {
	if e == nil {
		return
	}
	report(browser.Try(func() error {
		e.Call("drop")
		return nil
	}))
}

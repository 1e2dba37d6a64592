//go:build js

package twiliojs

import (
	"syscall/js"

	"escalate/app/browser"
)

// earlyMedia is the global in which the page keeps what it asked the browser
// for inside the click that came before the program was up.
const earlyMedia = "escalateEarlyMedia"

// early is a getUserMedia whose first call answers with what the page asked
// for already; undefined when there is no such thing. It is handed out once.
// What was asked for differently is given back, so that no light stays on.
func early(audio, camera bool) js.Value {
	m := path(js.Global(), earlyMedia)
	if !exists(m) {
		return js.Undefined()
	}
	if flag(m, "audio") != audio || flag(m, "video") != camera {
		report(browser.Try(func() error {
			m.Call("drop")
			return nil
		}))
		return js.Undefined()
	}
	js.Global().Set(earlyMedia, js.Null())
	return m.Get("getUserMedia")
}

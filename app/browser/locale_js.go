//go:build js

package browser

import (
	"syscall/js"
	"time"
)

// Lang is the language that the page says it is in, as a BCP 47 tag.
func (Host) Lang() string {
	if !exists(document()) {
		return ""
	}
	return text(document().Get("documentElement"), "lang")
}

// Settled tells the page's own script that it has time for what can wait.
func (Host) Settled() {
	guard(func() {
		if f := window().Get("escalateSettled"); f.Type() == js.TypeFunction {
			f.Invoke()
		}
	})
}

// Clock is t as people in front of this browser write it, in their time zone:
// the time of day, with the day of the week unless that is today. It is empty
// where the browser cannot tell.
func (h Host) Clock(t time.Time) (s string) {
	_ = Try(func() error {
		date := js.Global().Get("Date")
		at := date.New(float64(t.UnixMilli()))
		how := map[string]any{"hour": "numeric", "minute": "2-digit"}
		if at.Call("toDateString").String() != date.New().Call("toDateString").String() {
			how["weekday"] = "long"
		}
		tags := js.Undefined()
		if l := h.Lang(); l != "" {
			tags = js.ValueOf(l)
		}
		s = at.Call("toLocaleTimeString", tags, how).String()
		return nil
	})
	return s
}

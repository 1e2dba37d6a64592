//go:build !js

package browser

import (
	"context"
	"time"
)

// Fetch answers ErrUnsupported.
func Fetch(context.Context, Request) (Response, error) { return Response{}, ErrUnsupported }

// LoadScript answers ErrUnsupported.
func LoadScript(context.Context, string) error { return ErrUnsupported }

// PageData answers nil.
func (Host) PageData() []byte { return nil }

// Lang answers "".
func (Host) Lang() string { return "" }

// Online answers true.
func (Host) Online() bool { return true }

// Settled does nothing.
func (Host) Settled() {}

// Clock answers "".
func (Host) Clock(time.Time) string { return "" }

// Early answers nil.
func (Host) Early() []byte { return nil }

// Global answers nil.
func (Host) Global(string) []byte { return nil }

// Value answers "".
func (Host) Value(string) string { return "" }

// Checked answers false.
func (Host) Checked(string) bool { return false }

// OnShow does nothing.
func (Host) OnShow(func()) (stop func()) { return nothing }

// Events does nothing.
func (Host) Events(string, Stream) (stop func()) { return nothing }

// OnMessage does nothing.
func (Host) OnMessage(func(origin string, fromParent bool, data []byte)) (stop func()) {
	return nothing
}

// PostToParent does nothing.
func (Host) PostToParent([]byte, string) {}

// Framed answers false.
func (Host) Framed() bool { return false }

// Stored answers "".
func (Host) Stored(string) string { return "" }

// Store does nothing.
func (Host) Store(string, string) {}

// Copy answers ErrUnsupported.
func (Host) Copy(context.Context, string) error { return ErrUnsupported }

// Beacon answers false.
func (Host) Beacon(string, []byte) bool { return false }

// OnPageHide does nothing.
func (Host) OnPageHide(func()) (stop func()) { return nothing }

// OnVisibility does nothing.
func (Host) OnVisibility(func(visible bool)) (stop func()) { return nothing }

// KeepAwake does nothing.
func (Host) KeepAwake() (stop func()) { return nothing }

// AskBeforeLeaving does nothing.
func (Host) AskBeforeLeaving() (stop func()) { return nothing }

// Focus does nothing.
func (Host) Focus(string) {}

// SetTitle does nothing.
func (Host) SetTitle(string) {}

// Fullscreen answers ErrUnsupported.
func (Host) Fullscreen(context.Context, string, bool) error { return ErrUnsupported }

// OnFullscreen does nothing.
func (Host) OnFullscreen(func(on bool)) (stop func()) { return nothing }

// Mini answers ErrUnsupported.
func (Host) Mini(context.Context, string, []string, []string, func()) (stop func(), err error) {
	return nil, ErrUnsupported
}

// Fill does nothing.
func (Host) Fill(string, string) {}

// ScrollDown does nothing.
func (Host) ScrollDown(string) {}

// Matches answers false.
func (Host) Matches(string) bool { return false }

// OnMatch does nothing.
func (Host) OnMatch(string, func(matches bool)) (stop func()) { return nothing }

// Every does nothing.
func (Host) Every(int, func()) (stop func()) { return nothing }

// Origin answers "".
func (Host) Origin() string { return "" }

// Reload does nothing.
func (Host) Reload() {}

// Chime answers ErrUnsupported.
func (Host) Chime(context.Context, string) error { return ErrUnsupported }

// OnKeys does nothing.
func (Host) OnKeys([]string, func(name string)) (stop func()) { return nothing }

// Probe answers that nothing gets through.
func (Host) Probe(context.Context, string, []string) (open, udp bool) { return false, false }

package page

import (
	"context"
	"encoding/json"
	"time"

	"escalate/app/stage"
	"escalate/app/video"
)

// Host is the browser around a page, as far as the pages need it. Callbacks
// come from any goroutine and must hand over and return; methods that take a
// Context wait.
type Host interface {
	stage.Host

	// PageData is the wire.Page that the server wrote into the page, as JSON.
	PageData() []byte
	// Early is what the person did before the program was up: an early as JSON,
	// or nil. It is told once.
	Early() []byte

	// Events opens the stream of server-sent events at path. event gets those
	// of wire's names; closed is told when the stream has ended for good.
	Events(path string, event func(name, data string), closed func()) (stop func())
	// Beacon posts JSON to path even while the page is being closed.
	Beacon(path string, body []byte) bool

	// OnMessage calls f for each window message, from whomever.
	OnMessage(f func(origin string, fromParent bool, data []byte)) (stop func())
	// PostToParent posts JSON to the framing window if its origin is origin;
	// "*" is any.
	PostToParent(data []byte, origin string)

	// Copy puts text on the clipboard; begin it in a click.
	Copy(ctx context.Context, text string) error
	// SetTitle names the tab.
	SetTitle(title string)
	// Clock is t as the person's clock shows it, in their language and time
	// zone; "" where that is not known.
	Clock(t time.Time) string
	// Online says whether the device has a connection at all, as far as the
	// browser knows.
	Online() bool
	// Settled says that the page has time for what can wait.
	Settled()
	// Probe looks whether a WebSocket opens and whether UDP reaches a STUN server.
	Probe(ctx context.Context, socket string, stun []string) (open, udp bool)

	// OnPageHide calls f when the page goes away, for good or into a cache.
	OnPageHide(f func()) (stop func())
}

// early is what a person did on the server's page before the program was up;
// start.js writes it.
type early struct {
	Click   string `json:"click"`   // id of the button that was clicked
	Consent bool   `json:"consent"` // ticked the recording consent
	Code    string `json:"code"`    // typed this into the code field
	Focus   string `json:"focus"`   // id of the focused element
}

// earlyOf reads it; zero if it is unreadable, which is as good as nothing done.
func earlyOf(h Host) (e early) {
	if b := h.Early(); b != nil {
		_ = json.Unmarshal(b, &e)
	}
	return e
}

// noHost is the Host where there is no browser: the page data, and nothing.
type noHost struct{ data []byte }

func nothing() {}

func (h noHost) PageData() []byte                                        { return h.data }
func (noHost) Early() []byte                                             { return nil }
func (noHost) Events(string, func(string, string), func()) (stop func()) { return nothing }
func (noHost) Beacon(string, []byte) bool                                { return false }
func (noHost) OnMessage(func(string, bool, []byte)) (stop func()) {
	return nothing
}
func (noHost) PostToParent([]byte, string)        {}
func (noHost) Stored(string) string               { return "" }
func (noHost) Store(string, string)               {}
func (noHost) Copy(context.Context, string) error { return nil }
func (noHost) Focus(string)                       {}
func (noHost) Fill(string, string)                {}
func (noHost) ScrollDown(string)                  {}
func (noHost) Mini(context.Context, string, []string, []string, func()) (stop func(), err error) {
	return nil, video.ErrUnsupported
}
func (noHost) SetTitle(string)                                          {}
func (noHost) Clock(time.Time) string                                   { return "" }
func (noHost) Fullscreen(context.Context, string, bool) error           { return nil }
func (noHost) OnFullscreen(func(bool)) (stop func())                    { return nothing }
func (noHost) KeepAwake() (stop func())                                 { return nothing }
func (noHost) AskBeforeLeaving() (stop func())                          { return nothing }
func (noHost) OnPageHide(func()) (stop func())                          { return nothing }
func (noHost) OnVisibility(func(bool)) (stop func())                    { return nothing }
func (noHost) Chime(context.Context, string) error                      { return nil }
func (noHost) OnKeys([]string, func(string)) (stop func())              { return nothing }
func (noHost) Probe(context.Context, string, []string) (open, udp bool) { return true, true }
func (noHost) Online() bool                                             { return true }
func (noHost) Settled()                                                 {}

// noDevices stands for a browser that can everything: what the server renders
// must not presume that something is missing.
type noDevices struct{}

func (noDevices) Supported() video.Support {
	return video.Support{WebRTC: true, Secure: true, ScreenShare: true}
}

func (noDevices) Capture(context.Context, video.Want) (video.Capture, error) {
	return nil, video.ErrUnsupported
}

func (noDevices) List(context.Context) ([]video.Device, error) { return nil, video.ErrUnsupported }
func (noDevices) OnChange(func()) (stop func())                { return nothing }

// noVideo joins nothing.
type noVideo struct{}

func (noVideo) Connect(context.Context, string, video.Options) (video.Room, error) {
	return nil, video.ErrUnsupported
}

// Package browser is what the page asks of the browser, apart from video:
// waiting for promises and fetching (Await, Fetch), and small types for what a
// page lives in: its Document, the Frame around it, the Network, Storage, the
// View of it on the screen and the Device that it runs on. They have no state.
// Together with video/twiliojs it is the only place that touches syscall/js.
//
// It knows nothing of calls, codes or our API. Callbacks run on JavaScript's
// event loop: they must hand over and return. Methods that take a Context wait,
// so they must not be called from such a callback but from a goroutine.
package browser

import "errors"

// ErrUnsupported says that this browser, or no browser at all, cannot do it.
var ErrUnsupported = errors.New("browser: not supported here")

// ErrNetwork says that a request got no response: offline, refused, blocked.
var ErrNetwork = errors.New("browser: no answer")

// Request is an HTTP request. Path may be a path of our own origin or a URL.
type Request struct {
	Method, Path string
	Header       map[string]string
	Body         []byte
	// Keepalive lets the request outlive the page; its body is then limited to
	// 64 KiB by the Fetch standard.
	Keepalive bool
}

// Response is what came back for a Request, whatever its status.
type Response struct {
	Status int
	Body   []byte
}

// StreamState is how an event stream is doing.
type StreamState int

// The states of a stream. After StreamRetrying the browser connects again by
// itself; after StreamClosed (the server answered with an error) it does not.
const (
	StreamOpen StreamState = iota
	StreamRetrying
	StreamClosed
)

// Stream says what to do with server-sent events.
type Stream struct {
	// Names are the event names wanted.
	Names []string
	// Event gets each event of a wanted name.
	Event func(name, data string)
	// State is told of every change; it may be nil.
	State func(StreamState)
}

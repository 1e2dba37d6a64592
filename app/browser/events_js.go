//go:build js

package browser

import "syscall/js"

// Events opens the stream of server-sent events at url until stop.
func (Network) Events(url string, s Stream) (stop func()) {
	ctor := js.Global().Get("EventSource")
	if !exists(ctor) {
		return nothing
	}
	src := js.Undefined()
	guard(func() { src = ctor.New(url) }) // throws at a URL that is none
	if !exists(src) {
		return nothing
	}
	var stops []func()
	for _, name := range s.Names {
		stops = append(stops, Listen(src, name, func(e js.Value) { s.Event(name, text(e, "data")) }))
	}
	tell := func(st StreamState) {
		if s.State != nil {
			s.State(st)
		}
	}
	stops = append(stops,
		Listen(src, "open", func(js.Value) { tell(StreamOpen) }),
		Listen(src, "error", func(js.Value) {
			const closed = 2 // EventSource.CLOSED in the HTML standard
			if src.Get("readyState").Int() == closed {
				tell(StreamClosed)
			} else {
				tell(StreamRetrying)
			}
		}))
	return func() {
		src.Call("close")
		for _, f := range stops {
			f()
		}
		stops = nil
	}
}

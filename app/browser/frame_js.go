//go:build js

package browser

import "syscall/js"

// Frame is the border between the page and the window that it is framed by.
type Frame struct{}

// OnMessage calls f for each window message until stop: the sender's origin,
// whether the sender is the parent window, and the data as JSON. It is for f
// to refuse strangers.
func (Frame) OnMessage(f func(origin string, fromParent bool, data []byte)) (stop func()) {
	return Listen(window(), "message", func(e js.Value) {
		fromParent := framed() && e.Get("source").Equal(window().Get("parent"))
		f(text(e, "origin"), fromParent, jsonOf(e.Get("data")))
	})
}

// PostToParent posts data, which is JSON, to the parent window if its origin
// is origin; "*" is any. It does nothing in a window that is not framed.
func (Frame) PostToParent(data []byte, origin string) {
	if !framed() {
		return
	}
	_ = Try(func() error {
		v := js.Global().Get("JSON").Call("parse", string(data))
		window().Get("parent").Call("postMessage", v, origin)
		return nil
	})
}

// Framed says whether the page is inside another one.
func (Frame) Framed() bool { return framed() }

func framed() bool {
	parent := window().Get("parent")
	return exists(parent) && !parent.Equal(window().Get("self"))
}

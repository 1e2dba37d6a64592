//go:build js

package browser

import "syscall/js"

func window() js.Value    { return js.Global() }
func document() js.Value  { return js.Global().Get("document") }
func navigator() js.Value { return js.Global().Get("navigator") }

// element returns the element with the id, or null.
func element(id string) js.Value {
	if !exists(document()) {
		return js.Null()
	}
	return document().Call("getElementById", id)
}

// global is a global JavaScript variable as JSON, or nil.
func global(name string) []byte {
	if v := window().Get(name); exists(v) {
		return jsonOf(v)
	}
	return nil
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

func visible() bool { return text(document(), "visibilityState") != "hidden" }

// every calls f each time the milliseconds have passed, until stop.
func every(milliseconds int, f func()) (stop func()) {
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

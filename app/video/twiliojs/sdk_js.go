//go:build js

package twiliojs

import (
	"syscall/js"

	"escalate/app/browser"
)

// exists says whether v is something one can read properties of.
func exists(v js.Value) bool { return !v.IsUndefined() && !v.IsNull() }

// path follows property names from v; undefined where one is missing.
func path(v js.Value, names ...string) js.Value {
	for _, n := range names {
		if t := v.Type(); t != js.TypeObject && t != js.TypeFunction {
			return js.Undefined()
		}
		v = v.Get(n)
	}
	return v
}

// loaded is Twilio.Video if the SDK is there.
func loaded() js.Value { return path(js.Global(), "Twilio", "Video") }

// listeners are callbacks at the SDK's event emitters.
type listeners struct{ drops []func() }

// on calls f for each event of the name that target emits. An exception in f
// is written to the console; the SDK's own work goes on.
func (l *listeners) on(target js.Value, event string, f func(args []js.Value)) {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any {
		report(browser.Try(func() error {
			f(args)
			return nil
		}))
		return nil
	})
	target.Call("on", event, fn)
	l.drops = append(l.drops, func() {
		target.Call("removeListener", event, fn)
		fn.Release()
	})
}

// also has drop called with the others.
func (l *listeners) also(drop func()) { l.drops = append(l.drops, drop) }

// release takes all callbacks back.
func (l *listeners) release() {
	drops := l.drops
	l.drops = nil
	for _, d := range drops {
		report(browser.Try(func() error {
			d()
			return nil
		}))
	}
}

// report writes err to the console; nobody else could act on it.
func report(err error) {
	if err == nil {
		return
	}
	if c := path(js.Global(), "console", "error"); exists(c) {
		c.Invoke("twiliojs: " + err.Error())
	}
}

// try is browser.Try with its error made a *video.Error.
func try(f func() error) error {
	err := browser.Try(f)
	if err == nil {
		return nil
	}
	return convertError(err)
}

// each calls f with each value of a JavaScript Map, Set or array.
func each(collection js.Value, f func(js.Value)) {
	if !exists(collection) {
		return
	}
	if exists(path(collection, "values")) {
		collection = collection.Call("values") // a Map would give pairs
	}
	values := js.Global().Get("Array").Call("from", collection)
	for i := range values.Length() {
		f(values.Index(i))
	}
}

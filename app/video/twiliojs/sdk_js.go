//go:build js

package twiliojs

import (
	"context"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
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

// sdk is Twilio.Video, waited for or loaded from url.
func sdk(ctx context.Context, url string) (js.Value, error) {
	if v := loaded(); exists(v) {
		return v, nil
	}
	// The page may be loading it already; if that fails we try ourselves.
	if p := path(js.Global(), "escalateSDK"); exists(p) {
		_, _ = browser.Await(ctx, p)
		if v := loaded(); exists(v) {
			return v, nil
		}
	}
	if url == "" {
		url = DefaultSDK
	}
	if err := browser.LoadScript(ctx, url); err != nil {
		if ctx.Err() != nil {
			return js.Undefined(), ctx.Err()
		}
		return js.Undefined(), &video.Error{Reason: video.SignalingLost, Name: "LoadError", Message: err.Error()}
	}
	v := loaded()
	if !exists(v) {
		return v, &video.Error{Reason: video.Unsupported, Name: "LoadError", Message: "twilio-video.js did not start"}
	}
	return v, nil
}

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

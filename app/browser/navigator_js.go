//go:build js

package browser

import (
	"context"
	"fmt"
	"syscall/js"
)

func navigator() js.Value { return js.Global().Get("navigator") }

// storage is window.localStorage. Reading the property itself throws where
// storage is blocked, and Value.Get would let that end the program: only calls
// turn exceptions into panics.
func storage() js.Value {
	return js.Global().Get("Reflect").Call("get", js.Global(), "localStorage")
}

// Online says whether the device has a connection at all, as far as the browser
// knows: a false is certain, a true may only mean that there is some network.
func (Host) Online() bool {
	v := navigator()
	return !exists(v) || v.Get("onLine").Type() != js.TypeBoolean || v.Get("onLine").Bool()
}

// Stored is what Store kept under key, or "". Browsers may refuse storage, in
// private windows and in frames; that reads as "".
func (Host) Stored(key string) string {
	var s string
	_ = Try(func() error {
		if v := storage().Call("getItem", key); v.Type() == js.TypeString {
			s = v.String()
		}
		return nil
	})
	return s
}

// Store keeps value under key in this browser; an empty value removes it.
// Where the browser refuses storage, it is not kept.
func (Host) Store(key, value string) {
	_ = Try(func() error {
		if value == "" {
			storage().Call("removeItem", key)
		} else {
			storage().Call("setItem", key, value)
		}
		return nil
	})
}

// Copy puts text into the clipboard. Begin it in a click.
func (Host) Copy(ctx context.Context, s string) error {
	err := Try(func() error {
		c := navigator().Get("clipboard")
		if !exists(c) {
			return ErrUnsupported
		}
		_, err := Await(ctx, c.Call("writeText", s))
		return err
	})
	if err == nil || ctx.Err() != nil || copyOld(s) {
		return ctx.Err()
	}
	return fmt.Errorf("copy to clipboard: %w", err)
}

// copyOld copies by way of a selection, which still works in frames that were
// not given clipboard-write, and without a secure context.
func copyOld(s string) (ok bool) {
	_ = Try(func() error {
		area := document().Call("createElement", "textarea")
		area.Set("value", s)
		area.Call("setAttribute", "readonly", "")
		area.Get("style").Set("position", "fixed")
		area.Get("style").Set("opacity", "0")
		had := document().Get("activeElement")
		document().Get("body").Call("appendChild", area)
		defer area.Call("remove")
		area.Call("select")
		ok = document().Call("execCommand", "copy").Truthy()
		if exists(had) {
			had.Call("focus")
		}
		return nil
	})
	return ok
}

// Beacon posts body, which is JSON, to url even if the page is going away. It
// says whether the browser took it on.
func (Host) Beacon(url string, body []byte) bool {
	taken := false
	_ = Try(func() error {
		parts := js.Global().Get("Array").New(bytesOf(body))
		blob := js.Global().Get("Blob").New(parts, map[string]any{"type": "application/json"})
		taken = navigator().Call("sendBeacon", url, blob).Truthy()
		return nil
	})
	return taken
}

// KeepAwake keeps the screen from going dark, until stop. The browser takes
// the lock away whenever the page is hidden; it is asked for again after.
func (Host) KeepAwake() (stop func()) {
	lock := js.Undefined()
	ctx, cancel := context.WithCancel(context.Background())
	release := func(l js.Value) {
		_ = Try(func() error { l.Call("release"); return nil })
	}
	ask := func() {
		if !visible() {
			return
		}
		_ = Try(func() error {
			w := navigator().Get("wakeLock")
			if !exists(w) {
				return ErrUnsupported
			}
			l, err := AwaitOr(ctx, w.Call("request", "screen"), release)
			if err != nil {
				return err
			}
			if ctx.Err() != nil {
				release(l)
				return nil
			}
			if exists(lock) {
				release(lock)
			}
			lock = l
			return nil
		})
	}
	go ask()
	unlisten := Listen(document(), "visibilitychange", func(js.Value) { go ask() })
	return func() {
		cancel()
		unlisten()
		if exists(lock) {
			release(lock)
		}
		lock = js.Undefined()
	}
}

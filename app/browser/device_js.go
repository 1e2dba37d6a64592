//go:build js

package browser

import (
	"context"
	"fmt"
	"syscall/js"
	"time"
)

// Device is the machine around the page: clipboard, clock, loudspeaker, and the
// screen that goes dark.
type Device struct{}

// Copy puts text into the clipboard. Begin it in a click.
func (Device) Copy(ctx context.Context, s string) error {
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

// lang is the language that the page says it is in, as a BCP 47 tag.
func lang() string {
	if !exists(document()) {
		return ""
	}
	return text(document().Get("documentElement"), "lang")
}

// Clock is t as people in front of this browser write it, in their time zone:
// the time of day, with the day of the week unless that is today. It is empty
// where the browser cannot tell.
func (Device) Clock(t time.Time) (s string) {
	_ = Try(func() error {
		date := js.Global().Get("Date")
		at := date.New(float64(t.UnixMilli()))
		how := map[string]any{"hour": "numeric", "minute": "2-digit"}
		if at.Call("toDateString").String() != date.New().Call("toDateString").String() {
			how["weekday"] = "long"
		}
		tags := js.Undefined()
		if l := lang(); l != "" {
			tags = js.ValueOf(l)
		}
		s = at.Call("toLocaleTimeString", tags, how).String()
		return nil
	})
	return s
}

// KeepAwake keeps the screen from going dark, until stop. The browser takes
// the lock away whenever the page is hidden; it is asked for again after.
func (Device) KeepAwake() (stop func()) {
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
			if ctx.Err() != nil { // stopped meanwhile
				release(l)
				return ctx.Err()
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

//go:build js

package browser

import (
	"context"
	"errors"
	"fmt"
	"syscall/js"
)

// Fetch sends r and reads the whole response. A response of any status is no
// error; none at all is an error that wraps ErrNetwork. When ctx ends, the
// request is aborted.
func Fetch(ctx context.Context, r Request) (Response, error) {
	var a Response
	err := Try(func() error {
		header := js.Global().Get("Object").New()
		for k, v := range r.Header {
			header.Set(k, v)
		}
		init := js.ValueOf(map[string]any{
			"method":      r.Method,
			"headers":     header,
			"credentials": "same-origin",
			"cache":       "no-store",
			"keepalive":   r.Keepalive,
		})
		if r.Body != nil {
			init.Set("body", bytesOf(r.Body))
		}
		abort := js.Global().Get("AbortController").New()
		init.Set("signal", abort.Get("signal"))
		stop := context.AfterFunc(ctx, func() { abort.Call("abort") })
		defer func() {
			if stop() && ctx.Err() != nil {
				abort.Call("abort") // we were told before the function above was
			}
		}()
		res, err := Await(ctx, js.Global().Call("fetch", r.Path, init))
		if err != nil {
			return err
		}
		a.Status = res.Get("status").Int()
		buf, err := Await(ctx, res.Call("arrayBuffer"))
		if err != nil {
			return err
		}
		body := js.Global().Get("Uint8Array").New(buf)
		a.Body = make([]byte, body.Length())
		js.CopyBytesToGo(a.Body, body)
		return nil
	})
	if err == nil {
		return a, nil
	}
	if ctx.Err() != nil {
		return Response{}, fmt.Errorf("fetch %s: %w", r.Path, ctx.Err())
	}
	var e *Exception
	if errors.As(err, &e) {
		return Response{}, fmt.Errorf("fetch %s: %w: %s", r.Path, ErrNetwork, e.Message())
	}
	return Response{}, fmt.Errorf("fetch %s: %w", r.Path, err)
}

func bytesOf(b []byte) js.Value {
	a := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(a, b)
	return a
}

// LoadScript adds a <script> for url to the page, once, and waits until it has
// run. A script that fails may be asked for again.
func LoadScript(ctx context.Context, url string) error {
	return Try(func() error {
		doc := js.Global().Get("document")
		if !exists(doc) {
			return ErrUnsupported
		}
		const attr = "data-loaded-by-go"
		script := js.Null()
		found := doc.Call("querySelectorAll", "script["+attr+"]")
		for i := range found.Length() {
			if found.Index(i).Call("getAttribute", attr).String() == url {
				script = found.Index(i)
			}
		}
		if !exists(script) {
			script = doc.Call("createElement", "script")
			script.Call("setAttribute", attr, url)
			script.Set("src", url)
			script.Set("async", true)
			doc.Get("head").Call("appendChild", script)
		} else if script.Get("escalateLoaded").Truthy() {
			return nil
		}
		done := make(chan bool, 2) // both listeners can fire at most once each
		defer Listen(script, "load", func(js.Value) {
			script.Set("escalateLoaded", true)
			done <- true
		})()
		defer Listen(script, "error", func(js.Value) {
			script.Call("remove")
			done <- false
		})()
		select {
		case ok := <-done:
			if !ok {
				return fmt.Errorf("load %s: %w", url, ErrNetwork)
			}
			return nil
		case <-ctx.Done():
			return fmt.Errorf("load %s: %w", url, ctx.Err())
		}
	})
}

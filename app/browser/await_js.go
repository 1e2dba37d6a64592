//go:build js

package browser

import (
	"context"
	"fmt"
	"syscall/js"
)

// Exception is what JavaScript threw, or what a promise was rejected with.
type Exception struct{ Value js.Value }

// Name is the error's name, such as "NotAllowedError".
func (e *Exception) Name() string { return text(e.Value, "name") }

// Message is the error's message; of a thrown value that is no object, its
// text.
func (e *Exception) Message() string {
	if m := text(e.Value, "message"); m != "" {
		return m
	}
	if t := e.Value.Type(); t == js.TypeObject || t == js.TypeFunction {
		return ""
	}
	return js.Global().Get("String").Invoke(e.Value).String()
}

func (e *Exception) Error() string {
	return fmt.Sprintf("javascript: %s: %s", e.Name(), e.Message())
}

// Try runs f and turns a JavaScript exception in it into an *Exception. Go's
// glue catches only what calls throw; a getter or setter that throws is to be
// called through Reflect.
func Try(f func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case js.Error:
			err = &Exception{r.Value}
		case *js.ValueError: // a method or property that this browser lacks
			err = fmt.Errorf("javascript: %w", r)
		default:
			panic(r) // a fault of our own; hiding it would not mend it
		}
	}()
	return f()
}

// Await waits until promise settles; a rejection is an *Exception. A value
// that is no promise is returned as it is. When ctx ends first, Await returns
// its error.
func Await(ctx context.Context, promise js.Value) (js.Value, error) {
	return AwaitOr(ctx, promise, nil)
}

// AwaitOr is Await, with late called on the event loop with a value that
// arrives after ctx ended, so that whatever it holds can be let go.
func AwaitOr(ctx context.Context, promise js.Value, late func(js.Value)) (js.Value, error) {
	type result struct {
		value js.Value
		err   error
	}
	done := make(chan result, 1)
	gone := make(chan struct{})
	var ok, bad js.Func
	settle := func(r result) {
		// Only now: a promise cannot be cancelled, and calling a released func
		// is an error on the console.
		ok.Release()
		bad.Release()
		select {
		case <-gone:
			if r.err == nil && late != nil {
				late(r.value)
			}
		default:
			done <- r
		}
	}
	ok = js.FuncOf(func(_ js.Value, args []js.Value) any {
		settle(result{value: first(args)})
		return nil
	})
	bad = js.FuncOf(func(_ js.Value, args []js.Value) any {
		settle(result{err: &Exception{first(args)}})
		return nil
	})
	js.Global().Get("Promise").Call("resolve", promise).Call("then", ok, bad)
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
	}
	close(gone)
	// Both may have been ready at once.
	select {
	case r := <-done:
		return r.value, r.err
	default:
		return js.Undefined(), ctx.Err()
	}
}

func first(args []js.Value) js.Value {
	if len(args) == 0 {
		return js.Undefined()
	}
	return args[0]
}

// text reads a string property of whatever v is.
func text(v js.Value, name string) string {
	if t := v.Type(); t != js.TypeObject && t != js.TypeFunction {
		return ""
	}
	p := v.Get(name)
	if p.Type() != js.TypeString {
		return ""
	}
	return p.String()
}

// exists says whether v is something one can call methods on.
func exists(v js.Value) bool { return !v.IsUndefined() && !v.IsNull() }

// guard calls f from JavaScript: an exception that nobody handles would end
// the program, so it is written to the console instead.
func guard(f func()) {
	err := Try(func() error {
		f()
		return nil
	})
	if err == nil {
		return
	}
	if c := js.Global().Get("console"); exists(c) {
		c.Call("error", "browser: "+err.Error())
	}
}

// Listen calls f for each event of the name at target, until stop.
func Listen(target js.Value, name string, f func(event js.Value)) (stop func()) {
	if !exists(target) || !exists(target.Get("addEventListener")) {
		return nothing
	}
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any {
		guard(func() { f(first(args)) })
		return nil
	})
	target.Call("addEventListener", name, fn)
	stopped := false
	return func() {
		if stopped {
			return
		}
		stopped = true
		target.Call("removeEventListener", name, fn)
		fn.Release()
	}
}

// nothing is a stop function for what never started.
func nothing() {}

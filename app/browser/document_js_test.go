//go:build js

package browser

import (
	"context"
	"errors"
	"syscall/js"
	"testing"
)

// page gives node a document with the parts that the package uses. A script
// whose URL contains "bad" fails, "slow" never answers.
func page(t *testing.T) {
	t.Helper()
	eval(`(() => {
		class El extends EventTarget {
			constructor(tag) { super(); this.tag = tag; this.attrs = {} }
			setAttribute(k, v) { this.attrs[k] = v }
			getAttribute(k) { return this.attrs[k] }
			focus() { if (this.tag !== "h1" || "tabindex" in this.attrs) document.activeElement = this }
			remove() { head.kids = head.kids.filter(e => e !== this) }
		}
		const head = {kids: [], appendChild(e) { this.kids.push(e); globalThis.loads = (globalThis.loads || 0) + 1;
			if (!e.src.includes("slow")) setTimeout(() => e.dispatchEvent(new Event(e.src.includes("bad") ? "error" : "load"))) }};
		const ids = {h: new El("h1"), code: Object.assign(new El("input"), {value: "AbC", checked: true}),
			"page-data": Object.assign(new El("script"), {textContent: '{"brand":"B"}'})};
		globalThis.loads = 0;
		globalThis.document = Object.assign(new EventTarget(), {head, activeElement: null, visibilityState: "visible", title: "",
			createElement: t => new El(t), getElementById: id => ids[id] || null, querySelectorAll: () => head.kids});
	})()`)
	t.Cleanup(func() { js.Global().Delete("document") })
}

func TestLoadScript(t *testing.T) {
	page(t)
	ctx := deadline(t)
	loads := func() int { return eval(`loads`).Int() }
	for range 2 {
		if err := LoadScript(ctx, "/sdk.js"); err != nil {
			t.Fatal(err)
		}
	}
	if loads() != 1 {
		t.Errorf("loaded %d times, want once", loads())
	}
	for range 2 {
		if err := LoadScript(ctx, "/bad.js"); !errors.Is(err, ErrNetwork) {
			t.Errorf("a script that fails: %v", err)
		}
	}
	if loads() != 3 {
		t.Errorf("%d loads: a script that failed is tried again", loads())
	}
	short, cancel := context.WithCancel(ctx)
	cancel()
	if err := LoadScript(short, "/slow.js"); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestDocument(t *testing.T) {
	page(t)
	if got := string(Document{}.PageData()); got != `{"brand":"B"}` {
		t.Errorf("page data %s", got)
	}
	Document{}.Fill("code", "XyZ")
	Document{}.Fill("none", "XyZ")
	if got := eval(`document.getElementById("code").value`).String(); got != "XyZ" {
		t.Errorf("the field has %q", got)
	}
	Document{}.Focus("h")
	if !eval(`document.activeElement === document.getElementById("h")`).Truthy() {
		t.Error("a heading did not take the focus")
	}
	Document{}.SetTitle("Call")
	if got := eval(`document.title`).String(); got != "Call" {
		t.Errorf("title %q", got)
	}
	var seen []bool
	stop := View{}.OnVisibility(func(v bool) { seen = append(seen, v) })
	eval(`document.visibilityState = "hidden"; document.dispatchEvent(new Event("visibilitychange"));
		document.visibilityState = "visible"; document.dispatchEvent(new Event("visibilitychange"))`)
	stop()
	if len(seen) != 2 || seen[0] || !seen[1] {
		t.Errorf("visibility %v", seen)
	}
	seen = nil
	eval(`document.visibilityState = "hidden"`)
	View{}.OnVisibility(func(v bool) { seen = append(seen, v) })()
	eval(`document.visibilityState = "visible"`)
	if len(seen) != 1 || seen[0] {
		t.Errorf("visibility of a page opened out of view: %v", seen)
	}
}

func TestKeepAwake(t *testing.T) {
	page(t)
	eval(`(() => { globalThis.locks = []; Object.defineProperty(globalThis, "navigator", {configurable: true, value: {
		wakeLock: {request: async () => { const l = {released: false, async release() { this.released = true }}; locks.push(l); return l }}}}) })()`)
	t.Cleanup(func() { js.Global().Delete("navigator") })
	stop := Device{}.KeepAwake()
	wait(t, "the first lock", func() bool { return eval(`locks.length`).Int() == 1 })
	// Hidden, the browser takes it; shown again, we ask again.
	eval(`document.dispatchEvent(new Event("visibilitychange"))`)
	wait(t, "the second lock", func() bool { return eval(`locks.length`).Int() == 2 })
	stop()
	wait(t, "the lock to be released", func() bool { return eval(`locks[1].released`).Truthy() })
}

func TestExceptionInACallbackIsSurvived(t *testing.T) {
	target := eval(`new EventTarget()`)
	eval(`globalThis.keptError = console.error; globalThis.said = []; console.error = (...a) => said.push(a.join(" "))`)
	defer eval(`console.error = keptError`)
	stop := Listen(target, "x", func(js.Value) { eval(`throw new Error("oops")`) })
	defer stop()
	target.Call("dispatchEvent", eval(`new Event("x")`))
	if got := eval(`said.join()`).String(); got != "browser: javascript: Error: oops" {
		t.Errorf("console %q", got)
	}
}

func TestAskBeforeLeaving(t *testing.T) {
	leave := func() bool {
		return eval(`(() => { const e = new Event("beforeunload", {cancelable: true}); dispatchEvent(e); return e.defaultPrevented })()`).Bool()
	}
	eval(`{ const w = new EventTarget(); for (const f of ["addEventListener", "removeEventListener", "dispatchEvent"]) globalThis[f] = w[f].bind(w) }`)
	defer func() {
		for _, f := range []string{"addEventListener", "removeEventListener", "dispatchEvent"} {
			js.Global().Delete(f)
		}
	}()
	if leave() {
		t.Error("it asks before it was told to")
	}
	first := View{}.AskBeforeLeaving()
	second := View{}.AskBeforeLeaving()
	if !leave() {
		t.Error("it does not ask")
	}
	first()
	if !leave() {
		t.Error("it forgot the second")
	}
	second()
	if leave() {
		t.Error("it still asks")
	}
}

func TestOnline(t *testing.T) {
	kept := js.Global().Get("navigator")
	defer func() { js.Global().Set("navigator", kept) }()
	for code, want := range map[string]bool{`{onLine: true}`: true, `{onLine: false}`: false, `{}`: true} {
		eval(`Object.defineProperty(globalThis, "navigator", {configurable: true, writable: true, value: ` + code + `})`)
		if (Network{}).Online() != want {
			t.Errorf("%s: want %t", code, want)
		}
	}
}

//go:build js

package browser

import (
	"context"
	"errors"
	"strings"
	"syscall/js"
	"testing"
	"time"
)

// eval runs JavaScript; the tests' stand-ins for browser parts are made so.
func eval(code string) js.Value { return js.Global().Call("eval", code) }

// deadline ends a test's waiting before the test binary's own limit does.
func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestAwait(t *testing.T) {
	tests := []struct {
		name, code, want, wantErr string
	}{
		{name: "resolved", code: `Promise.resolve("yes")`, want: "yes"},
		{name: "later", code: `new Promise(r => setTimeout(() => r("yes"), 1))`, want: "yes"},
		{name: "no promise", code: `"plain"`, want: "plain"},
		{name: "rejected with an error", code: `Promise.reject(Object.assign(new Error("no camera"), {name: "NotFoundError"}))`,
			wantErr: "javascript: NotFoundError: no camera"},
		{name: "rejected with a text", code: `Promise.reject("simply no")`, wantErr: "javascript: : simply no"},
		{name: "rejected with nothing", code: `Promise.reject()`, wantErr: "javascript: : undefined"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := Await(deadline(t), eval(tt.code))
			if tt.wantErr != "" {
				if err == nil || err.Error() != tt.wantErr {
					t.Fatalf("error %v, want %s", err, tt.wantErr)
				}
				return
			}
			if err != nil || v.String() != tt.want {
				t.Fatalf("%v, %v, want %s", v, err, tt.want)
			}
		})
	}
}

func TestAwaitHandsOverWhatComesLate(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := eval(`(() => { const o = {}; o.p = new Promise((ok, bad) => { o.ok = ok; o.bad = bad }); return o })()`)
	late := make(chan string, 1)
	cancel()
	if _, err := AwaitOr(ctx, o.Get("p"), func(v js.Value) { late <- v.String() }); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want canceled", err)
	}
	o.Call("ok", "room")
	select {
	case got := <-late:
		if got != "room" {
			t.Errorf("late value %q", got)
		}
	case <-deadline(t).Done():
		t.Fatal("the late value was not handed over")
	}
}

func TestTry(t *testing.T) {
	var e *Exception
	err := Try(func() error { eval(`throw new TypeError("bad")`); return nil })
	if !errors.As(err, &e) || e.Name() != "TypeError" || e.Message() != "bad" {
		t.Errorf("thrown: %v", err)
	}
	if err := Try(func() error { js.Undefined().Get("x"); return nil }); err == nil {
		t.Error("property of undefined: no error")
	}
	if err := Try(func() error { return nil }); err != nil {
		t.Errorf("nothing thrown: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a fault of Go's own was hidden")
		}
	}()
	none := []error{}
	_ = Try(func() error { return none[0] })
}

func TestListenStops(t *testing.T) {
	target := eval(`new EventTarget()`)
	n := 0
	stop := Listen(target, "ping", func(js.Value) { n++ })
	ping := func() { target.Call("dispatchEvent", eval(`new Event("ping")`)) }
	ping()
	stop()
	stop() // again does nothing
	ping()
	if n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

func TestFetch(t *testing.T) {
	old := js.Global().Get("fetch")
	defer js.Global().Set("fetch", old)
	eval(`globalThis.fetch = (url, init) => {
		globalThis.lastFetch = {url, method: init.method, keepalive: init.keepalive, auth: init.headers.Authorization,
			body: init.body ? new TextDecoder().decode(init.body) : null};
		if (url === "/down") return Promise.reject(new TypeError("Failed to fetch"));
		if (url === "/slow") return new Promise((ok, bad) => init.signal.addEventListener("abort", () => {
			globalThis.aborted = true; bad(new Error("aborted")) }));
		return Promise.resolve(new Response('{"a":"ü"}', {status: url === "/404" ? 404 : 200}));
	}`)
	a, err := Fetch(deadline(t), Request{Method: "POST", Path: "/x", Body: []byte(`{"b":1}`), Keepalive: true,
		Header: map[string]string{"Authorization": "Bearer T"}})
	if err != nil || a.Status != 200 || string(a.Body) != `{"a":"ü"}` {
		t.Fatalf("answer %d %s, %v", a.Status, a.Body, err)
	}
	last := string(jsonOf(js.Global().Get("lastFetch")))
	if want := `{"url":"/x","method":"POST","keepalive":true,"auth":"Bearer T","body":"{\"b\":1}"}`; last != want {
		t.Errorf("request %s\nwant    %s", last, want)
	}
	if a, err := Fetch(deadline(t), Request{Method: "GET", Path: "/404"}); err != nil || a.Status != 404 {
		t.Errorf("404: %d, %v", a.Status, err)
	}
	if _, err := Fetch(deadline(t), Request{Method: "GET", Path: "/down"}); !errors.Is(err, ErrNetwork) {
		t.Errorf("no network: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Fetch(ctx, Request{Method: "GET", Path: "/slow"}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	wait(t, "the request to be aborted", func() bool { return js.Global().Get("aborted").Truthy() })
}

// wait waits for JavaScript's event loop to bring ok about.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx := deadline(t)
	for !ok() {
		if _, err := Await(ctx, eval(`new Promise(r => setTimeout(r, 1))`)); err != nil {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestEvents(t *testing.T) {
	eval(`globalThis.EventSource = class extends EventTarget {
		constructor(url) { super(); this.url = url; this.readyState = 0; globalThis.source = this }
		close() { this.readyState = 2; this.closed = true }
	}`)
	defer js.Global().Delete("EventSource")
	var got []string
	var states []StreamState
	stop := Network{}.Events("/e", Stream{Names: []string{"state"},
		Event: func(name, data string) { got = append(got, name+" "+data) },
		State: func(s StreamState) { states = append(states, s) }})
	eval(`source.dispatchEvent(new Event("open"));
		source.dispatchEvent(new MessageEvent("state", {data: "{}"}));
		source.dispatchEvent(new MessageEvent("other", {data: "no"}));
		source.dispatchEvent(new Event("error")); source.readyState = 2; source.dispatchEvent(new Event("error"))`)
	stop()
	eval(`source.dispatchEvent(new MessageEvent("state", {data: "late"}))`)
	if len(got) != 1 || got[0] != "state {}" {
		t.Errorf("events %q", got)
	}
	if len(states) != 3 || states[0] != StreamOpen || states[1] != StreamRetrying || states[2] != StreamClosed {
		t.Errorf("states %v", states)
	}
	if !eval(`source.closed`).Truthy() {
		t.Error("the stream was not closed")
	}
}

func TestStorageRefused(t *testing.T) {
	for name, storage := range map[string]string{
		"blocked": `get() { throw new Error("denied") }`, // reading the property itself, as in a frame without storage
		"null":    `value: null`,                         // as in Android's WebView
		"missing": `value: undefined`,
		"full":    `value: {getItem: () => null, removeItem() {}, setItem() { throw new DOMException("full", "QuotaExceededError") }}`,
	} {
		eval(`Object.defineProperty(globalThis, "localStorage", {configurable: true, ` + storage + `})`)
		Storage{}.Store("k", "v")
		if got := (Storage{}).Stored("k"); got != "" {
			t.Errorf("%s: stored %q", name, got)
		}
		Storage{}.Store("k", "")
	}
	eval(`(() => { const m = new Map(); Object.defineProperty(globalThis, "localStorage", {configurable: true, value: {
		getItem: k => m.has(k) ? m.get(k) : null, setItem: (k, v) => m.set(k, v), removeItem: k => m.delete(k)}}) })()`)
	Storage{}.Store("k", "v")
	if got := (Storage{}).Stored("k"); got != "v" {
		t.Errorf("stored %q, want v", got)
	}
	Storage{}.Store("k", "")
	if got := (Storage{}).Stored("k"); got != "" {
		t.Errorf("after removal %q", got)
	}
}

// TestSettledMayFail: what the page's own script throws is its own matter.
func TestSettledMayFail(t *testing.T) {
	eval(`globalThis.escalateSettled = () => { globalThis.asked = true; throw new DOMException("no", "SecurityError") }`)
	Document{}.Settled()
	if !js.Global().Get("asked").Truthy() {
		t.Error("the script was not told")
	}
}

func TestEarlyIsToldOnce(t *testing.T) {
	eval(`globalThis.escalateEarly = {join: true}`)
	if got := string(Document{}.Early()); got != `{"join":true}` {
		t.Errorf("early %s", got)
	}
	if got := (Document{}).Early(); got != nil {
		t.Errorf("again %s", got)
	}
}

func TestMessages(t *testing.T) {
	// node's global is no window: give it the parts that matter.
	eval(`(() => { const w = new EventTarget(); globalThis.addEventListener = w.addEventListener.bind(w);
		globalThis.removeEventListener = w.removeEventListener.bind(w); globalThis.testWindow = w;
		globalThis.self = globalThis;
		globalThis.parent = {posted: [], postMessage(m, o) { this.posted.push([m, o]) }} })()`)
	var got []string
	stop := Frame{}.OnMessage(func(origin string, fromParent bool, data []byte) {
		who := "stranger"
		if fromParent {
			who = "parent"
		}
		got = append(got, who+" "+origin+" "+string(data))
	})
	eval(`(() => { const send = (source, data) => { const e = new Event("message"); e.source = source; e.origin = "https://flex"; e.data = data; testWindow.dispatchEvent(e) };
		send(parent, {escalate: 1}); send({}, "x"); send(parent, undefined) })()`)
	stop()
	if want := `parent https://flex {"escalate":1}|stranger https://flex "x"|parent https://flex `; strings.Join(got, "|") != want {
		t.Errorf("messages %q, want %q", strings.Join(got, "|"), want)
	}
	Frame{}.PostToParent([]byte(`{"type":"ready"}`), "*")
	Frame{}.PostToParent([]byte(`no json`), "*")
	if p := string(jsonOf(eval(`parent.posted`))); p != `[[{"type":"ready"},"*"]]` {
		t.Errorf("posted %s", p)
	}
	eval(`globalThis.parent = globalThis`)
	if (Frame{}).Framed() {
		t.Error("its own parent counts as a frame")
	}
}

func TestWithoutDocument(t *testing.T) {
	Document{}.Focus("x")
	Document{}.SetTitle("t")
	Device{}.KeepAwake()()
	View{}.OnVisibility(func(bool) {})()
	if (Document{}).PageData() != nil || (Network{}).Beacon("/x", nil) {
		t.Error("something was found where nothing is")
	}
	if err := LoadScript(deadline(t), "/x.js"); !errors.Is(err, ErrUnsupported) {
		t.Errorf("load: %v", err)
	}
	if err := (Device{}).Copy(deadline(t), "x"); err == nil {
		t.Error("copied into nothing")
	}
}

func TestEveryStops(t *testing.T) {
	n := 0
	stop := every(1, func() { n++ })
	wait(t, "two ticks", func() bool { return n >= 2 })
	stop()
	stop()
	at := n
	if _, err := Await(deadline(t), eval(`new Promise(r => setTimeout(r, 5))`)); err != nil {
		t.Fatal(err)
	}
	if n != at {
		t.Errorf("%d ticks after the stop", n-at)
	}
}

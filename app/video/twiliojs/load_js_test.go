//go:build js

package twiliojs

import (
	"errors"
	"sync/atomic"
	"syscall/js"
	"testing"
	"time"

	"escalate/app/video"
)

func TestSDKIsWaitedFor(t *testing.T) {
	ctx := setUp(t)
	eval(`globalThis.kept = Twilio; delete globalThis.Twilio;
		globalThis.escalateSDK = new Promise(r => setTimeout(() => { globalThis.Twilio = kept; r() }, 1))`)
	c, err := Devices{}.Capture(ctx, video.Want{Audio: true})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// server is what a page fetches: robots.txt, or nothing.
const server = `globalThis.fetch = async () => { if (!globalThis.reachable) throw new TypeError("Failed to fetch");
	return new Response("User-agent: *\nDisallow: /\n") }; undefined`

func TestSDKThatDoesNotComeIsCalledThat(t *testing.T) {
	const fails, hangs, nothing = `Promise.reject(new Error("could not load"))`, `new Promise(() => {})`, `Promise.resolve()`
	tests := []struct {
		name, first, again string
		reachable          bool
		want               video.Reason
	}{
		{"held back", fails, fails, true, video.SDKBlocked},
		{"answered by something empty", nothing, nothing, true, video.SDKBlocked},
		{"nothing at first, refused then", nothing, fails, true, video.SDKBlocked},
		{"no line", fails, fails, false, video.SDKSlow},
		{"hangs", hangs, hangs, true, video.SDKSlow},
		{"refused at first, hangs then", fails, hangs, true, video.SDKSlow},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := setUp(t)
			defer js.Global().Delete(loadSDK)
			defer js.Global().Set("fetch", js.Global().Get("fetch"))
			eval(server)
			js.Global().Set("reachable", tt.reachable)
			eval(`globalThis.kept = Twilio; delete globalThis.Twilio; globalThis.loads = 0;
				globalThis.escalateSDK = ` + tt.first + `; escalateSDK.catch(() => {});
				globalThis.escalateLoadSDK = () => { loads++; escalateSDK = ` + tt.again + `; return escalateSDK }`)
			eval(earlyFake)
			var slow atomic.Int32
			d := Devices{Patience: Patience{Slow: 20 * time.Millisecond, Limit: 300 * time.Millisecond}}
			w := video.Want{Audio: true, Video: true, Loading: func() { slow.Add(1) }}
			_, err := d.Capture(ctx, w)
			var e *video.Error
			if !errors.As(err, &e) || e.Reason != tt.want {
				t.Errorf("without the SDK: %v, want %s", err, tt.want)
			}
			if tt.want == video.SDKSlow && tt.reachable && slow.Load() != 1 {
				t.Errorf("told %d times that it takes long", slow.Load())
			}
			if eval(`dropped`).Int() != 1 {
				t.Error("camera and microphone that were asked for early stay on")
			}
			c := Connector{Patience: d.Patience}
			if _, err := c.Connect(ctx, "good", video.Options{Name: "R"}); !errors.As(err, &e) || e.Reason != tt.want {
				t.Errorf("joining without the SDK: %v, want %s", err, tt.want)
			}
			// What held it back is gone: the next click must not wait for the old one.
			eval(`loads = 0; escalateLoadSDK = () => { loads++; globalThis.Twilio = kept; return Promise.resolve() }`)
			got, err := Devices{}.Capture(ctx, w)
			if err != nil {
				t.Fatalf("the second try: %v", err)
			}
			got.Close()
			if n := eval(`loads`).Int(); n != 1 {
				t.Errorf("loaded %d times at the second try", n)
			}
		})
	}
}

func TestSDKThatArrivesLateIsTaken(t *testing.T) {
	ctx := setUp(t)
	defer js.Global().Delete(loadSDK)
	eval(`globalThis.kept = Twilio; delete globalThis.Twilio; globalThis.escalateSDK = new Promise(() => {});
		setTimeout(() => { globalThis.Twilio = kept }, 30)`)
	c, err := Devices{}.Capture(ctx, video.Want{Audio: true})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestSDKWithoutAPageIsAnError(t *testing.T) {
	ctx := setUp(t)
	// Neither there nor to be had: node has no page to put a script into.
	eval(`delete globalThis.Twilio; globalThis.escalateSDK = Promise.reject(new Error("offline")); document = undefined`)
	var e *video.Error
	if _, err := (Devices{}).Capture(ctx, video.Want{Audio: true}); !errors.As(err, &e) || e.Name != "LoadError" {
		t.Errorf("no SDK: %v", err)
	}
}

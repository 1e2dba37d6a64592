//go:build e2e

package main

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"escalate/server/chromium"
	"escalate/server/localtwilio"
	"escalate/server/token"
)

// TestRoomInChromium opens one URL in two tabs of Chromium: each shows the other.
func TestRoomInChromium(t *testing.T) {
	dir := t.TempDir()
	build(t, filepath.Join(dir, "web", "app.wasm"))
	t.Chdir(dir) // from where the server serves web/app.wasm
	twilio, err := localtwilio.Start(t.Context(), localtwilio.Config{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { twilio.Close() })
	a := twilio.Account()
	server := httptest.NewServer(handler(token.Key{AccountSID: a.SID, KeySID: a.KeySID, Secret: a.KeySecret}, twilio.SignalingURL()))
	t.Cleanup(server.Close)

	browser, stop, err := chromium.Start(context.Background(), chromium.Path(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	var tabs []context.Context
	for range 2 {
		tab, cancel := chromedp.NewContext(browser)
		t.Cleanup(cancel)
		if err := chromedp.Do(tab, chromedp.Navigate(server.URL+"/kitchen")); err != nil {
			t.Fatal(err)
		}
		until(t, tab, "the button, which Go has put there", `!!document.getElementById("join") && !document.getElementById("app-wasm-loader")`)
		if _, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.getElementById("join").click(), ""`)); err != nil {
			t.Fatal(err)
		}
		tabs = append(tabs, tab)
	}
	for _, tab := range tabs {
		until(t, tab, "ten frames of the other's camera", `[...document.querySelectorAll("video:not(#me)")].some((v) => v.getVideoPlaybackQuality().totalVideoFrames > 10)`)
	}
}

// until waits until JavaScript is true in the tab.
func until(t *testing.T, tab context.Context, what, js string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](js))
		if ok {
			return
		}
		select {
		case <-ctx.Done():
			page, _ := chromedp.Run(tab, chromedp.Evaluate[string](`document.documentElement.outerHTML`))
			t.Fatalf("not within a minute: %s (last error: %v); the page is\n%s", what, err, page)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

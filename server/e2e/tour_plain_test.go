//go:build e2e

package e2e

import (
	"encoding/json"
	"net/url"
	"time"

	"github.com/chromedp/cdproto/network"
)

// withoutProgram are the pages of the server alone, and those of browsers in
// which the program does not run.
func (g *tour) withoutProgram() {
	g.t.Helper()
	base := g.system.URL()
	inApp := userAgent("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22B83 Instagram 361.0.0.30.83 (iPhone14,5; iOS 18_1; de_DE)")
	for _, c := range []struct {
		state, url, words string
		more              []step
	}{
		{"home", base + "/", "your video call", nil},
		{"unknown", base + "/join/zzzzzzz", "code", nil},
		{"nothing", base + "/nowhere", "", nil},
		{"in-app", g.link, "Copy", []step{inApp}},
		{"old-browser", g.link, "cannot do video calls", []step{onNewDocument(`delete window.RTCPeerConnection`)}},
		{"insecure", g.link, "not opened securely", []step{onNewDocument(`Object.defineProperty(window, "isSecureContext", {value: false})`)}},
		{"not-loaded", g.link, "could not be loaded", []step{onNewDocument(`delete window.WebAssembly.instantiateStreaming; window.WebAssembly.instantiate = () => Promise.reject(new Error("out of memory"))`)}},
		// It asks for this file to see whether the connection is back.
		{"away", base + "/offline", "does not answer", []step{call(network.Enable, network.EnableParams{}), blockURLs("*://*:*/robots.txt")}},
		{"offline", base + "/offline", "You are offline", []step{call(network.Enable, network.EnableParams{}), blockURLs("*://*:*/robots.txt"),
			onNewDocument(`Object.defineProperty(navigator, "onLine", {value: false})`)}},
	} {
		p := g.open(c.state, c.url, c.more...)
		p.read(c.words)
		g.look(p, c.state)
		g.leave(p)
	}

	// Clicked before the program is there.
	p := g.open("starting", g.link, onNewDocument(`window.WebAssembly.instantiateStreaming = () => new Promise(() => {})`))
	p.agreeAndJoin()
	p.read("One moment")
	g.look(p, "starting")
	g.leave(p)

	restore := g.expire()
	p = g.open("expired", g.link)
	p.read("expired")
	g.look(p, "expired")
	g.leave(p)
	restore()
}

// blockURLs makes the browser refuse what matches.
func blockURLs(patterns ...string) step {
	var list []*network.BlockPattern
	for _, p := range patterns {
		list = append(list, &network.BlockPattern{URLPattern: p, Block: true})
	}
	return call(network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: list})
}

// expire lets the time of the join code pass, and gives it back.
func (g *tour) expire() (restore func()) {
	g.t.Helper()
	path := "/sync/v1/Services/" + g.system.Local().Account().SyncServiceSID + "/Documents/" + g.code
	var doc struct{ Data map[string]any }
	local(g.t, g.system, path, &doc)
	write := func(until any) {
		doc.Data["validUntil"] = until
		b, err := json.Marshal(doc.Data)
		if err != nil {
			g.t.Fatal(err)
		}
		g.post(g.t, path, url.Values{"Data": {string(b)}}.Encode())
	}
	was := doc.Data["validUntil"]
	write(time.Now().Add(-time.Minute).UTC().Format(time.RFC3339))
	return func() { write(was) }
}

// demo are the pages of the demo, which customers never see.
func (g *tour) demo() {
	g.t.Helper()
	p := g.open("demo", g.system.URL()+"/demo")
	g.look(p, "demo")
	g.leave(p)
	p = g.open("shop", g.system.URL()+"/demo/chat")
	p.see("#chat-input")
	g.look(p, "shop")
	g.leave(p)
}

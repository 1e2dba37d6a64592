//go:build js && wasm

// Command wasm is the browser half: it gives the pages their real
// collaborators and hands over to go-app. It decides nothing.
package main

import (
	"context"
	"encoding/json"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/browser"
	"escalate/app/client"
	"escalate/app/page"
	"escalate/app/video/twiliojs"
	"escalate/app/wire"
)

func main() {
	// The agent's Flex token lives here and nowhere else: not in storage, not
	// in a URL. There is one thread in a browser, so it needs no lock.
	var flexToken string
	page.Register(page.Deps{
		API:     client.New(fetchIn(lang()), func() string { return flexToken }),
		Devices: twiliojs.Devices{},
		Video:   twiliojs.Connector{},
		Host:    host{},
		SignIn:  func(t string) { flexToken = t },
	})
	app.RunWhenOnBrowser()
}

// lang is the language that the server wrote the page in. The document's own
// says another one where the browser has translated it.
func lang() string {
	var p wire.Page
	_ = json.Unmarshal(browser.Document{}.PageData(), &p) // a page without has no language
	return p.Lang
}

// fetchIn asks for sentences in the page's language, which a link may have
// chosen over the browser's.
func fetchIn(lang string) client.Fetch {
	return func(ctx context.Context, r client.Request) (client.Response, error) {
		if lang != "" && r.Header != nil {
			r.Header["Accept-Language"] = lang
		}
		a, err := browser.Fetch(ctx, browser.Request(r))
		return client.Response(a), err
	}
}

// host is the browser as the pages want it.
type host struct {
	browser.Document
	browser.Frame
	browser.Network
	browser.Storage
	browser.View
	browser.Device
}

// Events implements page.Host: the browser mends a broken stream by itself,
// so only its end is news.
func (h host) Events(path string, event func(name, data string), closed func()) (stop func()) {
	return h.Network.Events(path, browser.Stream{
		Names: []string{wire.EventState, wire.EventBeat},
		Event: event,
		State: func(s browser.StreamState) {
			if s == browser.StreamClosed {
				closed()
			}
		},
	})
}

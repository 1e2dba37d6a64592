//go:build js

package twiliojs

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"syscall/js"
	"time"

	"escalate/app/browser"
	"escalate/app/video"
)

// What the page keeps: the promise of the SDK that it is loading, and a
// function that loads it anew and returns such a promise.
const (
	loadingSDK = "escalateSDK"
	loadSDK    = "escalateLoadSDK"
)

// defaultPatience is for 90 kB on a line that has brought the program, which is
// several times larger.
var defaultPatience = Patience{Slow: 4 * time.Second, Limit: 30 * time.Second}

// lookEvery is how often it is looked whether the SDK is there: a script that
// was given up may still arrive.
const lookEvery = 100 * time.Millisecond

// loader loads twilio-video.js from a URL.
type loader struct {
	URL      string
	Patience Patience
}

// sdk is Twilio.Video, waited for or loaded. What does not come is an *Error
// that says so; the next call then loads it anew.
func (l loader) sdk(ctx context.Context, slow func()) (js.Value, error) {
	if v := loaded(); exists(v) {
		return v, nil
	}
	within, cancel := context.WithTimeout(ctx, cmp.Or(l.Patience.Limit, defaultPatience.Limit))
	defer cancel()
	if slow != nil {
		t := time.AfterFunc(cmp.Or(l.Patience.Slow, defaultPatience.Slow), slow)
		defer t.Stop()
	}
	// The page may be loading it already; if that fails we try once ourselves.
	if p := path(js.Global(), loadingSDK); exists(p) {
		if v, err := await(within, func(ctx context.Context) error {
			_, err := browser.Await(ctx, p)
			return err
		}); err == nil {
			return v, nil
		}
	}
	v, err := await(within, l.load)
	switch {
	case err == nil:
		return v, nil
	case ctx.Err() != nil:
		return js.Undefined(), ctx.Err()
	}
	js.Global().Set(loadingSDK, js.Null()) // so that the next try is not this one
	return js.Undefined(), l.why(ctx, within.Err() != nil, err)
}

// load loads the SDK anew, by the page's own function where there is one: it
// knows what the Content Security Policy asks for.
func (l loader) load(ctx context.Context) error {
	if f := path(js.Global(), loadSDK); exists(f) {
		_, err := browser.Await(ctx, f.Invoke())
		return err
	}
	return browser.LoadScript(ctx, cmp.Or(l.URL, DefaultSDK))
}

// errNothing says that a script has run and left nothing: an ad blocker's
// stand-in, a captive portal's page, or an exception.
var errNothing = errors.New("twilio-video.js did not start")

// await waits for the SDK that load loads, or for one that comes meanwhile.
func await(ctx context.Context, load func(context.Context) error) (js.Value, error) {
	done := make(chan error, 1)
	go func() { done <- browser.Try(func() error { return load(ctx) }) }()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case err := <-done:
			if v := loaded(); exists(v) {
				return v, nil
			}
			return js.Undefined(), cmp.Or(err, errNothing)
		case <-look.C:
			if v := loaded(); exists(v) {
				return v, nil
			}
		}
	}
}

// why tells a part of the page that is held back from a line that is too slow
// or down: on that, no other file of ours arrives either.
func (l loader) why(ctx context.Context, late bool, err error) *video.Error {
	e := &video.Error{Reason: video.SDKBlocked, Name: "LoadError", Message: err.Error()}
	if late || !l.reaches(ctx) {
		e.Reason = video.SDKSlow
	}
	return e
}

// smallFile is a file of the server that is always there.
const smallFile = "/robots.txt"

// lookFor is how long a small file is waited for.
const lookFor = 5 * time.Second

// reaches says whether our server can be reached, at its smallest file.
func (l loader) reaches(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	a, err := browser.Fetch(ctx, browser.Request{Method: "GET", Path: smallFile})
	return err == nil && a.Status == 200 && strings.Contains(string(a.Body), "User-agent")
}

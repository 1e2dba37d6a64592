//go:build e2e

package e2e

import (
	"testing"
	"time"
)

// TestSDKComesAfterTheProgram holds the program half way: the SDK, which would
// take its share of a slow line, must not be on its way, unless Join is clicked.
func TestSDKComesAfterTheProgram(t *testing.T) {
	_, f := startBehind(t, map[string]string{"VIDEO_RECORD_BY_DEFAULT": "false"})
	b := newBrowser(t)
	release := f.delay("/agent") // the desk's own page must not bring the program into the browser's cache
	defer release()
	_, link := invite(t, b, f.URL)
	const asked = `d.querySelector('script[src*="twilio-video"]')`
	for _, ca := range []struct {
		name  string
		click bool
	}{{"nobody clicks", false}, {"Join is clicked", true}} {
		t.Run(ca.name, func(t *testing.T) {
			begun, goOn := f.halve("/static/app.wasm")
			defer goOn()
			p := b.open(t, "customer", "about:blank", 390, 844, fresh()...)
			p.run(navigate(link))
			select {
			case <-begun:
			case <-time.After(patience):
				t.Fatal("the program was not asked for")
			}
			// The page has what came before this answer.
			var early bool
			if err := p.eval(&early, `await w.fetch('/static/icon.svg', {cache: 'no-store'}); return !!`+asked); err != nil {
				t.Fatal(err)
			}
			if early {
				t.Error("the SDK was asked for while the program was coming")
			}
			if ca.click {
				p.click("#join-button")
				p.until("the SDK is asked for", asked)
				p.until("it is there", `w.Twilio?.Video`)
			}
			goOn()
			p.until("the program is up", `d.documentElement.dataset.start === 'ready'`)
			p.until("the SDK is there", `w.Twilio?.Video`)
			p.quiet()
			p.run(navigate("about:blank"))
		})
	}
}

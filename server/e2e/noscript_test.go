//go:build e2e

package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// TestWithoutScript opens the pages with scripts off: the join page still says
// who invites and what to do, and a code that is of no use gets a sentence.
func TestWithoutScript(t *testing.T) {
	s := start(t, nil)
	b := newBrowser(t)
	desk := b.open(t, "desk", s.URL()+"/demo/agent", 1400, 900)
	desk.click("#video-button")
	var link string
	desk.until("the link in the chat", `d.querySelector('#agent-messages a[href*="/join/"]')`)
	if err := desk.eval(&link, `return d.querySelector('#agent-messages a[href*="/join/"]').href`); err != nil {
		t.Fatal(err)
	}
	off := call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	page := b.open(t, "customer", link, 320, 640, off)
	for _, words := range []string{"Alex", "Join", "JavaScript"} {
		page.read(words)
	}
	page.shot("join")

	for _, ca := range []struct {
		name, path string
		status     int
		words      string
	}{
		{"unknown", "/join/ZZZZZZZ", http.StatusNotFound, "code"},
		{"malformed", "/join/..%2F..%2Fx", http.StatusNotFound, "code"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			res, err := http.Get(s.URL() + ca.path)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != ca.status {
				t.Errorf("status %d, want %d", res.StatusCode, ca.status)
			}
			p := b.open(t, ca.name, s.URL()+ca.path, 320, 640, off)
			p.read(ca.words)
			p.shot(ca.name)
			if strings.Contains(strings.ToLower(p.text("body")), "undefined") {
				t.Error("the page has a hole")
			}
		})
	}
}

//go:build e2e

package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestLeavingIsAskedAbout reloads pages: in a call the browser asks first, and
// whoever stays is still in it; before and after a call nobody is asked.
func TestLeavingIsAskedAbout(t *testing.T) {
	p := newParty(t, nil)
	c := p.customer(t)
	c.click("#join-button")
	c.phase("waiting")
	c.run(chromedp.Reload())
	c.ready()
	if n := c.leaving.asked.Load(); n != 0 {
		t.Fatalf("asked %d times before the call", n)
	}
	p.agentIn()
	c.click("#join-button")
	p.bothTalk(c)

	for _, side := range []*tab{c, p.desk} {
		side.leaving.stay.Store(true)
		side.do(`w.setTimeout(() => w.location.reload())`)
		side.wasAsked()
		side.leaving.stay.Store(false)
	}
	c.phase("in_call")
	p.room.phase("in_call")
	p.bothTalk(c)

	c.click("#leave-button")
	c.phase("after")
	asked := c.leaving.asked.Load()
	c.do(`w.setTimeout(() => w.location.reload())`)
	c.until("the page is another one", `d.readyState === 'complete' && !d.querySelector('[data-phase="after"]')`)
	if n := c.leaving.asked.Load(); n != asked {
		t.Error("asked after the call")
	}
}

// wasAsked waits until the browser has asked before the page is left.
func (p *tab) wasAsked() {
	p.t.Helper()
	for deadline := time.Now().Add(patience); p.leaving.asked.Load() == 0; {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: the browser did not ask before the page is left", p.name)
		}
		select {
		case <-p.ctx.Done():
			p.t.Fatalf("%s: the tab is gone", p.name)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

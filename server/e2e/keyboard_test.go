//go:build e2e

package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestKeyboardOnly joins, mutes, shares, leaves and rates without a mouse.
func TestKeyboardOnly(t *testing.T) {
	s := newParty(t, nil)
	s.agentIn()
	c := s.b.open(t, "customer", s.link, 1280, 800)
	c.ready()
	c.tabTo("#join-button")
	c.press(kb.Enter)
	c.see("#leave-button")
	c.until("the focus is on the call's heading", `d.activeElement?.id === 'step-heading'`)
	s.bothTalk(c)
	c.until("the title says so", `/In call/.test(d.title)`)

	c.tabTo("#mute-button")
	c.press(" ")
	s.room.see(other + `[data-microphone="false"]`)
	c.until("it is said", `d.querySelector('#announcer').textContent.includes('muted')`)
	c.press("d", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	s.room.see(other + `[data-microphone="true"]`)
	c.press("e", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	s.room.see(other + `[data-camera="false"]`)
	c.press("?")
	c.see("#keys-switch")
	c.until("the focus is in the panel", `d.activeElement?.id === 'more-panel'`)
	c.tabTo("#keys-switch")
	c.press(" ")
	c.press("d", chromedp.KeyModifiers(chromedp.ModifierCtrl)) // off: nothing happens
	c.press(kb.Escape)
	c.until("the focus is back", `d.activeElement?.id === 'more-button'`)

	c.tabTo("#share-button")
	c.press(kb.Enter)
	s.room.see(".tile-screen:not([hidden]) video")
	c.press(kb.Enter)
	s.room.until("the screen is gone", `!d.querySelector('.tile-screen:not([hidden])')`)
	s.room.see(other + `[data-microphone="true"]`) // the shortcut was off
	c.tabTo("#leave-button")
	c.press(kb.Enter)
	c.see("#rating-form")
	c.until("the focus is on the heading", `d.activeElement?.id === 'step-heading'`)
	s.room.until("the customer's tile is gone", fmt.Sprintf(`!d.querySelector(%q)`, other))
	c.tabTo(`input[name="score"]`)
	c.press(kb.ArrowRight)
	c.press(kb.ArrowRight)
	c.tabTo("#rating-send")
	c.press(kb.Enter)
	c.see("#rating-thanks")
	c.quiet()
}

// press presses a key where the focus is.
func (p *tab) press(key string, o ...chromedp.KeyOption) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(key, o...))
}

// tabTo presses Tab until the element has the focus, which must then be seen:
// not covered, and marked.
func (p *tab) tabTo(selector string) {
	p.t.Helper()
	p.see(selector)
	for range 40 {
		p.press(kb.Tab)
		var at struct{ There, Marked bool }
		if err := p.eval(&at, fmt.Sprintf(`
			const e = d.activeElement, s = w.getComputedStyle(e), around = w.getComputedStyle(e.parentElement);
			return {There: e.matches(%q), Marked: s.outlineStyle !== 'none' || around.outlineStyle !== 'none'}`, selector)); err != nil {
			p.t.Fatalf("%s: look for the focus: %v", p.name, err)
		}
		if at.There {
			if !at.Marked {
				p.t.Errorf("%s: %s has the focus, but does not show it", p.name, selector)
			}
			return
		}
	}
	p.t.Fatalf("%s: 40 times Tab, and never on %s", p.name, selector)
}

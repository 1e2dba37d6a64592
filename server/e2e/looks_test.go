//go:build e2e

package e2e

import (
	"os"
	"testing"

	"github.com/chromedp/cdproto/page"
)

// TestLooks looks at every state of every page: for barriers (axe-core), for
// what a narrow or enlarged page cuts off, for targets too small to hit, for
// focus that cannot be seen, and for what is lost with the person's own
// colours. One kind of look alone: -run 'TestLooks/.*/zoom'.
func TestLooks(t *testing.T) {
	axe, err := os.ReadFile(axePath)
	if err != nil {
		t.Fatalf("run make deps-test: %v", err)
	}
	looks := []struct {
		name string
		look func(p *tab)
	}{
		{"axe", func(p *tab) { p.axeFree(string(axe)) }},
		{"reflow", func(p *tab) { p.fits(320, 640) }},
		// 1280 by 800 at 200 %: each pixel of the page takes four of the screen's.
		{"zoom", func(p *tab) { p.fits(640, 400) }},
		{"targets", func(p *tab) { p.hittable(320, 640) }},
		{"focus", func(p *tab) { p.focusSeen(320, 640); p.focusSeen(640, 400) }},
		{"forced colours", func(p *tab) { p.toldApart() }},
	}
	takeTour(t, func(p *tab, state string) {
		t.Run(state, func(t *testing.T) {
			for _, l := range looks {
				if p.demo() && l.name != "axe" && l.name != "reflow" {
					continue // a shop and a desk that stand in for others'
				}
				t.Run(l.name, func(t *testing.T) { l.look(p.with(t)) })
			}
			p.run(usual(p))
			p.theme("light")
		})
	}, call(page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true}))
}

// demo says whether the page is the demo's and no part of the product.
func (p *tab) demo() bool {
	p.t.Helper()
	var is bool
	if err := p.eval(&is, `return !!d.querySelector('link[href*="demo.css"]')`); err != nil {
		p.t.Fatalf("%s: ask whose page it is: %v", p.name, err)
	}
	return is
}

// axeFree fails for each barrier that axe-core finds, light and dark.
func (p *tab) axeFree(axe string) {
	p.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		p.theme(scheme)
		for _, v := range p.axe(axe, scheme) {
			p.t.Errorf("%s: %s (%s): %s", scheme, v.ID, v.Impact, v.Help)
			for _, n := range v.Nodes {
				p.t.Logf("    %s\n        %s", n.HTML, n.Why)
			}
		}
	}
}

// list is what a script in the page finds wrong, one line each.
func (p *tab) list(what, js string) {
	p.t.Helper()
	var found []string
	if err := p.eval(&found, js); err != nil {
		p.t.Fatalf("%s: look for %s: %v", p.name, what, err)
	}
	for _, f := range found {
		p.t.Errorf("%s: %s", what, f)
	}
}

// controls is JavaScript for what a person can press or type into now: all,
// and how each is called in a message.
const controls = `
	const named = e => (e.id ? '#' + e.id : e.outerHTML.replace(/\s+/g, ' ').slice(0, 80)) + ' "' + (e.innerText ?? '').trim().slice(0, 30) + '"';
	const seen = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !e.closest('[inert]');
	const all = [...d.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter(e => seen(e) && !e.disabled);
	// A radio button that is not drawn is pressed by its label.
	const face = e => e.classList.contains('visually-hidden') ? e.closest('label') ?? e : e;
`

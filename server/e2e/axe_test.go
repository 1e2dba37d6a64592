//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/chromedp/cdproto/page"
)

const axePath = "../../static/node_modules/axe-core/axe.min.js"

// TestAxe looks for barriers in every state of every page, light and dark, and
// for what a screen of 320 pixels would cut off.
func TestAxe(t *testing.T) {
	axe, err := os.ReadFile(axePath)
	if err != nil {
		t.Fatalf("run make deps-test: %v", err)
	}
	tour(t, func(p *tab, state string) {
		for _, scheme := range []string{"light", "dark"} {
			p.theme(scheme)
			for _, v := range p.axe(string(axe), scheme) {
				t.Errorf("%s, %s: %s (%s): %s", state, scheme, v.ID, v.Impact, v.Help)
				for _, n := range v.Nodes {
					t.Logf("    %s\n        %s", n.HTML, n.Why)
				}
			}
		}
		p.run(viewport(320))
		p.drawn()
		if cut := p.cut(); len(cut) > 0 {
			t.Errorf("%s: 320 pixels wide, this reaches beyond the edge: %q", state, cut)
		}
		p.run(viewport(map[bool]int64{true: 1280, false: 390}[p.name == "desk" || p.inner != ""]))
		p.drawn()
	}, call(page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true}))
}

// cut are the controls and texts that reach beyond the sides of the document
// that the tab looks into.
func (p *tab) cut() (cut []string) {
	p.t.Helper()
	if err := p.eval(&cut, `
		return [...d.querySelectorAll('button, a, input, select, textarea, h1, h2, h3, p, li, .chip')]
			.filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.visually-hidden, .sr-only'))
			.filter(e => { const r = e.getBoundingClientRect(); return r.width > 1 && (r.left < -1 || r.right > w.innerWidth + 1); })
			.map(e => e.id || e.outerHTML.slice(0, 80))`); err != nil {
		p.t.Fatalf("%s: look for what is cut: %v", p.name, err)
	}
	return cut
}

type violation struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML, Why string }
}

// axe runs axe-core in the document that the tab looks into. Only what has to
// do with colours can differ in the dark, so only that is looked at there.
func (p *tab) axe(source, scheme string) (v []violation) {
	p.t.Helper()
	// Put in when it is needed, and once a document: a frame's window outlives
	// its first, blank document, and axe looks at the document that it met first.
	var there bool
	if err := p.eval(&there, `return w.axeOf === d`); err != nil {
		p.t.Fatalf("%s: look for axe: %v", p.name, err)
	}
	if !there {
		if err := p.eval(&there, `w.eval(`+quote(source)+`); w.axeOf = d; return true`); err != nil {
			p.t.Fatalf("%s: put axe in: %v", p.name, err)
		}
	}
	only := `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}`
	if scheme == "dark" {
		only = `{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`
	}
	err := p.eval(&v, `
		const r = await w.axe.run(d, {iframes: false, resultTypes: ['violations'],
			runOnly: `+only+`});
		return r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help,
			Nodes: v.nodes.map(n => ({HTML: n.html.slice(0, 200), Why: n.failureSummary}))}));`)
	if err != nil {
		p.t.Fatalf("%s: run axe: %v", p.name, err)
	}
	return v
}

// quote is a string as JavaScript.
func quote(s string) string {
	b, _ := json.Marshal(s) // a string always can
	return string(b)
}

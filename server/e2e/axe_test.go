//go:build e2e

package e2e

import (
	"os"
	"testing"
)

const axePath = "../../static/node_modules/axe-core/axe.min.js"

// TestAxe looks for barriers in every state of every page, light and dark.
func TestAxe(t *testing.T) {
	axe, err := os.ReadFile(axePath)
	if err != nil {
		t.Fatalf("run make deps-test: %v", err)
	}
	tour(t, func(p *tab, state string) {
		for _, scheme := range []string{"light", "dark"} {
			p.theme(scheme)
			for _, v := range p.axe(scheme) {
				t.Errorf("%s, %s: %s (%s): %s", state, scheme, v.ID, v.Impact, v.Help)
				for _, n := range v.Nodes {
					t.Logf("    %s\n        %s", n.HTML, n.Why)
				}
			}
		}
	}, onNewDocument(string(axe)))
}

type violation struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML, Why string }
}

// axe runs axe-core in the document that the tab looks into. Only what has to
// do with colours can differ in the dark, so only that is looked at there.
func (p *tab) axe(scheme string) (v []violation) {
	p.t.Helper()
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

//go:build e2e

package e2e

import "encoding/json"

const axePath = "../../static/node_modules/axe-core/axe.min.js"

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

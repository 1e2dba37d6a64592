//go:build e2e

package e2e

import "fmt"

// focusSeen gives the focus to one control after the other and fails for those
// that then do not show it, or that something covers (WCAG 2.4.7, 2.4.11).
func (p *tab) focusSeen(width, height int64) {
	p.t.Helper()
	p.run(screen(width, height))
	p.drawn()
	p.list(fmt.Sprintf("focus at %d by %d", width, height), controls+`
		const found = [], had = d.activeElement;
		had?.blur?.(); // focus() is nothing to the one that has it already, as after a click
		for (const e of all) {
			e.focus({focusVisible: true});
			if (d.activeElement !== e) { found.push('takes no focus: ' + named(e)); continue; }
			const f = face(e), r = f.getBoundingClientRect();
			const at = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]].map(([x, y]) => d.elementFromPoint(r.x + r.width * x, r.y + r.height * y));
			if (!at.some(top => top && (f.contains(top) || top.contains(f)))) found.push('is covered: ' + named(e) + (at[0] ? ' by ' + named(at[0]) : ' by the edge'));
			const marked = [e, f, e.parentElement].some(x => { const s = w.getComputedStyle(x); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; });
			if (!marked) found.push('does not show it: ' + named(e));
		}
		had?.focus?.();
		if (d.activeElement !== had) d.activeElement?.blur?.();
		w.scrollTo(0, 0);
		return found`)
}

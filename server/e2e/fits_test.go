//go:build e2e

package e2e

import "fmt"

// fits fails for what a screen of so many CSS pixels cuts off, and for a page
// that has to be scrolled sideways (WCAG 1.4.10 Reflow, 1.4.4 Resize Text).
func (p *tab) fits(width, height int64) {
	p.t.Helper()
	p.run(screen(width, height))
	p.drawn()
	p.list(fmt.Sprintf("%d by %d", width, height), controls+`
		const found = [], texts = 'button, a, input, select, textarea, label, legend, h1, h2, h3, p, li, .chip, .bar, .note';
		const root = d.scrollingElement;
		if (root.scrollWidth > root.clientWidth + 1) found.push('is scrolled sideways: ' + root.scrollWidth + ' in ' + root.clientWidth);
		for (const e of d.querySelectorAll(texts)) {
			if (!seen(e) || e.closest('.visually-hidden, .sr-only')) continue;
			const r = e.getBoundingClientRect();
			if (r.width > 1 && (r.left < -1 || r.right > w.innerWidth + 1)) found.push('reaches beyond the edge: ' + named(e));
			const s = w.getComputedStyle(e);
			if (!e.matches('input, select, textarea') && s.overflowX !== 'visible' && s.overflowX !== 'auto' && e.scrollWidth > e.clientWidth + 1) found.push('has its words cut: ' + named(e));
		}
		// Everything that can be pressed can be brought to where it is pressed.
		for (const e of all) {
			const f = face(e);
			f.scrollIntoView({block: 'nearest', inline: 'nearest'});
			const r = f.getBoundingClientRect(), top = d.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
			if (!top || !f.contains(top) && !top.contains(f)) found.push('cannot be reached: ' + named(e) + ' at ' + [r.x, r.y, r.width, r.height].map(Math.round) + (top ? ', under ' + named(top) : ''));
		}
		w.scrollTo(0, 0);
		return found`)
}

// smallest is WCAG 2.5.8's least size of a target, thumb what a thumb hits.
const smallest, thumb = 24, 44

// hittable fails for targets that are too small on a screen of that size.
func (p *tab) hittable(width, height int64) {
	p.t.Helper()
	p.run(screen(width, height))
	p.drawn()
	p.list("targets", controls+fmt.Sprintf(`
		const found = [];
		for (const e of all) {
			// A link in a sentence is as high as its line.
			if (e.matches('a') && w.getComputedStyle(e).display === 'inline') continue;
			const label = e.labels?.[0], box = (face(e) !== e ? face(e) : e.matches('[type=checkbox], [type=radio]') && label || e).getBoundingClientRect();
			const want = e.matches('.control, .bar-button, .button') ? %d : %d;
			if (box.width < want - 0.5 || box.height < want - 0.5) found.push(named(e) + ' is ' + box.width.toFixed(1) + ' by ' + box.height.toFixed(1) + ', want ' + want);
		}
		return found`, thumb, smallest))
}

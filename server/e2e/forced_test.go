//go:build e2e

package e2e

// toldApart forces colours as a high-contrast mode does. Every button must
// still have an outline, every switch must look different on and off, and the
// focus must be seen (WCAG 1.4.11 with the person's own colours).
func (p *tab) toldApart() {
	p.t.Helper()
	p.run(usual(p))
	p.prefer("forced-colors", "active", "prefers-color-scheme", "dark")
	p.list("forced colours", controls+`
		const found = [];
		if (!w.matchMedia('(forced-colors: active)').matches) return ['the browser does not force colours'];
		const line = e => { const s = w.getComputedStyle(e); return s.borderTopStyle !== 'none' && parseFloat(s.borderTopWidth) >= 1 && s.borderTopColor !== 'rgba(0, 0, 0, 0)'; };
		const apart = e => { const s = w.getComputedStyle(e); return [s.backgroundColor, s.color, s.borderTopColor, s.borderTopWidth, s.textDecorationLine, s.fontWeight].join(' '); };
		// How a switch looks: itself, its parts, and the picture in it.
		const look = e => [e, ...e.querySelectorAll('.control-disc')].map(apart).join(' | ');
		for (const e of all) {
			const parts = [face(e), ...e.querySelectorAll('*')];
			const text = w.getComputedStyle(e).textDecorationLine !== 'none';
			if (e.matches('button, input[type=text], select, textarea') && !text && !parts.some(line)) found.push('has no outline: ' + named(e));
			if (!e.hasAttribute('aria-pressed')) continue;
			const was = [e.getAttribute('aria-pressed'), e.dataset.off], now = look(e), flip = v => v === 'true' ? 'false' : 'true';
			e.setAttribute('aria-pressed', flip(was[0]));
			if (was[1]) e.dataset.off = flip(was[1]);
			const other = look(e);
			e.setAttribute('aria-pressed', was[0]);
			if (was[1]) e.dataset.off = was[1];
			if (now === other) found.push('looks the same on and off: ' + named(e));
		}
		d.activeElement?.blur?.(); // focus() is nothing to the one that has it already, as after a click
		for (const e of all) {
			e.focus({focusVisible: true});
			const marked = [e, face(e)].some(x => { const s = w.getComputedStyle(x); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; });
			if (!marked) found.push('does not show the focus: ' + named(e));
		}
		d.activeElement?.blur?.();
		return found`)
}

// The two tabs of a Task: Chat and Video Room.

import { ID } from './ids.js';
import { byId, show } from './dom.js';

/** @typedef {'chat'|'video'} Tab */

const tabs = /** @type {const} */ ([
  { name: 'chat', tab: ID.tabChat, panel: ID.panelChat },
  { name: 'video', tab: ID.tabVideo, panel: ID.panelVideo },
]);

/**
 * Lets clicks and arrow keys select a tab.
 * @param {(tab: Tab) => void} onSelect
 */
export function listenToTabs(onSelect) {
  for (const [i, t] of tabs.entries()) {
    const el = byId(t.tab);
    el.addEventListener('click', () => onSelect(t.name));
    el.addEventListener('keydown', (e) => {
      if (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight') return;
      const next = tabs[(i + 1) % tabs.length];
      byId(next.tab).focus();
      onSelect(next.name);
    });
  }
}

/**
 * Draws a tab as the selected one.
 * @param {Tab} selected
 */
export function drawTabs(selected) {
  for (const t of tabs) {
    const on = t.name === selected;
    const el = byId(t.tab);
    el.setAttribute('aria-selected', String(on));
    el.tabIndex = on ? 0 : -1;
    show(byId(t.panel), on);
  }
}

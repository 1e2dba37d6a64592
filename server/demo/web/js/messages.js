// The messages of one Conversation, drawn once each and in order.

import { h } from './dom.js';
import { fileLink } from './files.js';

/** @typedef {import('./types.js').Message} Message */

const linkPattern = /https?:\/\/[^\s<>"']+/g;
const trailing = /[.,;:!?)\]]+$/;

/**
 * Text with its web addresses made clickable. Each opens in a tab of its own
 * that cannot reach back.
 * @param {string} text
 * @returns {(Node|string)[]}
 */
export function withLinks(text) {
  /** @type {(Node|string)[]} */
  const out = [];
  let from = 0;
  for (const m of text.matchAll(linkPattern)) {
    const address = m[0].replace(trailing, '');
    if (!URL.canParse(address)) continue;
    out.push(text.slice(from, m.index));
    out.push(h('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, address));
    from = m.index + address.length;
  }
  out.push(text.slice(from));
  return out;
}

/** @param {string} at */
export function clock(at) {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** A list of messages that stays scrolled to the newest while the reader is there. */
export class MessageList {
  /**
   * @param {HTMLElement} list  an <ol>
   * @param {'agent'|'customer'} reader  whose page this is
   */
  constructor(list, reader) {
    this.list = list;
    this.reader = reader;
    /** Those that are shown, by index. @type {Map<number, HTMLElement>} */
    this.shown = new Map();
    this.atEnd = true;
    list.addEventListener('scroll', () => {
      // A list that is not shown has no height, and so no place to be at.
      if (list.clientHeight) this.atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 48;
    });
    // A notice above it, the keyboard of a phone, another tab: all change its height.
    this.sizes = new ResizeObserver(() => this.#settle());
    this.sizes.observe(list);
  }

  #settle() {
    if (this.atEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  /** Empties the list. */
  clear() {
    this.list.replaceChildren();
    this.shown.clear();
    this.atEnd = true;
  }

  /**
   * Adds messages, each in its place; those already shown are ignored. A new one
   * may come before the older ones have been loaded.
   * @param {Message[]} messages
   */
  add(messages) {
    for (const m of [...messages].sort((a, b) => a.index - b.index)) {
      if (this.shown.has(m.index)) continue;
      const next = Math.min(...[...this.shown.keys()].filter((i) => i > m.index));
      const item = this.#item(m);
      this.list.insertBefore(item, this.shown.get(next) ?? null);
      this.shown.set(m.index, item);
    }
    this.#settle();
  }

  /** @param {Message} m */
  #item(m) {
    const own = m.role === this.reader;
    const item = h(
      'article',
      { class: `message ${own ? 'own' : m.role === 'system' ? 'system' : 'other'}`, 'data-author': m.role, 'data-index': m.index },
      h('p', { class: 'by' }, own ? 'You' : m.name, ' ', h('time', { datetime: m.createdAt }, clock(m.createdAt))),
      m.body ? h('p', { class: 'body' }, ...withLinks(m.body)) : null,
      ...m.files.map(fileLink),
    );
    if (m.files.length) this.sizes.observe(item); // pictures get their size when they come
    return item;
  }
}

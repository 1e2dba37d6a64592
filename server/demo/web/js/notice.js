// The one place where the desk tells the agent that something did not work,
// or worked: a bar under the Task's header, with a way on where there is one.

import { ID } from './ids.js';
import { byId, h } from './dom.js';

/** @typedef {{label: string, id?: string, run: () => void}} Action */

/**
 * Shows a notice in place of the one before.
 * @param {'good'|'wait'|'bad'} kind
 * @param {string} text
 * @param {Action[]} [actions]
 */
export function notify(kind, text, actions = []) {
  const bar = byId(ID.notice);
  bar.dataset.kind = kind;
  bar.replaceChildren(
    h('p', { id: ID.noticeText }, text),
    h(
      'div',
      { class: 'actions' },
      ...actions.map((a) => h('button', { type: 'button', class: 'button small', id: a.id, onclick: a.run }, a.label)),
      h('button', { type: 'button', class: 'button small quiet', onclick: clearNotice }, 'Dismiss'),
    ),
  );
}

/** Takes the notice away. */
export function clearNotice() {
  const bar = byId(ID.notice);
  bar.replaceChildren();
  delete bar.dataset.kind;
}

/** Takes the notice away if it says that the agent must leave a call first. */
export function clearRefusal() {
  if (byId(ID.notice).querySelector(`#${ID.leaveAndClose}`)) clearNotice();
}

/**
 * Tells a screen reader something that the eye sees anyway.
 * @param {string} text
 */
export function announce(text) {
  byId(ID.announce).textContent = text;
}

// The list of the agent's Tasks.

import { taskId } from './ids.js';
import { avatar, h } from './dom.js';
import { clock } from './messages.js';

/** @typedef {import('./types.js').Task} Task */

/**
 * A Task's status as a person says it.
 * @param {string} status
 */
export function statusWords(status) {
  const words = { assigned: 'Active', wrapping: 'Wrapping up', completed: 'Completed', canceled: 'Canceled' };
  return words[/** @type {keyof typeof words} */ (status)] ?? status;
}

/**
 * Draws the list.
 * @param {HTMLElement} list
 * @param {Task[]} tasks
 * @param {{selected: string, inCall: string, unread: Map<string, number>, onSelect: (sid: string) => void}} view
 */
export function drawTasks(list, tasks, view) {
  const focused = document.activeElement?.id;
  list.replaceChildren(...tasks.map((t) => h('li', {}, entry(t, view))));
  // Drawing afresh drops the focus; give it back to the entry that had it.
  if (focused?.startsWith('task-')) document.getElementById(focused)?.focus();
}

/**
 * @param {Task} t
 * @param {{selected: string, inCall: string, unread: Map<string, number>, onSelect: (sid: string) => void}} view
 */
function entry(t, view) {
  const unread = view.unread.get(t.taskSid) ?? 0;
  const inCall = view.inCall === t.taskSid;
  return h(
    'button',
    {
      type: 'button',
      class: 'task',
      id: taskId(t.taskSid),
      'data-task': t.taskSid,
      'aria-current': view.selected === t.taskSid ? 'true' : false,
      onclick: () => view.onSelect(t.taskSid),
    },
    avatar(t.customer),
    h('span', { class: 'task-name' }, t.customer),
    t.lastMessage ? h('time', { datetime: t.lastMessage.createdAt }, clock(t.lastMessage.createdAt)) : null,
    h('span', { class: 'task-last' }, t.lastMessage ? preview(t) : 'No messages yet'),
    h('span', { class: `chip ${inCall ? 'live' : t.status}` }, inCall ? 'In video call' : statusWords(t.status)),
    unread ? h('span', { class: 'badge' }, String(unread), h('span', { class: 'sr-only' }, ' unread')) : null,
  );
}

/** @param {Task} t */
function preview(t) {
  const m = t.lastMessage;
  const words = m?.body || m?.files[0]?.name || '';
  return m?.role === 'agent' ? `You: ${words}` : words;
}

// The selected Task's header, and the card with what is known of the customer.

import { ID } from './ids.js';
import { byId, h, show } from './dom.js';
import { statusWords } from './tasklist.js';

/** @typedef {import('./types.js').Task} Task */

/**
 * Draws both. A Task that is not active has neither video nor a chat to write in.
 * @param {Task} task
 */
export function drawHeader(task) {
  byId(ID.taskHeader).dataset.task = task.taskSid;
  byId(ID.customerName).textContent = task.customer;
  const status = byId(ID.taskStatus);
  status.textContent = statusWords(task.status);
  status.className = `chip ${task.status}`;
  const active = task.status === 'assigned';
  show(byId(ID.wrapUp), active);
  show(byId(ID.complete), task.status === 'wrapping');
  show(byId(ID.videoButton), active);
  for (const id of [ID.agentInput, ID.agentSend]) {
    /** @type {HTMLInputElement} */ (byId(id)).disabled = !active;
  }
  byId(ID.customerFacts).replaceChildren(
    ...[{ label: 'About', value: task.topic }, ...task.facts].flatMap((f) => [h('dt', {}, f.label), h('dd', {}, f.value)]),
  );
  byId(ID.customerSide).setAttribute('href', `/demo/chat?c=${encodeURIComponent(task.conversationSid)}`);
}

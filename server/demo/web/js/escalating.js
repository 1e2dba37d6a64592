// What the Video icon does.

import { ID } from './ids.js';
import { notify } from './notice.js';
import { RequestError, wordsFor } from './http.js';
import { checkTask, escalate, isLive } from './product.js';

/** @typedef {import('./types.js').Task} Task */
/** @typedef {import('./types.js').Escalation} Escalation */

/**
 * Looks for a running session of the Task; null when there is none.
 * @param {import('./session.js').Session} session
 * @param {Task} task
 * @returns {Promise<Escalation | null>}
 */
export async function running(session, task) {
  const check = await checkTask(session, task.taskSid);
  return check.escalation && isLive(check.escalation) ? check.escalation : null;
}

/**
 * Makes the link, or finds it again, and posts it into the chat; null when
 * that did not work, and the notice says why.
 * @param {import('./session.js').Session} session
 * @param {Task} task
 * @param {(taskSid: string) => void} goTo  selects another Task's Video Room
 * @returns {Promise<Escalation | null>}
 */
export async function sendLink(session, task, goTo) {
  try {
    return await escalate(session, task.taskSid);
  } catch (err) {
    explain(err, goTo);
    return null;
  }
}

/**
 * Says why no video session could be started.
 * @param {unknown} err
 * @param {(taskSid: string) => void} goTo
 */
export function explain(err, goTo) {
  const other = err instanceof RequestError ? err.running : undefined;
  notify(
    'bad',
    `No video session was started. ${wordsFor(err)}`,
    other ? [{ label: 'Go to that call', id: ID.openRoom, run: () => goTo(other.taskSid) }] : [],
  );
}

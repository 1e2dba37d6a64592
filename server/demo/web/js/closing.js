// Wrapping up and completing a Task. An agent in the call must leave it first;
// both this page's own knowledge and the server's word can say no.

import { ID } from './ids.js';
import { notify, clearNotice } from './notice.js';
import { request, wordsFor } from './http.js';
import { checkTask, endEscalation, isLive } from './product.js';

/** @typedef {import('./types.js').Task} Task */
/** @typedef {import('./types.js').TaskCheck} TaskCheck */
/** @typedef {{to: 'wrapping'|'completed', doing: string, label: string, escape: string}} Step */

/** @type {Step} */
export const wrapUp = { to: 'wrapping', doing: 'Wrapping up…', label: 'wrap up', escape: 'Leave and wrap up' };
/** @type {Step} */
export const complete = { to: 'completed', doing: 'Completing…', label: 'complete', escape: 'Leave and complete' };

/**
 * Wraps up or completes a Task, or says why not; true when it is done.
 * @param {import('./session.js').Session} session
 * @param {import('./room.js').Room} room
 * @param {Task} task
 * @param {Step} step
 * @param {() => void} again  what "Try again" does
 * @param {() => void} leave  what the way out does
 */
export async function close(session, room, task, step, again, leave) {
  let check;
  try {
    check = await checkTask(session, task.taskSid);
  } catch (err) {
    notify('bad', `Could not check whether the video call has ended, so nothing was changed. ${wordsFor(err)}`, [
      { label: 'Try again', run: again },
    ]);
    return false;
  }
  const own = room.runningFor(task.taskSid);
  if (own || !check.mayWrapUp) {
    const reason = check.reason || `You are still in the video call with ${task.customer}. Leave it first.`;
    notify('bad', `Cannot ${step.label} yet. ${reason}`, [{ label: step.escape, id: ID.leaveAndClose, run: leave }]);
    return false;
  }
  return finish(session, task, step, check);
}

/**
 * Leaves the call, ends it for both, then closes the Task.
 * @param {import('./session.js').Session} session
 * @param {import('./room.js').Room} room
 * @param {Task} task
 * @param {Step} step
 */
export async function leaveAndClose(session, room, task, step) {
  notify('wait', 'Leaving the video call…');
  try {
    // A page that does not answer is no reason to stay: ending completes the
    // Room, which disconnects it too.
    if (room.runningFor(task.taskSid)) await room.leave();
    const before = await checkTask(session, task.taskSid);
    if (before.escalation && isLive(before.escalation)) await endEscalation(session, before.escalation.code);
    const check = await checkTask(session, task.taskSid);
    if (!check.mayWrapUp) {
      notify('bad', `Cannot ${step.label} yet. ${check.reason ?? 'The call has not ended.'}`);
      return false;
    }
    return await finish(session, task, step, check);
  } catch (err) {
    notify('bad', `The Task was not changed. ${wordsFor(err)}`);
    return false;
  }
}

/**
 * @param {import('./session.js').Session} session
 * @param {Task} task
 * @param {Step} step
 * @param {TaskCheck} check
 */
async function finish(session, task, step, check) {
  try {
    // A link that nobody used must not outlive the Task.
    if (check.escalation && isLive(check.escalation)) await endEscalation(session, check.escalation.code);
    await request('POST', `/demo/api/tasks/${encodeURIComponent(task.taskSid)}/status`, { body: { status: step.to } });
  } catch (err) {
    notify('bad', `Could not ${step.label}. ${wordsFor(err)}`);
    return false;
  }
  clearNotice();
  return true;
}

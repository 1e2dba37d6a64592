// What the desk asks of the product, as the agent.

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./types.js').Escalation} Escalation */
/** @typedef {import('./types.js').TaskCheck} TaskCheck */

/** @param {Escalation | null | undefined} e */
export function isLive(e) {
  return Boolean(e) && e?.status !== 'ended' && e?.status !== 'expired';
}

/**
 * Makes a join code for the Task, or finds the one it has, and posts the link
 * into the chat.
 * @param {Session} session
 * @param {string} taskSid
 * @returns {Promise<Escalation>}
 */
export function escalate(session, taskSid) {
  const lang = document.documentElement.lang || 'en';
  return session.call('POST', '/api/escalations', { taskSid, sendInvite: true, lang });
}

/**
 * May this Task be wrapped up, and what escalation does it have?
 * @param {Session} session
 * @param {string} taskSid
 * @returns {Promise<TaskCheck>}
 */
export function checkTask(session, taskSid) {
  return session.call('GET', `/api/tasks/${encodeURIComponent(taskSid)}`);
}

/**
 * Ends an escalation for both. One that is over already is no error.
 * @param {Session} session
 * @param {string} code
 */
export async function endEscalation(session, code) {
  try {
    await session.call('POST', `/api/escalations/${encodeURIComponent(code)}/end`, {});
  } catch (err) {
    const over = ['ended', 'expired', 'unknown_code'];
    if (!over.includes(/** @type {{code?: string}} */ (err).code ?? '')) throw err;
  }
}

// Shapes that travel between the demo's server and its pages, and between the
// desk and the Video Room tab. Types only; nothing is exported at run time.

/**
 * @typedef {object} Message
 * @property {string} sid
 * @property {string} conversationSid
 * @property {number} index
 * @property {'agent'|'customer'|'system'} role
 * @property {string} name      who wrote it, for a person to read
 * @property {string} body      empty where there are only files
 * @property {SentFile[]} files
 * @property {string} createdAt RFC 3339
 */

/**
 * A file of a Message.
 * @typedef {object} SentFile
 * @property {string} name
 * @property {number} size      bytes
 * @property {boolean} picture  a browser can show it
 * @property {string} url
 */

/**
 * @typedef {object} Task
 * @property {string} taskSid
 * @property {string} conversationSid
 * @property {'assigned'|'wrapping'|'completed'|'canceled'|string} status
 * @property {string} customer
 * @property {string} topic
 * @property {string} agent     the Worker's name
 * @property {boolean} mine     assigned to the demo Worker
 * @property {string} createdAt
 * @property {{label: string, value: string}[]} facts
 * @property {Message | null} lastMessage
 */

/**
 * An agent's view of an escalation, as POST /api/escalations answers.
 * @typedef {object} Escalation
 * @property {string} code
 * @property {'invited'|'open'|'in_call'|'ended'|'expired'} status
 * @property {string} taskSid
 * @property {string} joinUrl
 * @property {boolean} resumed
 */

/**
 * The answer of GET /api/tasks/{taskSid}.
 * @typedef {object} TaskCheck
 * @property {boolean} mayWrapUp
 * @property {string} [reason]
 * @property {Escalation} [escalation]
 */

/**
 * A message between desk and Video Room tab, version 1.
 * @typedef {object} Bridge
 * @property {1} escalate
 * @property {'ready'|'token'|'open'|'state'|'leave'|'left'} type
 * @property {string} [token]
 * @property {string} [taskSid]
 * @property {string} [code]
 * @property {Phase} [phase]
 */

/** @typedef {'idle'|'joining'|'in_call'|'reconnecting'|'left'} Phase */

export {};

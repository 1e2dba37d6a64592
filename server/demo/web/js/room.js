// The Video Room tab: the agent page in one iframe that lives as long as the
// desk. Moving or removing an iframe reloads it, which would drop the call, so
// it is made once, in a host of its own, and only ever placed by CSS.

import { ID } from './ids.js';
import { h } from './dom.js';

/** @typedef {import('./types.js').Bridge} Bridge */
/** @typedef {import('./types.js').Phase} Phase */

// Without these a frame gets NotAllowedError for the camera, cannot go full
// screen, cannot copy the link, and so on. 'self', because Chromium cannot match
// the address of a frame when that is an IPv6 address; both are this server's.
const allow = [
  'camera', 'microphone', 'display-capture', 'autoplay', 'fullscreen',
  'picture-in-picture', 'speaker-selection', 'clipboard-write', 'screen-wake-lock',
].map((f) => `${f} 'self'`).join('; ');

const agentPage = '/agent';
const bridgeVersion = 1;
const leaveTimeout = 8000; // ms; a page that is stuck must not keep the agent from ending

/** @type {Phase[]} */
const runningPhases = ['joining', 'in_call', 'reconnecting'];

export class Room {
  /**
   * @param {HTMLElement} host   placed by CSS, by its data-place
   * @param {() => string} token the Flex token of this moment
   * @param {() => void} onChange the phase or the escalation shown has changed
   */
  constructor(host, token, onChange) {
    this.host = host;
    this.token = token;
    this.onChange = onChange;
    /** @type {HTMLIFrameElement | null} */
    this.frame = null;
    this.ready = false;
    /** @type {Phase} */
    this.phase = 'idle';
    /** @type {{taskSid: string, code: string} | null} */
    this.shown = null;
    /** @type {(() => void)[]} */
    this.leaving = [];
    window.addEventListener('message', (e) => this.#receive(e));
    this.place('hidden');
  }

  /** The agent is in a call, or on the way in. */
  get running() {
    return runningPhases.includes(this.phase);
  }

  /** @param {string} taskSid */
  runningFor(taskSid) {
    return this.running && this.shown?.taskSid === taskSid;
  }

  /**
   * Shows an escalation; false when a call of another one is running.
   * @param {string} taskSid
   * @param {string} code
   */
  open(taskSid, code) {
    if (this.shown?.code === code && this.shown.taskSid === taskSid) return true;
    if (this.running) return false;
    this.shown = { taskSid, code };
    this.#create();
    this.#sendOpen();
    return true;
  }

  /** @param {'hidden'|'docked'|'floating'} where */
  place(where) {
    this.host.dataset.place = where;
  }

  /** Hands over a new Flex token. */
  tokenChanged() {
    if (this.ready) this.#send({ escalate: bridgeVersion, type: 'token', token: this.token() });
  }

  /** Asks the page to disconnect; true once it says so, false when it stays silent. */
  leave() {
    if (!this.ready || !this.running) return Promise.resolve(true);
    return new Promise((/** @type {(left: boolean) => void} */ resolve) => {
      const timer = setTimeout(() => resolve(false), leaveTimeout);
      this.leaving.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
      this.#send({ escalate: bridgeVersion, type: 'leave' });
    });
  }

  #create() {
    if (this.frame) return;
    this.frame = /** @type {HTMLIFrameElement} */ (
      h('iframe', { id: ID.roomFrame, title: 'Video Room', allow, src: agentPage })
    );
    this.host.append(this.frame);
  }

  #sendOpen() {
    if (!this.ready || !this.shown) return;
    this.#send({ escalate: bridgeVersion, type: 'open', ...this.shown });
  }

  /** @param {Bridge} message */
  #send(message) {
    this.frame?.contentWindow?.postMessage(message, location.origin);
  }

  /** @param {MessageEvent} e */
  #receive(e) {
    if (e.origin !== location.origin || !this.frame || e.source !== this.frame.contentWindow) return;
    const m = /** @type {Bridge} */ (e.data);
    if (m?.escalate !== bridgeVersion) return;
    switch (m.type) {
      case 'ready': // also after the page was reloaded: it knows nothing then
        this.ready = true;
        this.#setPhase('idle');
        this.tokenChanged();
        this.#sendOpen();
        break;
      case 'state':
        if (m.phase) this.#setPhase(m.phase);
        break;
      case 'left':
        this.#setPhase('left');
        break;
      default: // a later version may say more
    }
  }

  /** @param {Phase} phase */
  #setPhase(phase) {
    this.phase = phase;
    this.host.dataset.phase = phase;
    if (!this.running) {
      for (const done of this.leaving.splice(0)) done();
    }
    this.onChange();
  }
}

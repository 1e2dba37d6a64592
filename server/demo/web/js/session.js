// The Flex token of the demo Worker: got when the desk opens, renewed before
// it expires, and once more whenever the server refuses it.

import { request, RequestError } from './http.js';

/** @typedef {{sid: string, name: string, identity: string}} Worker */

const soonest = 5000; // ms between renewals, whatever the server says

export class Session {
  /** @param {(token: string) => void} onToken  told every new token */
  constructor(onToken) {
    this.onToken = onToken;
    this.token = '';
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {Promise<void> | null} */
    this.renewing = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Gets a token; several callers at once share one request. */
  renew() {
    this.renewing ??= this.#renew().finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  async #renew() {
    clearTimeout(this.timer);
    const s = await request('POST', '/demo/api/session', { body: {} });
    this.token = s.token;
    this.worker = s.worker;
    const left = new Date(s.expires).getTime() - Date.now();
    // setTimeout counts in 32 bits: a longer wait would fire at once.
    const wait = Math.min(Math.max(left * 0.8, soonest), 2 ** 31 - 1);
    this.timer = setTimeout(() => this.#again(), wait);
    this.onToken(this.token);
  }

  #again() {
    // The token in hand may still be good; the next refusal renews it anyhow.
    this.renew().catch(() => {
      this.timer = setTimeout(() => this.#again(), soonest);
    });
  }

  /**
   * A request of the agent to the product.
   * @param {'GET'|'POST'} method
   * @param {string} path
   * @param {unknown} [body]
   */
  async call(method, path, body) {
    if (!this.token) await this.renew();
    try {
      return await request(method, path, { body, token: this.token });
    } catch (err) {
      if (!(err instanceof RequestError) || err.status !== 401) throw err;
      await this.renew();
      return request(method, path, { body, token: this.token });
    }
  }
}

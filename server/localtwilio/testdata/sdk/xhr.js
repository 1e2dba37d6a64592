'use strict';
// A browser's XMLHttpRequest, as far as @twilio/mcs-client uses one: node has no
// other way to send a form. It must be there before the library looks.
global.XMLHttpRequest = class {
  readyState = 0;
  #headers = {};
  #abort = new AbortController();
  open(method, url) {
    Object.assign(this, { method, url });
  }
  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }
  getResponseHeader(name) {
    return this.answer?.headers.get(name) ?? null;
  }
  getAllResponseHeaders() {
    return [...(this.answer?.headers ?? [])].map(([k, v]) => `${k}: ${v}`).join('\r\n');
  }
  abort() {
    this.#abort.abort();
  }
  async send(body) {
    try {
      this.answer = await fetch(this.url, { method: this.method, headers: this.#headers, body: body ?? undefined, signal: this.#abort.signal });
      Object.assign(this, { status: this.answer.status, statusText: this.answer.statusText, responseText: await this.answer.text() });
    } catch (err) {
      Object.assign(this, { status: 0, statusText: String(err), responseText: '' });
    }
    this.readyState = 4;
    this.onreadystatechange();
  }
};

// Flex has Twilio's host names built in. Everything that asks one of them is sent
// to local Twilio instead, which takes the first label of the host as the first
// segment of the path. It must run before Flex's own script.
(() => {
  'use strict';
  let twilio = ''; // http://host:port, known once the session is there

  // local is where a URL is answered here; others stay as they are.
  function local(input) {
    let url;
    try {
      url = new URL(String(input), location.href);
    } catch {
      return input;
    }
    if (!/(^|\.)twilio\.com$/.test(url.hostname) || !twilio) return input;
    const base = url.protocol.startsWith('ws') ? twilio.replace(/^http/, 'ws') : twilio;
    return `${base}/${url.hostname.split('.')[0]}${url.pathname}${url.search}`;
  }

  const { fetch, WebSocket } = window;
  window.fetch = (input, init) =>
    input instanceof Request ? fetch(new Request(local(input.url), input), init) : fetch(local(input), init);

  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    return open.call(this, method, local(url), ...rest);
  };

  window.WebSocket = class extends WebSocket {
    constructor(url, ...rest) {
      super(local(url), ...rest);
    }
  };

  const { sendBeacon } = Navigator.prototype;
  Navigator.prototype.sendBeacon = function (url, data) {
    return sendBeacon.call(this, local(url), data);
  };

  window.flexShim = { answerAt(url) { twilio = url; } };
})();

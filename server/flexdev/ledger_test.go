//go:build e2e

package flexdev_test

import "encoding/json"

// ledger keeps account, from before Flex starts, of what the plugin's own code
// takes hold of in the page and gives back: listeners on objects that stay,
// timers, observers, and names on window.
const ledger = `(() => {
  const open = new Map(); // what is held -> its description
  const names = { before: null, left: [] };
  const called = () => /flex-plugin\.js/.test((new Error().stack ?? '').split('\n')[3] ?? '');

  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const held = []; // {target, type, listener, capture}
  const capture = (o) => Boolean(typeof o === 'object' ? o?.capture : o);
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    if (called()) held.push({ target: this ?? window, type, listener, capture: capture(options) });
    return addEventListener.call(this ?? window, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    const at = held.findIndex((h) => h.target === (this ?? window) && h.type === type && h.listener === listener && h.capture === capture(options));
    if (at >= 0) held.splice(at, 1);
    return removeEventListener.call(this ?? window, type, listener, options);
  };

  for (const [set, clear, again] of [['setTimeout', 'clearTimeout', false], ['setInterval', 'clearInterval', true]]) {
    const begin = window[set], end = window[clear];
    window[set] = (f, ...rest) => {
      if (!called()) return begin(f, ...rest);
      const id = begin((...args) => {
        if (!again) open.delete(set + id);
        f(...args);
      }, ...rest);
      open.set(set + id, set + ' of ' + rest[0] + ' ms');
      return id;
    };
    window[clear] = (id) => {
      open.delete(set + id);
      return end(id);
    };
  }

  for (const name of ['ResizeObserver', 'MutationObserver', 'IntersectionObserver']) {
    const { observe, disconnect } = window[name].prototype;
    window[name].prototype.observe = function (...args) {
      if (called()) open.set(this, name);
      return observe.apply(this, args);
    };
    window[name].prototype.disconnect = function () {
      open.delete(this);
      return disconnect.call(this);
    };
  }

  // The plugin's first line reads document.currentScript; its load event comes
  // when it has run. What is new on window then is the plugin's.
  const current = Object.getOwnPropertyDescriptor(Document.prototype, 'currentScript').get;
  Object.defineProperty(Document.prototype, 'currentScript', { configurable: true, get() {
    const script = current.call(this);
    if (!names.before && /flex-plugin\.js/.test(script?.src ?? '')) {
      names.before = new Set(Object.getOwnPropertyNames(window));
      addEventListener.call(script, 'load', () => {
        names.left = Object.getOwnPropertyNames(window).filter((n) => !names.before.has(n));
      });
    }
    return script;
  } });

  window.ledger = {
    // what the plugin has now, in words
    entries: () => [
      ...held.filter((h) => h.target === window || h.target === document || (h.target instanceof Node ? h.target.isConnected : true))
        .map((h) => 'listener ' + h.type + ' on ' + (h.target.nodeName ?? h.target.constructor.name)),
      ...open.values(),
      ...(names.before ? names.left : ['the plugin was not seen to load']).map((n) => 'window.' + n),
      ...Object.getOwnPropertyNames(window).filter((n) => /escalate/i.test(n)).map((n) => 'window.' + n),
      ...[...document.querySelectorAll('[class*=escalate], [id*=escalate], iframe')].map((e) => '<' + e.localName + ' class="' + e.className + '">'),
      ...['tokenUpdated', 'taskWrapup', 'taskCompleted', 'taskCanceled', 'taskRescinded']
        .map((e) => Twilio.Flex.Manager.getInstance().events.listenerCount(e) + ' listeners for ' + e),
      ...Object.keys(sessionStorage).filter((k) => /escalate/i.test(k)).map((k) => 'sessionStorage.' + k),
    ],
  };
})();`

// entries are what the plugin holds at the moment.
func (p *tab) entries() (list []string) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(p.text(`JSON.stringify(ledger.entries())`)), &list); err != nil {
		p.t.Fatal(err)
	}
	return list
}

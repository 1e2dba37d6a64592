// What happens on the server, as it happens: server-sent events, opened again
// for as long as the page lives.

/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').Task} Task */

const reopenAfter = 2000; // ms; EventSource itself gives up after an HTTP error

// Browsers open six connections to a server over HTTP/1.1, for all tabs
// together, and every stream holds one. A page that nobody has looked at for
// this long gives its own back, and loads afresh when it is looked at again.
const letGoAfter = 60_000; // ms

/**
 * Follows a stream. onHello runs each time it (re)opens: whatever happened in
 * between was missed, so that is the moment to load everything afresh. Answers
 * what ends it.
 * @param {string} path
 * @param {{
 *   onHello: () => void,
 *   onMessage: (m: Message) => void,
 *   onTask: (t: Task) => void,
 *   onLost: () => void,
 * }} on
 */
export function follow(path, on) {
  /** @type {EventSource | null} */
  let source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function open() {
    close();
    const s = new EventSource(path);
    source = s;
    s.addEventListener('hello', () => on.onHello());
    s.addEventListener('message-added', (e) => on.onMessage(JSON.parse(e.data)));
    s.addEventListener('task-updated', (e) => on.onTask(JSON.parse(e.data)));
    s.addEventListener('error', () => {
      on.onLost();
      if (s.readyState === EventSource.CLOSED && source === s) timer = setTimeout(open, reopenAfter);
    });
  }

  function look() {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(close, letGoAfter);
    else if (!source || source.readyState === EventSource.CLOSED) open();
  }

  document.addEventListener('visibilitychange', look);
  open();
  return () => {
    document.removeEventListener('visibilitychange', look);
    close();
  };
}

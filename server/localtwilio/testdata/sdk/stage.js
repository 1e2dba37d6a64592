// What the scripts share. Each runs under node with the unmodified npm packages
// and ends with an error when something is not as it should be.
'use strict';
const env = JSON.parse(process.env.STAGE);

// patience is how long anything may take on a busy machine.
const patience = 20_000;

// seen resolves with what the emitter brings that test accepts.
function seen(emitter, event, test = () => true, what = event) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not seen within ${patience} ms: ${what}`)), patience);
    emitter.on(event, (arg) => {
      if (!test(arg)) return;
      clearTimeout(late);
      resolve(arg);
    });
  });
}

// counted waits until a count of a Conversation is what is wanted. The client answers it from
// what it last fetched of the Conversation, at most a tenth of the service's http_cache_interval
// ago (its services/network.js), and calls counts "semi-realtime": one that has just changed may
// be the one before.
async function counted(count, want, what) {
  const end = Date.now() + patience;
  for (let n; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    n = await count();
    if (n === want) return;
    if (Date.now() > end) throw new Error(`${what}: ${n} and not ${want} after ${patience} ms`);
  }
}

// refused resolves with the error that a promise must end in.
async function refused(promise, what) {
  try {
    await promise;
  } catch (err) {
    return err;
  }
  throw new Error(`not refused: ${what}`);
}

// rest asks local Twilio's REST API as a server would.
async function rest(method, path, form) {
  const res = await fetch(env.rest + path, {
    method,
    headers: { Authorization: 'Basic ' + Buffer.from(`${env.key}:${env.secret}`).toString('base64'), 'Content-Type': 'application/x-www-form-urlencoded' },
    body: form && new URLSearchParams(form),
  });
  if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${await res.text()}`);
  return res.status === 204 ? null : res.json();
}

// ahead puts the clock that local Twilio looks at so many seconds ahead of what it began with:
// what happens when a token ends depends on no machine's pace.
async function ahead(seconds) {
  const res = await fetch(env.clock, { method: 'POST', body: String(seconds) });
  if (!res.ok) throw new Error(`set the clock: ${res.status} ${await res.text()}`);
}

// run ends the process with the outcome; the packages leave timers behind.
function run(main) {
  main().then(
    () => process.exit(0),
    (err) => {
      console.error(err);
      process.exit(1);
    },
  );
}

// options are new for each client: the packages keep their socket in them.
const options = () => ({ twilsock: { uri: env.socket } });

module.exports = { env, seen, counted, refused, rest, ahead, run, options };

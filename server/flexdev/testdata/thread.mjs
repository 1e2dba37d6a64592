// What web/thread.js draws of Messages that come in every way; see TestThread.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../web/thread.js', import.meta.url), 'utf8');
const { thread } = await import('data:text/javascript,' + encodeURIComponent(source));

const messages = (...indices) => indices.map((index) => ({ index }));

// played draws a history, with Messages that come before it has been fetched and after.
async function played(history, before, after, broken) {
  const drawn = [];
  const failed = [];
  let fetched;
  const add = thread(
    new Promise((resolve) => (fetched = resolve)),
    async (m) => {
      drawn.push(m.index);
      await new Promise(setImmediate); // its pictures
      if (m.index === broken) throw new Error('no picture');
    },
    (err) => failed.push(err.message),
  );
  const early = messages(...before).map(add);
  fetched({ items: messages(...history) });
  await Promise.all([...early, ...messages(...after).map(add)]);
  return { drawn, failed };
}

assert.deepEqual(await played([0, 1], [], [2, 3]), { drawn: [0, 1, 2, 3], failed: [] });
assert.deepEqual(await played([0, 1, 2], [2], [3]), { drawn: [0, 1, 2, 3], failed: [] }, 'in the history as well');
assert.deepEqual(await played([0, 1], [2], [3]), { drawn: [0, 1, 2, 3], failed: [] }, 'before the history');
assert.deepEqual(await played([0, 1], [], [2], 1), { drawn: [0, 1, 2], failed: ['no picture'] }, 'after one that cannot be drawn');

// Where there is no history, what comes is drawn.
const drawn = [];
await thread(Promise.reject(new Error('no history')), async (m) => drawn.push(m.index), assert.fail)({ index: 7 });
assert.deepEqual(drawn, [7]);

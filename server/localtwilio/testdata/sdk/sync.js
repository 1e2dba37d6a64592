// Documents, Maps and Lists of twilio-sync between two clients.
'use strict';
const assert = require('node:assert/strict');
const { SyncClient } = require('twilio-sync');
const { env, seen, refused, rest, run, options } = require('./stage.js');

async function documents(ada, bob) {
  const mine = await ada.document({ id: 'greeting', data: { text: 'hello' }, ttl: 3600 });
  assert.equal(mine.data.text, 'hello');
  assert.ok(mine.dateExpires);
  const theirs = await bob.document({ id: 'greeting', mode: 'open_existing' });
  assert.equal(theirs.sid, mine.sid);
  const updated = seen(theirs, 'updated', (e) => !e.isLocal, 'a Document updated by another client');
  await mine.update({ more: 1 });
  assert.deepEqual((await updated).data, { text: 'hello', more: 1 });
  assert.deepEqual((await updated).previousData, { text: 'hello' });

  // Both change it on top of the same revision: the second reads again.
  await Promise.all([mine.mutate((d) => ({ ...d, a: 1 })), theirs.mutate((d) => ({ ...d, b: 2 }))]);
  const now = await rest('GET', `/sync/v1/Services/default/Documents/${mine.sid}`);
  assert.deepEqual(now.data, { text: 'hello', more: 1, a: 1, b: 2 });

  const byServer = seen(mine, 'updated', (e) => e.data.from === 'server', 'a Document updated by REST');
  await rest('POST', `/sync/v1/Services/default/Documents/${mine.sid}`, { Data: '{"from":"server"}' });
  await byServer;

  const removed = seen(theirs, 'removed', () => true, 'a Document removed');
  await mine.removeDocument();
  await removed;
  assert.equal((await refused(bob.document({ id: 'greeting', mode: 'open_existing' }), 'opening what is removed')).status, 404);
  const big = await ada.document({ data: {} });
  assert.equal((await refused(big.set({ text: 'x'.repeat(17000) }), 'a Document over 16 KiB')).status, 413);
}

async function maps(ada, bob) {
  const mine = await ada.map('seats');
  const theirs = await bob.map({ id: 'seats', mode: 'open_existing' });
  const added = seen(theirs, 'itemAdded', (e) => e.item.key === 'a/1 ü', 'an item added by another client');
  await mine.set('a/1 ü', { who: 'ada' });
  assert.deepEqual((await added).item.data, { who: 'ada' });
  const updated = seen(mine, 'itemUpdated', (e) => !e.isLocal, 'an item updated by another client');
  await theirs.update('a/1 ü', { since: 3 });
  assert.deepEqual((await updated).item.data, { who: 'ada', since: 3 });
  await mine.mutate('b', () => ({ n: 1 }));
  await mine.set('c', { n: 2 }, { ttl: 3600 });

  const fresh = await new SyncClient(env.ada, options()).map('seats');
  const page = await fresh.getItems({ pageSize: 2 });
  assert.deepEqual(page.items.map((i) => i.key), ['a/1 ü', 'b']);
  assert.ok(page.hasNextPage);
  assert.deepEqual((await page.nextPage()).items.map((i) => i.key), ['c']);
  assert.deepEqual((await fresh.getItems({ order: 'desc', pageSize: 1 })).items.map((i) => i.key), ['c']);

  const gone = seen(mine, 'itemRemoved', (e) => e.key === 'b', 'an item removed by another client');
  await theirs.get('b');
  await theirs.remove('b');
  await gone;
  assert.equal((await refused(fresh.get('nothing'), 'an item that is not there')).status, 404);
  const removed = seen(theirs, 'removed', () => true, 'a Map removed');
  await mine.removeMap();
  await removed;
}

async function lists(ada, bob) {
  const mine = await ada.list('queue');
  const theirs = await bob.list({ id: 'queue', mode: 'open_existing' });
  const added = seen(theirs, 'itemAdded', (e) => e.item.data.n === 0, 'an item pushed by another client');
  for (let n = 0; n < 5; n++) assert.equal((await mine.push({ n })).index, n);
  assert.equal((await added).item.index, 0);
  const updated = seen(mine, 'itemUpdated', (e) => e.item.index === 1 && !e.isLocal, 'a list item updated by another client');
  await theirs.set(1, { n: 'one' });
  assert.equal((await updated).item.data.n, 'one');
  const gone = seen(mine, 'itemRemoved', (e) => e.index === 4, 'a list item removed by another client');
  await theirs.get(4);
  await theirs.remove(4);
  await gone;
  const fresh = await new SyncClient(env.ada, options()).list('queue');
  const last = await fresh.getItems({ order: 'desc', pageSize: 2 });
  assert.deepEqual(last.items.map((i) => i.index), [3, 2]);
  assert.deepEqual((await last.nextPage()).items.map((i) => i.index), [1, 0]);
  assert.deepEqual((await fresh.getItems({ from: 2, order: 'asc' })).items.map((i) => i.index), [2, 3]);
}

run(async () => {
  const [ada, bob] = [new SyncClient(env.ada, options()), new SyncClient(env.bob, options())];
  await documents(ada, bob);
  await maps(ada, bob);
  await lists(ada, bob);
  // A token for Conversations alone opens nothing of Sync.
  const chat = new SyncClient(env.chatOnly, options());
  assert.equal((await refused(chat.document('mine'), 'a Document without a SyncGrant')).status, 403);
});

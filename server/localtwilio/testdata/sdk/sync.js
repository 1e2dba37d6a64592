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

async function streams(ada, bob) {
  const mine = await ada.stream({ id: 'cursor', ttl: 3600 });
  const theirs = await bob.stream({ id: 'cursor', mode: 'open_existing' });
  assert.equal(theirs.sid, mine.sid);
  let own = 0;
  mine.on('messagePublished', (e) => { if (e.message.data.x > 0) own++; });
  // What was said before the subscription is nobody's: only the server knows when it is made.
  let arrived;
  theirs.on('messagePublished', (e) => (arrived = e));
  for (let x = 0; !arrived && x < 100; x++) {
    await rest('POST', '/sync/v1/Services/default/Streams/cursor/Messages', { Data: '{"x":0}' });
    await new Promise((r) => setTimeout(r, 50));
  }
  const heard = seen(theirs, 'messagePublished', (e) => !e.isLocal && e.message.data.x === 1, 'a message published by another client');
  const sent = await mine.publishMessage({ x: 1 });
  assert.equal((await heard).message.sid, sent.sid);
  assert.deepEqual((await heard).message.data, { x: 1 });
  const byServer = seen(mine, 'messagePublished', (e) => e.message.data.x === 2, 'a message published by REST');
  await rest('POST', '/sync/v1/Services/default/Streams/cursor/Messages', { Data: '{"x":2}' });
  await byServer;
  assert.equal(own, 2, 'the publisher hears of each message once');
  assert.equal((await refused(mine.publishMessage({ x: 'x'.repeat(4096) }), 'a message over 4 KiB')).status, 413);
  await mine.setTtl(0);
  const removed = seen(theirs, 'removed', () => true, 'a Stream removed');
  await mine.removeStream();
  await removed;
}

// access is what clients may where the Service has access control lists.
async function access(ada, bob) {
  const service = '/sync/v1/Services/default';
  await rest('POST', service, { AclEnabled: 'true' });
  const mine = await ada.document({ id: 'private', data: { n: 1 } });
  await mine.update({ n: 2 }); // whoever made it may
  const denied = await refused(bob.document({ id: 'private', mode: 'open_existing' }), 'a Document without a Permission');
  assert.deepEqual([denied.status, denied.code], [403, 54007]);
  await rest('POST', `${service}/Documents/private/Permissions/bob`, { Read: 'true', Write: 'false', Manage: 'false' });
  const theirs = await bob.document({ id: 'private', mode: 'open_existing' });
  assert.deepEqual(theirs.data, { n: 2 });
  const updated = seen(theirs, 'updated', (e) => e.data.n === 3, 'an update of a Document that may be read');
  await mine.update({ n: 3 });
  await updated;
  assert.equal((await refused(theirs.update({ n: 4 }), 'writing with a Permission to read')).status, 403);
  assert.equal((await refused(theirs.removeDocument(), 'removing with a Permission to read')).status, 403);
  await mine.removeDocument();
  await rest('POST', service, { AclEnabled: 'false' });
}

run(async () => {
  const [ada, bob] = [new SyncClient(env.ada, options()), new SyncClient(env.bob, options())];
  await documents(ada, bob);
  await maps(ada, bob);
  await lists(ada, bob);
  await streams(ada, bob);
  await access(ada, bob);
  // A token for Conversations alone opens nothing of Sync.
  const chat = new SyncClient(env.chatOnly, options());
  assert.equal((await refused(chat.document('mine'), 'a Document without a SyncGrant')).status, 403);
});

// Every public method of every class that twilio-sync exports, called once, and the errors that
// its users look at. What local Twilio does not do would stand in unsupported, and in
// docs/local-twilio.md.
'use strict';
const assert = require('node:assert/strict');
const sync = require('twilio-sync');
const { env, seen, refused, rest, run, options } = require('./stage.js');
const { watch, done } = require('./methods.js');
const { SyncClient } = sync;

const unsupported = [];

// fails wants a promise to end in an error of a status and code.
async function fails(promise, status, code, what) {
  const err = await refused(promise, what);
  assert.deepEqual([err.status, err.code], [status, code], `${what}: ${err.message}`);
}

const absent = (letters) => letters + '0'.repeat(32);

async function documents(ada, bob) {
  await fails(bob.document({ id: 'paper', mode: 'open_existing' }), 404, 54300, 'a Document of a name that there is not');
  await fails(bob.document({ id: absent('ET'), mode: 'open_existing' }), 404, 54100, 'a Document of a SID that there is not');
  const mine = await ada.document({ id: 'paper', mode: 'create_new', data: { a: 1 }, ttl: 3600 });
  await fails(bob.document({ id: 'paper', mode: 'create_new', data: {} }), 409, 54301, 'a name that is taken');
  await fails(bob.document({ id: absent('ET'), mode: 'create_new' }), 400, 54302, 'a name like a SID');
  const theirs = await bob.document('paper');
  assert.deepEqual([theirs.sid, theirs.uniqueName, theirs.revision, theirs.type], [mine.sid, 'paper', '0', 'document']);
  const ends = Date.parse(mine.dateExpires);
  assert.deepEqual(await mine.set({ b: 2 }, { ttl: 7200 }), { b: 2 });
  assert.ok(Date.parse(mine.dateExpires) > ends);
  assert.deepEqual(await mine.update({ c: 3 }), { b: 2, c: 3 });
  assert.deepEqual(await theirs.mutate((d) => ({ ...d, d: 4 })), { b: 2, c: 3, d: 4 });
  await mine.setTtl(0);
  assert.equal(mine.dateExpires, null);
  await fails(mine.setTtl(40000000), 400, 54011, 'a time to live over a year');
  await fails(mine.set({ text: 'x'.repeat(17000) }), 413, 54006, 'a Document over 16 KiB');

  // A closed one hears and does nothing more; the other goes on.
  const closed = await bob.document('paper');
  let heard = 0;
  closed.on('updated', () => heard++);
  closed.close();
  const updated = seen(theirs, 'updated', (e) => e.data.last === true && !e.isLocal, 'a Document updated by another client');
  await mine.set({ last: true });
  await updated;
  assert.equal(heard, 0);
  await refused(closed.set({}), 'writing to a closed Document');

  // Whoever wants to hear nothing more still has what is new.
  let quiet = 0;
  theirs.on('updated', () => quiet++);
  theirs.removeAllListeners('updated');
  await rest('POST', '/sync/v1/Services/default/Documents/paper', { Data: '{"by":"server"}' });
  const removed = seen(theirs, 'removed', () => true, 'a Document removed');
  await mine.removeDocument();
  assert.deepEqual((await removed).previousData, { by: 'server' });
  assert.equal(quiet, 0);
  await fails(theirs.set({}), 404, 54100, 'writing to what is removed');
}

// pages walks the items of a Map or List in pages, forth and back.
async function pages(collection, id, order, all) {
  let page = await collection.getItems({ order, pageSize: 2 });
  assert.equal(page.hasPrevPage, false);
  const walked = [page.items.map(id)];
  while (page.hasNextPage) {
    page = await page.nextPage();
    walked.push(page.items.map(id));
  }
  assert.deepEqual(walked, all);
  await refused(page.nextPage(), 'a page after the last');
  for (const before of all.slice(0, -1).reverse()) {
    assert.ok(page.hasPrevPage);
    page = await page.prevPage();
    assert.deepEqual(page.items.map(id), before);
  }
}

async function maps(ada, bob) {
  await fails(bob.map({ id: absent('MP'), mode: 'open_existing' }), 404, 54200, 'a Map of a SID that there is not');
  const mine = await ada.map({ id: 'board', mode: 'create_new', ttl: 3600 });
  await fails(bob.map({ id: 'board', mode: 'create_new' }), 409, 54301, 'a name that is taken');
  for (const key of ['a', 'b', 'c', 'd', 'e']) await mine.set(key, { key }, { ttl: 3600 });
  const theirs = await bob.map('board');
  const item = await theirs.get('c');
  assert.deepEqual([item.key, item.data, item.revision], ['c', { key: 'c' }, '0']);
  assert.ok(item.dateExpires);
  await theirs.setItemTtl('c', 0);
  assert.equal((await (await new SyncClient(env.ada, options()).map('board')).get('c')).dateExpires, null);
  assert.deepEqual((await theirs.update('c', { n: 1 })).data, { key: 'c', n: 1 });
  // Both on top of one revision: the second is refused, reads again and comes after.
  await Promise.all([mine.mutate('d', (d) => ({ ...d, a: 1 })), theirs.mutate('d', (d) => ({ ...d, b: 2 }))]);
  const both = await rest('GET', '/sync/v1/Services/default/Maps/board/Items/d');
  assert.deepEqual(both.data, { key: 'd', a: 1, b: 2 });
  await fails(theirs.get('nothing'), 404, 54201, 'an item that there is not');
  await fails(theirs.remove('nothing'), 404, 54201, 'removing an item that there is not');
  await fails(theirs.set('f', { text: 'x'.repeat(17000) }), 413, 54006, 'an item over 16 KiB');
  await fails(theirs.set('f', {}, { ttl: 40000000 }), 400, 54011, 'a time to live over a year');

  const key = (i) => i.key;
  const fresh = await new SyncClient(env.bob, options()).map({ id: 'board', includeItems: true });
  await pages(fresh, key, 'asc', [['a', 'b'], ['c', 'd'], ['e']]);
  await pages(await new SyncClient(env.bob, options()).map('board'), key, 'desc', [['e', 'd'], ['c', 'b'], ['a']]);
  assert.deepEqual((await fresh.getItems({ from: 'c', pageSize: 2 })).items.map(key), ['c', 'd']);
  assert.deepEqual((await fresh.getItems({ key: 'e' })).items.map(key), ['e']);

  await mine.get('a');
  const gone = seen(theirs, 'itemRemoved', (e) => e.key === 'a', 'an item removed by another client');
  await mine.remove('a');
  await gone;
  await mine.setTtl(7200);
  const closed = await bob.map('board');
  closed.close();
  await refused(closed.get('b'), 'reading a closed Map');
  const removed = seen(theirs, 'removed', () => true, 'a Map removed');
  await mine.removeMap();
  await removed;
}

async function lists(ada, bob) {
  await fails(bob.list({ id: absent('ES'), mode: 'open_existing' }), 404, 54150, 'a List of a SID that there is not');
  const mine = await ada.list({ id: 'steps', mode: 'create_new', context: { about: 'it' }, ttl: 3600 });
  await fails(bob.list({ id: 'steps', mode: 'create_new' }), 409, 54301, 'a name that is taken');
  for (let n = 0; n < 6; n++) assert.equal((await mine.push({ n }, { ttl: 3600 })).index, n);
  const theirs = await bob.list('steps');
  assert.deepEqual(await theirs.getContext(), { about: 'it' });
  assert.deepEqual(await (await bob.list({ id: 'bare', mode: 'create_new' })).getContext(), {});
  const item = await theirs.get(2);
  assert.deepEqual([item.index, item.data, item.revision], [2, { n: 2 }, '0']);
  await theirs.setItemTtl(2, 0);
  assert.equal((await rest('GET', '/sync/v1/Services/default/Lists/steps/Items/2')).date_expires, null);
  assert.deepEqual((await theirs.set(2, { two: true })).data, { two: true });
  assert.deepEqual((await theirs.update(2, { more: 1 })).data, { two: true, more: 1 });
  await Promise.all([mine.mutate(3, (d) => ({ ...d, a: 1 })), theirs.mutate(3, (d) => ({ ...d, b: 2 }))]);
  assert.deepEqual((await rest('GET', '/sync/v1/Services/default/Lists/steps/Items/3')).data, { n: 3, a: 1, b: 2 });
  await fails(theirs.get(99), 404, 54151, 'an item that there is not');
  await fails(theirs.set(99, {}), 404, 54151, 'setting an item that there is not');
  await fails(theirs.push({ text: 'x'.repeat(17000) }), 413, 54006, 'an item over 16 KiB');

  const index = (i) => i.index;
  const fresh = await new SyncClient(env.bob, options()).list('steps');
  // No page but the first begins with item 0: the client takes that index for none.
  await pages(fresh, index, 'asc', [[0, 1], [2, 3], [4, 5]]);
  await pages(await new SyncClient(env.bob, options()).list('steps'), index, 'desc', [[5, 4], [3, 2], [1, 0]]);
  assert.deepEqual((await fresh.getItems({ from: 2, pageSize: 2, order: 'desc' })).items.map(index), [2, 1]);

  await mine.get(0);
  const gone = seen(theirs, 'itemRemoved', (e) => e.index === 0, 'an item removed by another client');
  await mine.remove(0);
  await gone;
  await mine.setTtl(7200);
  const closed = await bob.list('steps');
  closed.close();
  await refused(closed.get(1), 'reading a closed List');
  const removed = seen(theirs, 'removed', () => true, 'a List removed');
  await mine.removeList();
  await removed;
}

async function streams(ada, bob) {
  await fails(bob.stream({ id: absent('TO'), mode: 'open_existing' }), 404, 54250, 'a Stream of a SID that there is not');
  const mine = await ada.stream({ id: 'pointer', mode: 'create_new', ttl: 3600 });
  await fails(bob.stream({ id: 'pointer', mode: 'create_new' }), 409, 54301, 'a name that is taken');
  const sent = await mine.publishMessage({ x: 1 });
  assert.match(sent.sid, /^TZ/);
  assert.deepEqual(sent.data, { x: 1 });
  await fails(mine.publishMessage({ x: 'x'.repeat(4096) }), 413, 54006, 'a message over 4 KiB');
  await mine.setTtl(7200);
  const closed = await ada.stream('pointer');
  closed.close();
  await refused((async () => closed.publishMessage({}))(), 'publishing to a closed Stream');
  const theirs = await bob.stream('pointer');
  const removed = seen(theirs, 'removed', () => true, 'a Stream removed');
  await mine.removeStream();
  await removed;
}

// access is what clients may where the Service has access control lists.
async function access(ada, bob) {
  const service = '/sync/v1/Services/default';
  await rest('POST', service, { AclEnabled: 'true' });
  for (const [kind, open, collection] of [['Maps', 'map', 'locked-map'], ['Lists', 'list', 'locked-list'], ['Documents', 'document', 'locked-paper']]) {
    await ada[open](collection);
    await fails(bob[open]({ id: collection, mode: 'open_existing' }), 403, 54007, `${kind} without a Permission`);
    await rest('POST', `${service}/${kind}/${collection}/Permissions/bob`, { Read: 'true', Write: 'false', Manage: 'false' });
    const theirs = await bob[open]({ id: collection, mode: 'open_existing' });
    const write = { Maps: () => theirs.set('k', {}), Lists: () => theirs.push({}), Documents: () => theirs.set({}) };
    await fails(write[kind](), 403, 54007, `writing to ${kind} with a Permission to read`);
    const remove = { Maps: () => theirs.removeMap(), Lists: () => theirs.removeList(), Documents: () => theirs.removeDocument() };
    await fails(remove[kind](), 403, 54007, `removing ${kind} with a Permission to read`);
  }
  await rest('POST', service, { AclEnabled: 'false' });
}

async function queries() {
  const client = new SyncClient(env.supervisor2, options());
  const instant = await client.instantQuery('tr-worker');
  await fails(instant.subscribe(), 400, 54507, 'following a query that was not made');
  const found = seen(instant, 'searchResult', () => true, 'the result of a query');
  await instant.search('data.attributes.team == "red"');
  assert.deepEqual(Object.keys(await found).sort(), [env.worker, env.worker2].sort());
  assert.deepEqual(Object.keys(instant.getItems()).sort(), [env.worker, env.worker2].sort());
  const live = await instant.subscribe();
  assert.deepEqual(Object.keys(live.getItems()).sort(), [env.worker, env.worker2].sort());
  instant.updateIndexName('tr-reservation');
  await instant.search('data.worker_sid == "nobody"');
  assert.deepEqual(instant.getItems(), {});
  await fails(client.liveQuery('tr-worker', 'what == '), 400, 54507, 'a query that cannot be read');
  const query = await client.liveQuery('tr-worker', 'data.attributes.team == "red"');
  const moved = seen(query, 'itemUpdated', (i) => i.key === env.worker && i.value.attributes.seat === 7, 'a change of an item');
  await rest('POST', `/taskrouter/v1/Workspaces/${env.workspace}/Workers/${env.worker}`, { Attributes: '{"team":"red","seat":7}' });
  await moved;
  query.close();
  live.close();
  await client.shutdown();
}

run(async () => {
  for (const [name, type] of Object.entries(sync)) {
    if (typeof type === 'function' && name !== 'Client') watch(name, type.prototype);
  }
  const ada = new SyncClient(env.ada, options());
  const states = [];
  ada.on('connectionStateChanged', (state) => states.push(state));
  const connected = seen(ada, 'connectionStateChanged', (state) => state === 'connected', 'the connection');
  const bob = new SyncClient(env.bob, options());
  await connected;
  assert.equal(ada.connectionState, 'connected');
  await documents(ada, bob);
  await maps(ada, bob);
  await lists(ada, bob);
  await streams(ada, bob);
  await access(ada, bob);
  await queries();

  await ada.updateToken(env.ada2);
  assert.equal((await ada.document('after')).uniqueName, 'after');
  const stranger = new SyncClient(env.ada, options());
  await stranger.document('after');
  await fails(stranger.updateToken(env.bob), 400, 51130, 'a token of another identity');
  const over = seen(ada, 'connectionStateChanged', (state) => state === 'disconnected', 'the end of the connection');
  await ada.shutdown();
  await over;
  assert.equal(states[0], 'connecting');
  assert.equal(ada.connectionState, 'disconnected');
  bob.removeAllListeners();
  await bob.shutdown();

  done(unsupported);
});

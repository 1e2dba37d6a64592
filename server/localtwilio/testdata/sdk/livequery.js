// A Live Query of twilio-sync, as Flex's supervisors have them, over the end of
// its connection.
'use strict';
const assert = require('node:assert/strict');
const { SyncClient } = require('twilio-sync');
const { env, seen, rest, ahead, run, options } = require('./stage.js');

const set = (worker, attributes) => rest('POST', `/taskrouter/v1/Workspaces/${env.workspace}/Workers/${worker}`, { Attributes: JSON.stringify(attributes) });
const withSeat = (seat) => (i) => i.key === env.worker && i.value.attributes.seat === seat;

run(async () => {
  const client = new SyncClient(env.supervisor, options());
  const query = await client.liveQuery('tr-worker', 'data.attributes.team == "red"');
  assert.deepEqual(Object.keys(query.getItems()).sort(), [env.worker, env.worker2].sort());
  const moved = seen(query, 'itemUpdated', withSeat(1), 'a change of an item');
  await set(env.worker, { team: 'red', seat: 1 });
  await moved;

  const away = seen(client, 'connectionStateChanged', (state) => state === 'disconnected', 'the end of the connection');
  const expired = seen(client, 'tokenExpired', () => true, 'the end of the token');
  await ahead(61 * 60);
  await expired;
  await away; // the package takes no new token before
  await set(env.worker, { team: 'red', seat: 2 });
  await set(env.worker2, { team: 'blue' });
  const missed = seen(query, 'itemUpdated', withSeat(2), 'what was changed while away');
  const gone = seen(query, 'itemRemoved', (i) => i.key === env.worker2, 'what is no longer found');
  await client.updateToken(env.supervisor2);
  await missed;
  await gone;
  assert.deepEqual(Object.keys(query.getItems()), [env.worker]);

  // It is followed again.
  const again = seen(query, 'itemUpdated', withSeat(3), 'a change after coming back');
  const back = seen(query, 'itemUpdated', (i) => i.key === env.worker2, 'an item that is found again');
  await set(env.worker, { team: 'red', seat: 3 });
  await set(env.worker2, { team: 'red' });
  await again;
  await back;
});

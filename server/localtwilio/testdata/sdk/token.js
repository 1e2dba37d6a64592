// What becomes of a socket whose token ends, or is not good.
'use strict';
const assert = require('node:assert/strict');
const { SyncClient } = require('twilio-sync');
const { env, seen, ahead, run, options } = require('./stage.js');

run(async () => {
  const bad = new SyncClient(env.forged, options());
  const refused = await seen(bad, 'connectionError', () => true, 'a forged token refused');
  assert.equal(refused.terminal, true);
  assert.equal(refused.httpStatusCode, 401);
  assert.equal(refused.errorCode, 20107);

  const late = new SyncClient(env.expired, options());
  await seen(late, 'tokenExpired', () => true, 'an expired token told apart');

  // One that ends within three minutes is warned of; a new one in time keeps the connection.
  const kept = new SyncClient(env.ada, options());
  let ended = false;
  kept.on('tokenExpired', () => { ended = true; });
  const doc = await kept.document('kept');
  const lost = new SyncClient(env.bob, options());
  const same = await lost.document('kept');
  const warned = seen(kept, 'tokenAboutToExpire', () => true, 'word that the token ends');
  await ahead(58 * 60);
  await warned;
  await kept.updateToken(env.ada2);

  // The other lets it end, and comes back with a new one.
  const over = seen(lost, 'connectionStateChanged', (state) => state === 'disconnected', 'the end of the connection');
  const expired = seen(lost, 'tokenExpired', () => true, 'the end of the token');
  await ahead(61 * 60);
  await expired;
  await over; // the package takes no new token before
  await doc.set({ while: 'away' });
  const replayed = seen(same, 'updated', (e) => !e.isLocal, 'what was missed while away');
  await lost.updateToken(env.bob2);
  assert.deepEqual((await replayed).data, { while: 'away' });
  await same.set({ back: true });
  assert.equal(ended, false, 'the connection with the new token ended as well');
});

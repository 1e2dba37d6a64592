// The calls that the server of twilio-video-app-react makes for whoever joins, with npm
// twilio, and then its client's: a chat that is named after the Room.
'use strict';
const assert = require('node:assert/strict');
const twilio = require(process.env.TWILIO);
const { Client } = require('@twilio/conversations');
const { env, seen, run, options } = require('./stage.js');

class Local extends twilio.RequestClient {
  request(o) { return super.request({ ...o, uri: o.uri.replace(/^https:\/\/([\w-]+)[^/]*/, `${env.rest}/$1`) }); }
}
const client = twilio(env.key, env.secret, { accountSid: env.account, httpClient: new Local() });

// join is what its server does, and returns the token and the Room.
async function join(identity) {
  let room;
  try {
    room = await client.video.v1.rooms('standup').fetch();
  } catch (err) {
    assert.equal(err.status, 404);
    room = await client.video.v1.rooms.create({ uniqueName: 'standup', type: 'group' });
  }
  const service = client.conversations.v1.services(env.chatService);
  try {
    await service.conversations(room.sid).fetch();
  } catch (err) {
    assert.equal(err.status, 404);
    const made = await service.conversations.create({ uniqueName: room.sid, 'timers.closed': 'P1D' });
    assert.equal(made.uniqueName, room.sid);
    assert.equal(new Date(made.timers.date_closed) - made.dateCreated, 86400_000);
  }
  const add = () => service.conversations(room.sid).participants.create({ identity });
  await add();
  await assert.rejects(add(), { code: 50433, status: 409 });
  const token = new twilio.jwt.AccessToken(env.account, env.key, env.secret, { ttl: 14400, identity });
  token.addGrant(new twilio.jwt.AccessToken.VideoGrant({ room: 'standup' }));
  token.addGrant(new twilio.jwt.AccessToken.ChatGrant({ serviceSid: env.chatService }));
  return [token.toJwt(), room.sid];
}

run(async () => {
  const [token, room] = await join('ada');
  const chat = await (await Client.create(token, options())).getConversationByUniqueName(room);
  const [other, same] = await join('bob');
  assert.equal(same, room);
  const theirs = await (await Client.create(other, options())).getConversationByUniqueName(room);
  const said = seen(theirs, 'messageAdded', (m) => m.body === 'Hello');
  assert.deepEqual((await theirs.getMessages()).items, []); // as the app's window does when it opens
  await chat.sendMessage('Hello');
  assert.equal((await said).author, 'ada');
});

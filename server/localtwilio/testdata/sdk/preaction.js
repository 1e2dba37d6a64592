// What a client of @twilio/conversations does that a pre-action webhook changes or rejects.
'use strict';
const assert = require('node:assert/strict');
const { Client } = require('@twilio/conversations');
const { env, seen, refused, run, options } = require('./stage.js');

run(async () => {
  const ada = await Client.create(env.ada, options());
  const chat = await ada.createConversation({ friendlyName: 'asked' });
  assert.equal(chat.friendlyName, 'changed');
  await chat.join();
  const rejected = async (promise, what) => assert.equal((await refused(promise, what)).status, 403, what);
  await rejected(chat.sendMessage('rejected'), 'a Message');
  assert.equal(await chat.sendMessage('asked', { n: 1 }), 0);
  const { items: [message] } = await chat.getMessages();
  assert.deepEqual([message.body, message.attributes, message.author], ['changed', { changed: true }, 'eve']);
  const came = seen(chat, 'messageAdded', (m) => m.body === 'broken');
  assert.equal(await chat.sendMessage('broken'), 1);
  const own = await came;
  await rejected(own.updateBody('rejected'), 'a change of a Message');
  const changed = seen(own, 'updated', (e) => e.message.body === 'changed');
  await own.updateBody('asked');
  await changed;
  await rejected(own.remove(), 'the end of a Message');
  await rejected(chat.add('rejected'), 'a Participant');
  await rejected(chat.updateFriendlyName('rejected'), 'a change of a Conversation');
  await rejected(ada.user.updateFriendlyName('rejected'), 'a change of a user');
  await rejected(chat.delete(), 'the end of a Conversation');
  await ada.shutdown();
});

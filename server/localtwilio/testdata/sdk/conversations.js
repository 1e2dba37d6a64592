// A Conversation between two clients of @twilio/conversations and a server.
'use strict';
const assert = require('node:assert/strict');
const { Client } = require('@twilio/conversations');
const { env, seen, counted, refused, rest, run, options } = require('./stage.js');

run(async () => {
  const [ada, bob] = await Promise.all([Client.create(env.ada, options()), Client.create(env.bob, options())]);
  assert.equal(ada.user.identity, 'ada');
  assert.equal(ada.connectionState, 'connected');

  // A Conversation that a server made, and into which ada is put.
  const made = await rest('POST', '/conversations/v1/Conversations', { UniqueName: 'support', FriendlyName: 'Support', Attributes: '{"topic":"bike"}' });
  assert.match((await refused(ada.peekConversationBySid(made.sid), 'a look into what one is not in')).message, /403|Forbidden|FORBIDDEN/i);
  const joined = seen(ada, 'conversationJoined', (c) => c.sid === made.sid, 'being added to a Conversation');
  // By default people may talk; ada may do what the Role of makers allows.
  const roles = (await rest('GET', '/conversations/v1/Roles')).roles;
  const admin = roles.find((r) => r.friendly_name === 'channel admin').sid;
  await rest('POST', `/conversations/v1/Conversations/${made.sid}/Participants`, { Identity: 'ada', RoleSid: admin });
  const mine = await joined;
  assert.equal(mine.friendlyName, 'Support');
  assert.deepEqual(mine.attributes, { topic: 'bike' });
  assert.equal(mine.status, 'joined');
  assert.deepEqual((await ada.getSubscribedConversations()).items.map((c) => c.sid), [made.sid]);
  assert.equal((await ada.getConversationByUniqueName('support')).sid, made.sid);

  // She brings bob, who sees what was said before.
  const hello = seen(ada, 'messageAdded', (m) => m.body === 'Hello', 'a Message by REST');
  await rest('POST', `/conversations/v1/Conversations/${made.sid}/Messages`, { Author: 'server', Body: 'Hello' });
  assert.equal((await hello).author, 'server');
  const came = seen(mine, 'participantJoined', (p) => p.identity === 'bob', 'a Participant joining');
  const theirsJoined = seen(bob, 'conversationJoined', (c) => c.sid === made.sid, 'being added by a client');
  await mine.add('bob', { role: 'expert' });
  assert.deepEqual((await came).attributes, { role: 'expert' });
  const theirs = await theirsJoined;
  assert.deepEqual((await theirs.getMessages()).items.map((m) => m.body), ['Hello']);
  assert.deepEqual((await theirs.getParticipants()).map((p) => p.identity).sort(), ['ada', 'bob']);
  await counted(() => theirs.getParticipantsCount(), 2, 'Participants');

  // Both write; a server reads all of it.
  const atBob = seen(bob, 'messageAdded', (m) => m.body === 'Can you <see> it?', 'a Message of the other client');
  assert.equal(await mine.sendMessage('Can you <see> it?', { kind: 'question' }), 1);
  const question = await atBob;
  assert.deepEqual([question.author, question.attributes, question.index], ['ada', { kind: 'question' }, 1]);
  assert.equal((await question.getParticipant()).identity, 'ada');
  const atAda = seen(mine, 'messageAdded', (m) => m.author === 'bob', 'a Message of the other client');
  await theirs.prepareMessage().setBody('Yes').build().send();
  await atAda;
  const all = await rest('GET', `/conversations/v1/Conversations/${made.sid}/Messages`);
  assert.deepEqual(all.messages.map((m) => [m.author, m.body]), [['server', 'Hello'], ['ada', 'Can you <see> it?'], ['bob', 'Yes']]);

  const edited = seen(theirs, 'messageUpdated', (e) => e.message.body === 'Do you see it?', 'a Message changed');
  await (await mine.getMessages(2)).items[0].updateBody('Do you see it?');
  await edited;
  const page = await mine.getMessages(2);
  assert.deepEqual(page.items.map((m) => m.index), [1, 2]);
  assert.ok(page.hasPrevPage && !page.hasNextPage);
  assert.deepEqual((await page.prevPage()).items.map((m) => m.index), [0]);

  const typing = seen(theirs, 'typingStarted', (p) => p.identity === 'ada', 'somebody typing');
  await mine.typing();
  await typing;

  const read = seen(mine, 'participantUpdated', (e) => e.participant.identity === 'bob' && e.participant.lastReadMessageIndex === 2, 'how far somebody read');
  assert.equal(await theirs.setAllMessagesRead(), 0);
  await read;
  const renamed = seen(theirs, 'updated', (e) => e.conversation.friendlyName === 'Bikes', 'a Conversation renamed');
  await mine.updateFriendlyName('Bikes');
  await renamed;
  const user = await bob.getUser('ada');
  const changed = seen(bob, 'userUpdated', (e) => e.user.friendlyName === 'Ada', 'a user renamed');
  await ada.user.updateFriendlyName('Ada');
  await changed;
  assert.equal(user.friendlyName, 'Ada');

  // bob is a guest: what is others' he may not change.
  const others = (await theirs.getMessages(3)).items[1];
  for (const [what, attempt] of Object.entries({
    'renaming': () => theirs.updateFriendlyName('Mine'),
    'another attribute': () => theirs.updateAttributes({ topic: 'mine' }),
    'adding somebody': () => theirs.add('cleo'),
    'removing somebody': () => theirs.removeParticipant('ada'),
    'deleting': () => theirs.delete(),
    'editing another\'s Message': () => others.updateBody('no'),
    'removing another\'s Message': () => others.remove(),
  })) {
    const err = await refused(attempt(), what);
    assert.equal(err.body && err.body.code, 50107, `${what}: ${err} ${JSON.stringify(err.body)}`);
  }

  const left = seen(mine, 'participantLeft', (p) => p.identity === 'bob', 'a Participant leaving');
  const gone = seen(bob, 'conversationLeft', (c) => c.sid === made.sid, 'having left');
  await theirs.leave();
  await Promise.all([left, gone]);

  // One that a client makes.
  const own = await bob.createConversation({ friendlyName: 'Mine', attributes: { a: 1 } });
  assert.equal(own.friendlyName, 'Mine');
  const inOwn = seen(bob, 'conversationJoined', (c) => c.sid === own.sid, 'joining one of one\'s own');
  await own.join();
  await inOwn;
  await ada.updateToken(env.ada2);
  await mine.sendMessage('after a new token');
  assert.match((await refused(mine.sendMessage('x'.repeat(1601)), 'a Message too long')).message, /400|BAD_REQUEST/i);
});

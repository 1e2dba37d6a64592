// Every public method of every class that @twilio/conversations exports, called once. What
// local Twilio does not do stands in unsupported, and in docs/local-twilio.md.
'use strict';
const assert = require('node:assert/strict');
const conversations = require('@twilio/conversations');
const { env, seen, counted, refused, rest, run, options } = require('./stage.js');
const { watch, done } = require('./methods.js');
const { Client } = conversations;

// unsupported are those that are refused, or have nothing to find.
const unsupported = [
  'Client.setPushRegistrationId', 'Client.unsetPushRegistrationId', 'Client.removePushRegistrations',
  'MessageBuilder.setEmailBody', 'MessageBuilder.setEmailHistory', 'MessageBuilder.setContentTemplate',
];
// elsewhere are those of files, which media.js calls, and of what is no part of a service.
const elsewhere = [
  'Client.getTemporaryContentUrlsForMediaSids', 'Client.getTemporaryContentUrlsForMedia', 'MessageBuilder.addMedia', 'Media.getContentTemporaryUrl',
  'Message.getMediaByCategory', 'Message.attachTemporaryUrlsFor', 'Message.getTemporaryContentUrlsForMedia',
  'Message.getTemporaryContentUrlsForMediaSids', 'Message.getTemporaryContentUrlsForAttachedMedia',
  'CancellablePromise.cancel', 'ContentTemplateVariable.copyWithValue',
];

run(async () => {
  for (const [name, type] of Object.entries(conversations)) {
    if (typeof type === 'function' && name !== 'Client') watch(name, type.prototype);
  }
  const ada = await Client.create(env.ada, options());
  let p = Object.getPrototypeOf(ada);
  while (!Object.hasOwn(p, 'getConversationBySid')) p = Object.getPrototypeOf(p);
  watch('Client', p);
  const bob = await Client.create(env.bob, options());

  // The client.
  const made = await ada.createConversation({ uniqueName: 'methods', friendlyName: 'Methods', attributes: { a: 1 } });
  const joined = seen(ada, 'conversationJoined', (c) => c.sid === made.sid);
  await made.join();
  await joined;
  assert.equal((await ada.getConversationBySid(made.sid)).sid, made.sid);
  assert.equal((await ada.peekConversationBySid(made.sid)).sid, made.sid);
  assert.equal((await ada.getConversationByUniqueName('methods')).sid, made.sid);
  assert.ok((await ada.getSubscribedConversations()).items.some((c) => c.sid === made.sid));
  const user = await ada.getUser('bob');
  assert.equal(user.identity, 'bob');
  assert.ok((await ada.getSubscribedUsers()).some((u) => u.identity === 'bob'));
  assert.deepEqual([...(await ada.getContentTemplates())], []);
  const pushed = seen(ada, 'pushNotification');
  await ada.handlePushNotification({ data: { twi_message_type: 'twilio.conversations.new_message', conversation_sid: made.sid, message_index: '0' } });
  await pushed;
  await ada.updateToken(env.ada2);

  // People.
  const bobIn = seen(bob, 'conversationJoined', (c) => c.sid === made.sid);
  const arrived = seen(made, 'participantJoined', (x) => x.identity === 'bob');
  await made.add('bob', { seat: 1 });
  const theirs = await bobIn;
  const member = await arrived;
  assert.match(String((await refused(made.addNonChatParticipant('+15005550006', '+15005550007'), 'a telephone')).body.code), /^50413$/);
  assert.equal((await made.getParticipants()).length, 2);
  await counted(() => made.getParticipantsCount(), 2, 'Participants');
  assert.equal((await made.getParticipantBySid(member.sid)).identity, 'bob');
  assert.equal((await made.getParticipantByIdentity('bob')).sid, member.sid);
  assert.equal((await member.getUser()).identity, 'bob');
  const reseated = seen(member, 'updated');
  await member.updateAttributes({ seat: 2 });
  await reseated;
  assert.deepEqual(member.attributes, { seat: 2 });
  const changed = seen(bob, 'userUpdated', (e) => e.user.attributes.mood === 'good');
  await bob.getUser('ada');
  await ada.user.updateAttributes({ mood: 'good' });
  await changed;
  await ada.user.updateFriendlyName('Ada');
  await user.unsubscribe();

  // Messages.
  const heard = seen(theirs, 'messageAdded', (m) => m.body === 'one');
  assert.equal(await made.sendMessage('one', { n: 1 }), 0);
  const atBob = await heard;
  assert.equal(await made.prepareMessage().setBody('two').setSubject('About it').setAttributes({ n: 2 }).build().send(), 1);
  assert.equal(await made.prepareMessage().setBody('three').buildAndSend(), 2);
  const page = await made.getMessages(2);
  assert.deepEqual(page.items.map((m) => [m.body, m.subject]), [['two', 'About it'], ['three', null]]);
  assert.deepEqual((await (await page.prevPage()).nextPage()).items.map((m) => m.body), ['two', 'three']);
  const two = page.items[0];
  const edited = seen(theirs, 'messageUpdated', (e) => e.message.index === 1 && e.message.body === 'TWO');
  await two.updateBody('TWO');
  assert.equal((await edited).message.lastUpdatedBy, 'ada');
  const tagged = seen(theirs, 'messageUpdated', (e) => e.message.index === 1 && e.message.attributes.n === 22);
  await two.updateAttributes({ n: 22 });
  await tagged;
  assert.equal((await two.getParticipant()).identity, 'ada');
  assert.deepEqual(await two.getDetailedDeliveryReceipts(), []);
  assert.equal(await two.getContentData(), null);
  assert.equal(await two.getChannelMetadata(), null);
  assert.deepEqual(await two.getMessageRecipients(), []);
  assert.deepEqual((await made.getMessageRecipients()).items, []);
  const recipients = await made.getMessageRecipients({ pageSize: 10 });
  assert.ok(!recipients.hasNextPage && !recipients.hasPrevPage);
  await refused(recipients.nextPage(), 'a page that there is not');
  await refused(recipients.prevPage(), 'a page that there is not');
  assert.deepEqual(two.getMediaByCategories(['media']) ?? [], []);
  assert.ok(!two.getEmailBody());
  assert.ok(!two.getEmailHistory());
  const removed = seen(theirs, 'messageRemoved', (m) => m.index === 1);
  await two.remove();
  await removed;
  await counted(() => made.getMessagesCount(), 2, 'Messages');
  assert.deepEqual((await theirs.getMessages()).items.map((m) => m.index), [0, 2]);
  const still = await rest('GET', `/conversations/v1/Conversations/${made.sid}/Messages`);
  assert.deepEqual(still.messages.map((m) => m.body), ['one', 'three']);
  assert.match(String((await refused(atBob.remove(), 'another\'s Message')).body.code), /^50107$/);

  // How far they read.
  assert.equal(await theirs.setAllMessagesUnread(), null);
  assert.equal(await theirs.advanceLastReadMessageIndex(0), 1);
  assert.equal(await theirs.updateLastReadMessageIndex(0), 1);
  await counted(() => theirs.getUnreadMessagesCount(), 1, 'unread Messages');
  assert.equal(await theirs.setAllMessagesRead(), 0);
  await theirs.setUserNotificationLevel('muted');
  const typing = seen(theirs, 'typingStarted', (x) => x.identity === 'ada');
  await made.typing();
  await typing;

  // The Conversation.
  const renamed = seen(theirs, 'updated', (e) => e.conversation.uniqueName === 'renamed');
  await made.updateUniqueName('renamed');
  await renamed;
  assert.equal((await bob.getConversationByUniqueName('renamed')).sid, made.sid);
  const other = await ada.createConversation({ uniqueName: 'other' });
  assert.equal((await refused(other.updateUniqueName('renamed'), 'a name that is taken')).body.code, 50353);
  const freed = seen(theirs, 'updated', (e) => e.conversation.uniqueName === null);
  await made.updateUniqueName(null);
  await freed;
  const titled = seen(theirs, 'updated', (e) => e.conversation.friendlyName === 'Titled' && e.conversation.attributes.b === 2);
  await made.updateFriendlyName('Titled');
  await made.updateAttributes({ b: 2 });
  await titled;
  assert.deepEqual(await theirs.getAttributes(), { b: 2 });
  const closing = seen(theirs, 'updated', (e) => e.conversation.state.current === 'inactive');
  await rest('POST', `/conversations/v1/Conversations/${made.sid}`, { State: 'inactive' });
  await closing;

  // Goodbyes. A client that came in is let finish before it goes: it opens what it is
  // shown, and has nobody to tell that it may not any more.
  const settled = async (c) => {
    await c.getMessages();
    await c.getParticipants();
  };
  const gone = seen(bob, 'conversationLeft', (c) => c.sid === made.sid);
  await member.remove();
  await gone;
  const back = seen(bob, 'conversationJoined', (c) => c.sid === made.sid);
  await made.add('bob');
  await settled(await back);
  const goneAgain = seen(bob, 'conversationLeft', (c) => c.sid === made.sid);
  await made.removeParticipant('bob');
  await goneAgain;
  const backAgain = seen(bob, 'conversationJoined', (c) => c.sid === made.sid);
  await made.add('bob');
  const again = await backAgain;
  await settled(again);
  await again.leave();
  const third = seen(bob, 'conversationJoined', (c) => c.sid === made.sid);
  await made.add('bob');
  await settled(await third);
  const lost = seen(bob, 'conversationRemoved', (c) => c.sid === made.sid);
  const lostByMaker = seen(ada, 'conversationRemoved', (c) => c.sid === made.sid);
  await made.delete();
  await Promise.all([lost, lostByMaker]);
  await refused(rest('GET', `/conversations/v1/Conversations/${made.sid}`), 'a Conversation that was deleted');

  // Closed ones can be read and not written.
  const ended = seen(ada, 'conversationJoined', (c) => c.sid === other.sid);
  await other.join();
  await ended;
  await rest('POST', `/conversations/v1/Conversations/${other.sid}`, { State: 'closed' });
  assert.equal((await refused(other.sendMessage('late'), 'a Message in a closed one')).body.code, 50377);
  assert.deepEqual((await other.getMessages()).items, []);
  await bob.shutdown();

  done(unsupported, elsewhere);
});

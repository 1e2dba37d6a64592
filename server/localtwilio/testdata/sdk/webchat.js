// A web chat from its beginning to its end: the customer's server, the customer's
// page and an agent's desktop.
'use strict';
const assert = require('node:assert/strict');
const { createHmac } = require('node:crypto');
require('./xhr.js');
const { Client } = require('@twilio/conversations');
const { env, seen, rest, run, options } = require('./stage.js');

// token is an Access Token as the customer's server makes it.
function token(identity) {
  const part = (o) => Buffer.from(JSON.stringify(o)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const text =
    part({ alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' }) +
    '.' +
    part({ jti: `${env.key}-${now}-${Math.random()}`, iss: env.key, sub: env.account, exp: now + 3600, grants: { identity, chat: { service_sid: env.chatService } } });
  return `${text}.${createHmac('sha256', env.secret).update(text).digest('base64url')}`;
}

// desktop asks as the Flex UI does, over the event bridge.
async function desktop(method, url, params = {}) {
  const res = await fetch(env.rest + '/event-bridge/v1/wschannels', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ url, method, params, token: env.supervisor2 }),
  });
  if (!res.ok) throw new Error(`${method} ${url}: ${res.status} ${await res.text()}`);
  return (await res.json()).payload;
}

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

// until waits for what get answers.
async function until(what, get) {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((r) => setTimeout(r, 20))) {
    const v = await get();
    if (v) return v;
  }
  throw new Error(`not seen: ${what}`);
}

run(async () => {
  const begun = await rest('POST', '/flex-api/v2/WebChats', {
    AddressSid: env.address, ChatFriendlyName: 'Webchat widget', CustomerFriendlyName: 'Maya', PreEngagementData: '{"friendlyName":"Maya"}',
  });
  const client = await Client.create(token(begun.identity), options());
  const chat = await client.getConversationBySid(begun.conversation_sid);
  assert.equal(chat.state.current, 'active');
  assert.equal(client.user.friendlyName, 'Maya');
  assert.deepEqual(chat.attributes.pre_engagement_data, { friendlyName: 'Maya' });
  // The client tells of nobody joining who is there when it first reads the roster.
  assert.deepEqual((await chat.getParticipants()).map((p) => p.identity), [begun.identity]);

  // The Task is offered; the desktop accepts its Invite, as the Flex UI does.
  const offered = await until('the Task offered', async () =>
    (await desktop('GET', `Workspaces/${env.workspace}/Workers/${env.worker}/Reservations`)).contents.find((r) => r.task.attributes.includes(begun.conversation_sid)),
  );
  const a = JSON.parse(offered.task.attributes);
  assert.equal(a.customerName, 'Maya');
  const channel = `v1/Interactions/${a.flexInteractionSid}/Channels/${a.flexInteractionChannelSid}`;
  const joined = seen(chat, 'participantJoined', (p) => p.identity === 'worker0', 'the agent joining');
  await desktop('POST', `${channel}/Invites/${a.flexChannelInviteSid}`, { action: 'accept', routing: { type: 'taskrouter', reservation: { sid: offered.sid } } });
  await joined;
  assert.deepEqual((await desktop('GET', `v1/Interactions/${a.flexInteractionSid}/Channels`)).channels.map((c) => c.status), ['active']);
  const there = await until('two in the channel', async () => {
    const all = (await desktop('GET', `${channel}/Participants`)).participants;
    return all.length === 2 && all;
  });
  assert.deepEqual(there.map((p) => p.type).sort(), ['agent', 'customer']);

  // Both write.
  const agent = await Client.create(env.supervisor2, options());
  const theirs = await until('the chat at the desktop', async () => (await agent.getSubscribedConversations()).items.find((c) => c.sid === chat.sid));
  const atDesk = seen(theirs, 'messageAdded', (m) => m.body === 'My display shows E07', "the customer's Message");
  await chat.sendMessage('My display shows E07');
  assert.equal((await atDesk).author, begun.identity);
  const atPage = seen(chat, 'messageAdded', (m) => m.author === 'worker0', "the agent's Message");
  await theirs.sendMessage('Shall we look together?');
  await atPage;

  // An image goes both ways.
  for (const [from, to, name] of [[chat, theirs, 'display.png'], [theirs, chat, 'plug.png']]) {
    const came = seen(to, 'messageAdded', (m) => m.attachedMedia?.[0]?.filename === name, `the image ${name}`);
    await from.prepareMessage().addMedia({ contentType: 'image/png', filename: name, media: new Blob([png], { type: 'image/png' }) }).build().send();
    const url = await (await came).attachedMedia[0].getContentTemporaryUrl();
    assert.deepEqual(Buffer.from(await (await fetch(url)).arrayBuffer()), png);
  }

  // The token is renewed, as its server does.
  await client.updateToken(token(begun.identity));
  await chat.sendMessage('Still here');

  // The agent ends the chat: the page sees it closed, and nobody writes any more.
  const closed = seen(chat, 'updated', (e) => e.conversation.state?.current === 'closed', 'the chat closed');
  await desktop('POST', channel, { status: 'closed', routing: { status: 'wrapup' } });
  await closed;
  await assert.rejects(chat.sendMessage('Hello?'));
  await until('the wrap-up', async () => (await desktop('GET', `Workspaces/${env.workspace}/Workers/${env.worker}/Reservations/${offered.sid}`)).reservation_status === 'wrapping');
  await desktop('POST', channel, { status: 'closed', routing: { status: 'closed' } });
  await until('the Task completed', async () => (await rest('GET', `/taskrouter/v1/Workspaces/${env.workspace}/Tasks/${offered.task_sid}`)).assignment_status === 'completed');

  // Whom nobody has answered may go: their server closes the chat, and the Task is canceled.
  const other = await rest('POST', '/flex-api/v2/WebChats', { AddressSid: env.address });
  await rest('POST', `/conversations/v1/Conversations/${other.conversation_sid}`, { State: 'closed' });
  await until('the Task canceled', async () =>
    (await rest('GET', `/taskrouter/v1/Workspaces/${env.workspace}/Tasks`)).tasks.some((k) => k.attributes.includes(other.conversation_sid) && k.assignment_status === 'canceled'),
  );
});

// Every action and function that @twilio/flex-sdk exports, called once. What local Twilio does
// not do is refused, and stands in docs/local-twilio.md.
'use strict';
const assert = require('node:assert/strict');
const { asked } = require('./hosts.js');
const sdk = require('@twilio/flex-sdk');
const { env, seen, refused, rest, run } = require('./stage.js');
const { watch, done } = require('./methods.js');

// functions are what it exports beside classes, wrapped so that calls are counted.
const functions = {};
for (const [name, v] of Object.entries(sdk)) {
  if (typeof v !== 'function') continue;
  if (v.prototype?.run) watch(name, v.prototype);
  else if (/^[a-z]/.test(name)) functions[name] = v;
}
watch('', functions);
const { createClient } = functions;

run(async () => {
  const client = await createClient(env.flexToken, { telemetryOptions: { disabled: true }, logger: { level: 'silent' } });
  const act = (name, ...args) => client.execute(new sdk[name](...args));

  // Who one is, and what the account is set to.
  assert.deepEqual(client.roles, ['supervisor', 'admin']);
  assert.equal((await functions.validateToken(env.account, env.flexToken)).workerSid, env.worker);
  assert.equal((await functions.getAccountConfig(env.flexToken)).taskrouterWorkspaceSid, env.workspace);
  assert.equal((await functions.getPublicConfig({ accountSid: env.account })).accountSid, env.account);
  assert.ok(await functions.getFeaturesConfig(env.flexToken));
  assert.deepEqual((await functions.setAccountConfig(env.account, env.flexToken, { attributes: { a: 1 } })).attributes, { a: 1 });
  assert.match(functions.getLoginDetails({ clientId: 'x', accountSid: env.account, flexInstanceSid: 'GO0', redirectUrl: 'http://127.0.0.1/' }).loginUrl, /services\.twilio\.com\/v1\/Flex\/Authorize/);
  await refused(functions.getAuthenticationConfig({ accountSid: env.account, runtimeDomain: 'x' }), 'log-in');
  await refused(functions.exchangeToken({ clientId: 'x', code: 'x', codeVerifier: 'x', nonce: 'x', accountSid: env.account, redirectUrl: 'http://127.0.0.1/' }), 'log-in');
  await refused(functions.refreshToken({ clientId: 'x', refreshToken: 'x', accountSid: env.account }), 'log-in');

  // The Worker.
  const worker = await client.getWorker();
  assert.equal(worker.sid, env.worker);
  const activity = (available) => [...worker.activities.values()].find((a) => a.available === available).sid;
  assert.equal((await (await client.getWorkspace()).fetchWorkers()).size, 2);
  await act('SetCurrentActivity', activity(false));
  await act('SetCurrentActivity', activity(true));
  await act('SetAttributes', { team: 'blue' }, { mergeExisting: true });
  await act('SetWorkerAttributes', env.worker2, { team: 'blue' });
  await act('SetWorkerActivity', env.worker2, activity(false));
  const other = await rest('GET', `/taskrouter/v1/Workspaces/${env.workspace}/Workers/${env.worker2}`);
  assert.equal(other.attributes, '{"team":"blue"}');
  assert.equal(other.available, false);

  // A chat, from the offer to the end.
  const chat = async () => {
    const offer = seen(worker, 'reservationCreated');
    const made = await rest('POST', '/flex-api/v2/WebChats', { AddressSid: env.address, ChatFriendlyName: 'Cleo', PreEngagementData: '{}' });
    const r = await offer;
    return { task: r.task.sid, reservation: r, conversation: made.ConversationSid ?? made.conversation_sid };
  };
  const one = await chat();
  const rejected = seen(one.reservation, 'rejected');
  const back = seen(worker, 'reservationCreated', (r) => r.task.sid === one.task && r.sid !== one.reservation.sid);
  await act('RejectTask', one.task);
  await rejected;
  const again = await back;
  const joined = seen({ on: (event, f) => act('AddConversationEventListener', event, f) }, 'conversationJoined');
  const accepted = seen(again, 'accepted');
  assert.equal((await act('AcceptTask', one.task)).reservation.status, 'accepted');
  await accepted;
  await joined;
  const people = await act('GetTaskParticipants', one.task);
  assert.deepEqual(people.participants?.map((p) => p.type) ?? people.map((p) => p.type), ['customer', 'agent']);
  const changed = await act('AddTaskParticipantListener', one.task, 'participantAdded', () => {});
  changed.unsubscribe();
  await act('SetTaskAttributes', one.task, { mine: true }, { mergeExisting: true });
  assert.equal(JSON.parse((await rest('GET', `/taskrouter/v1/Workspaces/${env.workspace}/Tasks/${one.task}`)).attributes).mine, true);
  const conversation = await act('GetConversationByTask', one.task);
  assert.equal(conversation.sid, one.conversation);
  assert.equal((await act('GetConversationsUser', 'worker0')).identity, 'worker0');
  assert.deepEqual((await act('GetPausedConversations')).items, []);
  assert.deepEqual(await act('GetConversationTransfers', one.task), []);

  // What is not there: voice and e-mail, which a chat's Task cannot do anyway, pausing, and the
  // GraphQL of the data client, which is made and cannot ask.
  for (const [name, want, ...args] of [
    ['AddEmailParticipant', 48515, one.task, 'a@example.org', 'to'], ['RemoveEmailParticipant', 48515, one.task, 'UT0'],
    ['StartOutboundEmailTask', 20003, 'a@example.org'], ['PauseConversation', 48501, one.task],
    ['ResumeConversation', 48502, { interactionSid: 'KD0', sid: 'UO0' }], ['AddExternalVoiceParticipant', 48400, one.task, '+15005550006'],
    ['CancelVoiceTaskTransfer', 48915, one.task], ['EndVoiceCallForAll', 48402, one.task], ['GetCallByTask', 48915, one.task],
    ['HoldVoiceParticipant', 48412, 'UT0', one.task], ['UnholdVoiceParticipant', 48411, 'UT0', one.task], ['KickVoiceParticipant', 48904, 'UT0', one.task],
    ['MonitorCall', 48419, one.task, again.sid], ['StartOutboundCall', 48421, '+15005550006'], ['StartVoiceTaskTransfer', 48915, one.task, env.worker2],
    ['AddVoiceEventListener', 48416, 'incoming', () => {}],
  ]) {
    assert.equal((await refused(act(name, ...args), name)).code, want, name);
  }
  assert.ok(await act('InitializeDataClient'));

  const wrapping = seen(again, 'wrapup');
  await act('WrapUpTask', one.task);
  await wrapping;
  const completed = seen(again, 'completed');
  await act('CompleteTask', one.task);
  await completed;
  const two = await chat();
  await act('AcceptTask', two.task);
  await act('EndTask', two.task);
  await act('EndTask', two.task);

  // Others take over.
  const three = await chat();
  await act('AcceptTask', three.task);
  await act('SetWorkerActivity', env.worker2, activity(true));
  await act('StartConversationTransfer', three.task, env.worker2);
  const four = await chat();
  await act('AcceptTask', four.task);
  await act('LeaveConversation', four.task);

  watch('Client', Object.getPrototypeOf(client));
  const updated = seen(client, 'tokenUpdated');
  client.updateToken(env.flexToken2);
  await updated;
  await client.execute(new sdk.SetAttributes({ team: 'red' }));
  await client.getWorker();
  await client.getWorkspace();
  client.destroy();
  assert.deepEqual([...asked], [], 'hosts that are not Twilio\'s');
  done('Client.setupProxies'); // no part of its types
});

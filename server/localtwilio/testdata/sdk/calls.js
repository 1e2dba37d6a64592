// A table of the calls that a Flex developer's functions make, with the unmodified npm
// package twilio. Each row is what is called, and what must come of it; rows run in
// order and share x. Every answer is held against Twilio's documents on its way.
//
// A row is [name, call, check]. A row with a fourth column, an error code, may be refused
// with that code instead, and with no other.
'use strict';
const assert = require('node:assert/strict');
const twilio = require('twilio');
const stage = JSON.parse(process.env.STAGE);

class Local extends twilio.RequestClient {
  request(o) {
    return super.request({ ...o, uri: o.uri.replace(/^https:\/\/([\w-]+)[^/]*/, `${stage.rest}/$1`) });
  }
}
const client = (user, password = 'none') => twilio(user || 'none', password, { accountSid: stage.account, httpClient: new Local() });
const c = client(stage.account, stage.authToken);
// x is what earlier rows made; what a refused row did not make is called none.
const x = new Proxy({}, { get: (made, name) => made[name] ?? 'none' });
const sid = (prefix, v) => assert.match(v, new RegExp(`^${prefix}[0-9a-f]{32}$`));
const is = (want) => (got) => assert.deepEqual(got, want);
const has = (want) => (got) => {
  for (const [k, v] of Object.entries(want)) assert.deepEqual(got[k], v, `${k} is ${JSON.stringify(got[k])}, want ${JSON.stringify(v)}`);
};
const some = (f) => (list) => assert.ok(list.some(f), `none of ${list.length} is the one`);
const gone = is(true);
// refusal wants an error of a code.
const refusal = (code) => ({ code });

const service = () => c.sync.v1.services(stage.sync);
const room = () => c.video.v1.rooms(stage.room);
const space = () => c.taskrouter.v1.workspaces(stage.workspace);
const chat = () => c.conversations.v1.conversations(x.conversation);

const rows = [
  // Video
  ['rooms.create', () => c.video.v1.rooms.create({ uniqueName: 'made', type: 'group', maxParticipants: 4, emptyRoomTimeout: 2, unusedRoomTimeout: 3, mediaRegion: 'de1', statusCallback: 'http://127.0.0.1:1/', statusCallbackMethod: 'POST', recordParticipantsOnConnect: false, maxParticipantDuration: 700 }),
    (r) => { has({ uniqueName: 'made', type: 'group', status: 'in-progress', maxParticipants: 4, emptyRoomTimeout: 2, unusedRoomTimeout: 3, maxParticipantDuration: 700 })(r); x.made = r.sid; }],
  ['rooms.create again', () => c.video.v1.rooms.create({ uniqueName: 'made' }), refusal(53113)],
  ['rooms.create audioOnly', () => c.video.v1.rooms.create({ uniqueName: 'audio', audioOnly: true, videoCodecs: ['VP8'] }), has({ audioOnly: true })],
  ['rooms.create with rules', () => c.video.v1.rooms.create({ recordingRules: [{ type: 'exclude', all: true }] }), (r) => sid('RM', r.sid)],
  ['rooms.fetch', () => c.video.v1.rooms('made').fetch(), (r) => assert.equal(r.sid, x.made)],
  ['rooms.list', () => c.video.v1.rooms.list({ status: 'in-progress', limit: 20 }), some((r) => r.uniqueName === 'made')],
  ['rooms.list by name', () => c.video.v1.rooms.list({ uniqueName: 'made' }), (l) => assert.equal(l.length, 1)],
  ['rooms.list by date', () => c.video.v1.rooms.list({ dateCreatedAfter: new Date(Date.now() + 864e5) }), is([])],
  ['rooms.page', () => c.video.v1.rooms.page({ pageSize: 1 }), async (p) => { assert.equal(p.instances.length, 1); assert.equal((await p.nextPage()).instances.length, 1); }],
  ['rooms.fetch of none', () => c.video.v1.rooms('nobody').fetch(), refusal(20404)],
  ['recordingRules.fetch', () => c.video.v1.rooms('made').recordingRules.fetch(), (r) => assert.equal(r.roomSid, x.made)],
  ['recordingRules.update', () => c.video.v1.rooms('made').recordingRules.update({ rules: [{ type: 'include', kind: 'audio' }] }), (r) => assert.equal(r.rules[0].kind, 'audio')],
  ['rooms.update', () => c.video.v1.rooms('made').update({ status: 'completed' }), has({ status: 'completed' })],
  ['participants.list', () => room().participants.list(), (l) => assert.deepEqual(l.map((p) => p.identity).sort(), ['ada', 'bob'])],
  ['participants.list by identity', () => room().participants.list({ identity: 'ada', status: 'connected' }), (l) => { assert.equal(l.length, 1); x.ada = l[0].sid; }],
  ['participants.fetch', () => room().participants('ada').fetch(), (p) => assert.equal(p.sid, x.ada)],
  ['publishedTracks.list', () => room().participants('ada').publishedTracks.list(), (l) => { has({ name: 'mic', kind: 'audio' })(l[0]); x.track = l[0].sid; }],
  ['publishedTracks.fetch', () => room().participants('ada').publishedTracks(x.track).fetch(), has({ name: 'mic' })],
  ['subscribedTracks.list', () => room().participants('bob').subscribedTracks.list(), (l) => assert.equal(l[0].publisherSid, x.ada)],
  ['subscribedTracks.fetch', () => room().participants('bob').subscribedTracks(x.track).fetch(), has({ name: 'mic' })],
  ['subscribeRules.fetch', () => room().participants('bob').subscribeRules.fetch(), (r) => assert.equal(r.rules[0].type, 'include')],
  ['subscribeRules.update', () => room().participants('bob').subscribeRules.update({ rules: [{ type: 'exclude', all: true }] }), (r) => assert.equal(r.rules[0].type, 'exclude')],
  ['participants.update', () => room().participants('ada').update({ status: 'disconnected' }), has({ status: 'disconnected' })],
  ['anonymize', () => room().participants(x.ada).anonymize().update(), (p) => assert.notEqual(p.identity, 'ada')],
  ['recordings.list', () => c.video.v1.recordings.list({ groupingSid: [stage.room] }), (l) => { assert.equal(l.length, 2); x.recordings = l.map((r) => r.sid); }],
  ['recordings.fetch', () => c.video.v1.recordings(x.recordings[0]).fetch(), has({ status: 'completed' })],
  ['rooms.recordings.list', () => room().recordings.list(), (l) => assert.equal(l.length, 2)],
  ['rooms.recordings.fetch', () => room().recordings(x.recordings[1]).fetch(), has({ roomSid: stage.room })],
  ['rooms.recordings.remove', () => room().recordings(x.recordings[1]).remove(), gone],
  ['recordings.remove', () => c.video.v1.recordings(x.recordings[0]).remove(), gone],
  ['compositions.create', async () => { await room().update({ status: 'completed' }); return c.video.v1.compositions.create({ roomSid: stage.room, audioSources: ['*'], videoLayout: { grid: { video_sources: ['*'] } }, format: 'mp4', resolution: '640x480' }); },
    (v) => { has({ roomSid: stage.room, format: 'mp4', resolution: '640x480' })(v); x.composition = v.sid; }],
  ['compositions.fetch', () => c.video.v1.compositions(x.composition).fetch(), (v) => assert.equal(v.sid, x.composition)],
  ['compositions.list', () => c.video.v1.compositions.list({ roomSid: stage.room }), some((v) => v.sid === x.composition)],
  ['compositions.remove', () => c.video.v1.compositions(x.composition).remove(), gone],
  ['compositionHooks.create', () => c.video.v1.compositionHooks.create({ friendlyName: 'hook', audioSources: ['*'] }), (h) => { sid('HK', h.sid); x.hook = h.sid; }],
  ['compositionHooks.list', () => c.video.v1.compositionHooks.list(), (l) => assert.equal(l.length, 1)],
  ['compositionHooks.remove', () => c.video.v1.compositionHooks(x.hook).remove(), gone],
  ['compositionSettings.fetch', () => c.video.v1.compositionSettings().fetch(), has({ accountSid: stage.account })],
  ['recordingSettings.fetch', () => c.video.v1.recordingSettings().fetch(), has({ accountSid: stage.account })],
  ['transcriptions.list', () => room().transcriptions.list(), is([])],

  // Sync
  ['sync services.list', () => c.sync.v1.services.list(), some((s) => s.sid === stage.sync)],
  ['sync services.fetch', () => c.sync.v1.services('default').fetch(), has({ sid: stage.sync, aclEnabled: false })],
  ['sync services.create', () => c.sync.v1.services.create({ friendlyName: 'mine', aclEnabled: true, reachabilityWebhooksEnabled: true, reachabilityDebouncingEnabled: true, reachabilityDebouncingWindow: 2000, webhooksFromRestEnabled: true }),
    (s) => { has({ friendlyName: 'mine', aclEnabled: true, reachabilityWebhooksEnabled: true, reachabilityDebouncingEnabled: true, reachabilityDebouncingWindow: 2000, webhooksFromRestEnabled: true })(s); x.service = s.sid; }],
  ['sync services.create with a webhook', () => c.sync.v1.services.create({ webhookUrl: 'https://example.com' }), refusal(20001)],
  ['sync services.update', () => c.sync.v1.services(x.service).update({ aclEnabled: false, friendlyName: 'ours' }), has({ aclEnabled: false, friendlyName: 'ours' })],
  ['documents.create', () => service().documents.create({ uniqueName: 'd', data: { a: 1 }, ttl: 600 }), (d) => { has({ uniqueName: 'd', data: { a: 1 }, revision: '0' })(d); x.document = d.sid; }],
  ['documents.create elsewhere', () => c.sync.v1.services(x.service).documents.create({ uniqueName: 'd', data: {} }), (d) => assert.notEqual(d.sid, x.document)],
  ['documents.create again', () => service().documents.create({ uniqueName: 'd' }), refusal(54301)],
  ['documents.fetch', () => service().documents('d').fetch(), has({ data: { a: 1 } })],
  ['documents.fetch of another Service', () => c.sync.v1.services(x.service).documents(x.document).fetch(), refusal(20404)],
  ['documents.update', () => service().documents('d').update({ ifMatch: '0', data: { a: 2 } }), has({ revision: '1', data: { a: 2 } })],
  ['documents.update of an old revision', () => service().documents('d').update({ ifMatch: '0', data: {} }), refusal(54103)],
  ['documents.list', () => service().documents.list(), (l) => assert.deepEqual(l.map((d) => d.sid), [x.document])],
  ['documentPermissions.update', () => service().documents('d').documentPermissions('ada').update({ read: true, write: true, manage: false }), has({ read: true, write: true, manage: false })],
  ['documentPermissions.fetch', () => service().documents('d').documentPermissions('ada').fetch(), has({ identity: 'ada' })],
  ['documentPermissions.list', () => service().documents('d').documentPermissions.list(), (l) => assert.equal(l.length, 1)],
  ['documentPermissions.remove', () => service().documents('d').documentPermissions('ada').remove(), gone],
  ['documents.remove', () => service().documents('d').remove(), gone],
  ['syncLists.create', () => service().syncLists.create({ uniqueName: 'l', collectionTtl: 600 }), (l) => { has({ uniqueName: 'l', revision: '0' })(l); sid('ES', l.sid); assert.ok(l.dateExpires); }],
  ['syncLists.fetch', () => service().syncLists('l').fetch(), has({ uniqueName: 'l' })],
  ['syncLists.update', () => service().syncLists('l').update({ ttl: 0 }), has({ dateExpires: null })],
  ['syncLists.list', () => service().syncLists.list(), (l) => assert.equal(l.length, 1)],
  ['syncListItems.create', () => service().syncLists('l').syncListItems.create({ data: { n: 0 } }), has({ index: 0, data: { n: 0 }, revision: '0' })],
  ['syncListItems.create more', async () => { for (const n of [1, 2]) await service().syncLists('l').syncListItems.create({ data: { n }, itemTtl: 600 }); return service().syncLists('l').syncListItems(2).fetch(); }, (i) => assert.ok(i.dateExpires)],
  ['syncListItems.list', () => service().syncLists('l').syncListItems.list({ order: 'desc', from: '1', bounds: 'inclusive' }), (l) => assert.deepEqual(l.map((i) => i.index), [1, 0])],
  ['syncListItems.list exclusive', () => service().syncLists('l').syncListItems.list({ from: '1', bounds: 'exclusive', pageSize: 1 }), (l) => assert.deepEqual(l.map((i) => i.index), [2])],
  ['syncListItems.update', () => service().syncLists('l').syncListItems(0).update({ data: { n: 'zero' }, ifMatch: '0' }), has({ data: { n: 'zero' }, revision: '1' })],
  ['syncListItems.update of an old revision', () => service().syncLists('l').syncListItems(0).update({ data: {}, ifMatch: '0' }), refusal(54155)],
  ['syncListItems.remove', () => service().syncLists('l').syncListItems(0).remove(), gone],
  ['syncListItems.fetch of none', () => service().syncLists('l').syncListItems(0).fetch(), refusal(54151)],
  ['syncListPermissions.update', () => service().syncLists('l').syncListPermissions('ada').update({ read: true, write: false, manage: false }), has({ read: true, write: false })],
  ['syncListPermissions.list', () => service().syncLists('l').syncListPermissions.list(), (l) => assert.equal(l[0].identity, 'ada')],
  ['syncListPermissions.fetch', () => service().syncLists('l').syncListPermissions('ada').fetch(), has({ identity: 'ada' })],
  ['syncListPermissions.remove', () => service().syncLists('l').syncListPermissions('ada').remove(), gone],
  ['syncLists.remove', () => service().syncLists('l').remove(), gone],
  ['syncMaps.create', () => service().syncMaps.create({ uniqueName: 'm' }), (m) => { has({ uniqueName: 'm' })(m); sid('MP', m.sid); }],
  ['syncMaps.create again', () => service().syncMaps.create({ uniqueName: 'm' }), refusal(54301)],
  ['syncMaps.fetch', () => service().syncMaps('m').fetch(), has({ uniqueName: 'm' })],
  ['syncMaps.update', () => service().syncMaps('m').update({ collectionTtl: 600 }), (m) => assert.ok(m.dateExpires)],
  ['syncMaps.list', () => service().syncMaps.list(), (l) => assert.equal(l.length, 1)],
  ['syncMapItems.create', () => service().syncMaps('m').syncMapItems.create({ key: 'a b', data: { n: 1 } }), has({ key: 'a b', data: { n: 1 } })],
  ['syncMapItems.create again', () => service().syncMaps('m').syncMapItems.create({ key: 'a b', data: {} }), refusal(54208)],
  ['syncMapItems.fetch', () => service().syncMaps('m').syncMapItems('a b').fetch(), has({ data: { n: 1 } })],
  ['syncMapItems.update', () => service().syncMaps('m').syncMapItems('a b').update({ data: { n: 2 }, ifMatch: '0' }), has({ data: { n: 2 }, revision: '1' })],
  ['syncMapItems.update of an old revision', () => service().syncMaps('m').syncMapItems('a b').update({ data: {}, ifMatch: '0' }), refusal(54205)],
  ['syncMapItems.list', () => service().syncMaps('m').syncMapItems.list({ order: 'asc', from: 'a' }), (l) => assert.equal(l.length, 1)],
  ['syncMapItems.remove', () => service().syncMaps('m').syncMapItems('a b').remove(), gone],
  ['syncMapItems.fetch of none', () => service().syncMaps('m').syncMapItems('a b').fetch(), refusal(54201)],
  ['syncMapPermissions.update', () => service().syncMaps('m').syncMapPermissions('ada').update({ read: true, write: true, manage: true }), has({ manage: true })],
  ['syncMapPermissions.list', () => service().syncMaps('m').syncMapPermissions.list(), (l) => assert.equal(l.length, 1)],
  ['syncMaps.remove', () => service().syncMaps('m').remove(), gone],
  ['syncStreams.create', () => service().syncStreams.create({ uniqueName: 's', ttl: 60 }), (s) => { has({ uniqueName: 's' })(s); sid('TO', s.sid); }],
  ['syncStreams.fetch', () => service().syncStreams('s').fetch(), has({ uniqueName: 's' })],
  ['syncStreams.update', () => service().syncStreams('s').update({ ttl: 0 }), has({ dateExpires: null })],
  ['syncStreams.list', () => service().syncStreams.list(), (l) => assert.equal(l.length, 1)],
  ['streamMessages.create', () => service().syncStreams('s').streamMessages.create({ data: { hi: 1 } }), (m) => { assert.deepEqual(m.data, { hi: 1 }); sid('TZ', m.sid); }],
  ['streamMessages.create too large', () => service().syncStreams('s').streamMessages.create({ data: { hi: 'x'.repeat(4096) } }), refusal(54006)],
  ['syncStreams.remove', () => service().syncStreams('s').remove(), gone],
  ['sync services.remove', () => c.sync.v1.services(x.service).remove(), gone],
  ['sync services.fetch of none', () => c.sync.v1.services(x.service).fetch(), refusal(20404)],

  // api.twilio.com
  ['accounts.fetch', () => c.api.v2010.accounts(stage.account).fetch(), has({ sid: stage.account, status: 'active', authToken: stage.authToken })],
  ['accounts.list', () => c.api.v2010.accounts.list(), (l) => assert.equal(l.length, 1)],
  ['keys.create', () => c.newKeys.create({ friendlyName: 'mine' }), (k) => { sid('SK', k.sid); assert.ok(k.secret); x.key = k; }],
  ['keys.fetch', () => c.keys(x.key.sid).fetch(), has({ friendlyName: 'mine' })],
  ['keys.update', () => c.keys(x.key.sid).update({ friendlyName: 'ours' }), has({ friendlyName: 'ours' })],
  ['keys.list', () => c.keys.list(), some((k) => k.sid === x.key.sid && k.friendlyName === 'ours')],
  ['a key authenticates', () => client(x.key.sid, x.key.secret).sync.v1.services.list(), (l) => assert.ok(l.length)],
  ['a key does not manage keys', () => client(x.key.sid, x.key.secret).keys.list(), refusal(20003)],
  ['keys.remove', () => c.keys(x.key.sid).remove(), gone],
  ['a deleted key does not authenticate', () => client(x.key.sid, x.key.secret).sync.v1.services.list(), refusal(20003)],
  ['tokens.create', () => c.tokens.create({ ttl: 3600 }), (t) => { assert.equal(t.ttl, '3600'); assert.ok(t.iceServers.some((s) => s.urls.startsWith('turn:') && s.credential)); assert.ok(t.username && t.password); }],

  // IAM
  ['iam keys.create', () => c.iam.v1.newApiKey.create({ accountSid: stage.account, friendlyName: 'iam', keyType: 'standard' }), (k) => { sid('SK', k.sid); assert.ok(k.secret); x.iam = k.sid; }],
  ['iam keys.create restricted', () => c.iam.v1.newApiKey.create({ accountSid: stage.account, keyType: 'restricted', policy: { allow: ['/twilio/messaging/messages/read'] } }), refusal(20001)],
  ['iam keys.fetch', () => c.iam.v1.apiKey(x.iam).fetch(), has({ friendlyName: 'iam' })],
  ['iam keys.update', () => c.iam.v1.apiKey(x.iam).update({ friendlyName: 'named' }), has({ friendlyName: 'named' })],
  ['iam keys.list', () => c.iam.v1.getApiKeys.list({ accountSid: stage.account }), some((k) => k.sid === x.iam)],
  ['iam keys.remove', () => c.iam.v1.apiKey(x.iam).remove(), gone],

  // TaskRouter
  ['workspaces.fetch', () => space().fetch(), has({ sid: stage.workspace })],
  ['workspaces.list', () => c.taskrouter.v1.workspaces.list(), some((w) => w.sid === stage.workspace)],
  ['workspaces.update', () => space().update({ friendlyName: 'Flex Task Assignment' }), has({ friendlyName: 'Flex Task Assignment' })],
  ['activities.list', () => space().activities.list(), (l) => { assert.ok(l.length); x.offline = l.find((a) => !a.available).sid; x.available = l.find((a) => a.available).sid; }],
  ['activities.create', () => space().activities.create({ friendlyName: 'Lunch', available: false }), (a) => { has({ friendlyName: 'Lunch', available: false })(a); x.activity = a.sid; }],
  ['activities.fetch', () => space().activities(x.activity).fetch(), has({ friendlyName: 'Lunch' })],
  ['activities.update', () => space().activities(x.activity).update({ friendlyName: 'Dinner' }), has({ friendlyName: 'Dinner' })],
  ['activities.remove', () => space().activities(x.activity).remove(), gone],
  ['taskChannels.list', () => space().taskChannels.list(), some((t) => t.uniqueName === 'chat')],
  ['taskChannels.create', () => space().taskChannels.create({ friendlyName: 'Fax', uniqueName: 'fax' }), (t) => { has({ uniqueName: 'fax' })(t); x.channel = t.sid; }],
  ['taskChannels.fetch', () => space().taskChannels('fax').fetch(), has({ friendlyName: 'Fax' })],
  ['taskChannels.update', () => space().taskChannels('fax').update({ friendlyName: 'Telefax' }), has({ friendlyName: 'Telefax' })],
  ['taskChannels.remove', () => space().taskChannels('fax').remove(), gone],
  ['taskQueues.list', () => space().taskQueues.list(), (l) => assert.ok(l.length)],
  ['taskQueues.create', () => space().taskQueues.create({ friendlyName: 'Red', targetWorkers: 'team == "red"', maxReservedWorkers: 2 }), (q) => { has({ friendlyName: 'Red', targetWorkers: 'team == "red"', maxReservedWorkers: 2 })(q); x.queue = q.sid; }],
  ['taskQueues.create of nonsense', () => space().taskQueues.create({ friendlyName: 'Bad', targetWorkers: 'team ==' }), refusal(20001)],
  ['taskQueues.fetch', () => space().taskQueues(x.queue).fetch(), has({ friendlyName: 'Red' })],
  ['taskQueues.update', () => space().taskQueues(x.queue).update({ friendlyName: 'Reds' }), has({ friendlyName: 'Reds' })],
  ['workflows.list', () => space().workflows.list(), (l) => assert.ok(l.length)],
  ['workflows.create', () => space().workflows.create({ friendlyName: 'Reds', configuration: JSON.stringify({ task_routing: { filters: [], default_filter: { queue: x.queue } } }), taskReservationTimeout: 60 }), (w) => { has({ friendlyName: 'Reds', taskReservationTimeout: 60 })(w); x.workflow = w.sid; }],
  ['workflows.fetch', () => space().workflows(x.workflow).fetch(), has({ friendlyName: 'Reds' })],
  ['workflows.update', () => space().workflows(x.workflow).update({ friendlyName: 'All reds' }), has({ friendlyName: 'All reds' })],
  ['workers.create', () => space().workers.create({ friendlyName: 'carla', attributes: '{"team":"red"}' }), (w) => { has({ friendlyName: 'carla', attributes: '{"team":"red"}' })(w); x.worker = w.sid; }],
  ['workers.list', () => space().workers.list({ friendlyName: 'ana' }), (l) => assert.deepEqual(l.map((w) => w.sid), [stage.worker])],
  ['workers.list by expression', () => space().workers.list({ targetWorkersExpression: 'team == "blue"' }), (l) => assert.deepEqual(l.map((w) => w.sid), [stage.worker])],
  ['workers.fetch', () => space().workers(stage.worker).fetch(), has({ friendlyName: 'ana' })],
  ['workers.update', () => space().workers(stage.worker).update({ attributes: '{"team":"blue","n":1}' }), has({ attributes: '{"team":"blue","n":1}' })],
  ['workers.update of the activity', () => space().workers(x.worker).update({ activitySid: x.available }), has({ available: true })],
  ['workers.update of an unknown activity', () => space().workers(stage.worker).update({ activitySid: 'WA00000000000000000000000000000000' }), refusal(20001)],
  ['workerChannels.list', () => space().workers(stage.worker).workerChannels.list(), some((w) => w.taskChannelUniqueName === 'chat')],
  ['workerChannels.update', () => space().workers(stage.worker).workerChannels('chat').update({ capacity: 3, available: true }), has({ configuredCapacity: 3 })],
  ['tasks.create', () => space().tasks.create({ attributes: '{"to":"reds"}', workflowSid: x.workflow, taskChannel: 'chat', priority: 3, timeout: 600 }), (t) => { has({ priority: 3, timeout: 600, workflowSid: x.workflow, attributes: '{"to":"reds"}' })(t); x.task = t.sid; }],
  ['tasks.create plain', () => space().tasks.create({ attributes: '{}', taskChannel: 'chat', workflowSid: stage.workflow }), (t) => { sid('WT', t.sid); x.plain = t.sid; }],
  ['tasks.fetch', () => space().tasks(x.plain).fetch(), has({ taskChannelUniqueName: 'chat' })],
  ['tasks.list', () => space().tasks.list({ assignmentStatus: ['pending', 'reserved'] }), some((t) => t.sid === x.plain)],
  ['tasks.update', () => space().tasks(x.plain).update({ attributes: '{"a":1}', priority: 5 }), has({ attributes: '{"a":1}', priority: 5 })],
  ['tasks.update of an old revision', () => space().tasks(x.plain).update({ attributes: '{}', ifMatch: '99' }), refusal(20412)],
  ['task reservations.list', () => space().tasks(x.plain).reservations.list(), (l) => Array.isArray(l)],
  ['worker reservations.list', () => space().workers(stage.worker).reservations.list(), (l) => Array.isArray(l)],
  ['tasks.cancel', () => space().tasks(x.plain).update({ assignmentStatus: 'canceled', reason: 'enough' }), has({ assignmentStatus: 'canceled', reason: 'enough' })],
  ['tasks.remove', () => space().tasks(x.plain).remove(), gone],
  ['taskQueues.remove of one in use', () => space().taskQueues(x.queue).remove(), refusal(20001)],
  ['tasks.create without a Workflow, of which there are two', () => space().tasks.create({ attributes: '{}' }), refusal(20001)],

  // Conversations
  ['conversations.create', () => c.conversations.v1.conversations.create({ friendlyName: 'Chat', uniqueName: 'chat-1', attributes: '{"a":1}' }), (v) => { has({ friendlyName: 'Chat', uniqueName: 'chat-1', attributes: '{"a":1}', state: 'active' })(v); x.conversation = v.sid; }],
  ['conversations.create again', () => c.conversations.v1.conversations.create({ uniqueName: 'chat-1' }), refusal(50353)],
  ['conversations.create with timers', () => c.conversations.v1.conversations.create({ 'timers.inactive': 'PT10M', 'timers.closed': 'PT1H' }), (v) => { assert.ok(v.timers); x.timed = v.sid; }, 20001],
  ['conversations.create with a state', () => c.conversations.v1.conversations.create({ state: 'inactive' }), has({ state: 'inactive' }), 20001],
  ['conversations.fetch', () => c.conversations.v1.conversations('chat-1').fetch(), (v) => assert.equal(v.sid, x.conversation)],
  ['conversations.list', () => c.conversations.v1.conversations.list({ state: 'active' }), some((v) => v.sid === x.conversation)],
  ['conversations.update', () => chat().update({ friendlyName: 'Talk', attributes: '{"b":2}' }), has({ friendlyName: 'Talk', attributes: '{"b":2}' })],
  ['conversations.update of the unique name', () => chat().update({ uniqueName: 'chat-2' }), has({ uniqueName: 'chat-2' }), 20001],
  ['messages.create', () => chat().messages.create({ author: 'ada', body: 'hello', attributes: '{"m":1}', xTwilioWebhookEnabled: 'true' }), (m) => { has({ author: 'ada', body: 'hello', index: 0, attributes: '{"m":1}' })(m); x.message = m.sid; }],
  ['messages.create with contentSid', () => chat().messages.create({ contentSid: 'HX00000000000000000000000000000000' }), refusal(20001)],
  ['messages.create with dateCreated', () => chat().messages.create({ body: 'old', dateCreated: new Date(0) }), (m) => assert.equal(m.dateCreated.getTime(), 0), 20001],
  ['messages.fetch', () => chat().messages(x.message).fetch(), has({ body: 'hello' })],
  ['messages.list', () => chat().messages.list({ order: 'desc', limit: 1 }), (l) => assert.equal(l.length, 1)],
  ['messages.update', () => chat().messages(x.message).update({ body: 'hello!' }), has({ body: 'hello!' }), 20004],
  ['messages.remove', () => chat().messages(x.message).remove(), gone, 20004],
  ['chat participants.create', () => chat().participants.create({ identity: 'ada', attributes: '{"p":1}' }), (p) => { has({ identity: 'ada', attributes: '{"p":1}' })(p); x.member = p.sid; }],
  ['chat participants.create again', () => chat().participants.create({ identity: 'ada' }), refusal(50433)],
  ['chat participants.fetch', () => chat().participants(x.member).fetch(), has({ identity: 'ada' })],
  ['chat participants.list', () => chat().participants.list(), (l) => assert.equal(l.length, 1)],
  ['chat participants.update', () => chat().participants(x.member).update({ attributes: '{"p":2}' }), has({ attributes: '{"p":2}' }), 20004],
  ['participantConversations.list', () => c.conversations.v1.participantConversations.list({ identity: 'ada' }), some((p) => p.conversationSid === x.conversation), 20404],
  ['conversation webhooks.create', () => chat().webhooks.create({ target: 'webhook', 'configuration.url': 'http://127.0.0.1:1/', 'configuration.method': 'POST', 'configuration.filters': ['onMessageAdded'] }), (w) => { has({ target: 'webhook' })(w); x.webhook = w.sid; }, 20404],
  ['conversation webhooks.list', () => chat().webhooks.list(), (l) => assert.equal(l.length, 1), 20404],
  ['conversation webhooks.remove', () => chat().webhooks(x.webhook).remove(), gone, 20404],
  ['users.list', () => c.conversations.v1.users.list(), some((u) => u.identity === 'ada'), 20404],
  ['users.create', () => c.conversations.v1.users.create({ identity: 'zoe', friendlyName: 'Zoe' }), (u) => { has({ identity: 'zoe', friendlyName: 'Zoe' })(u); x.user = u.sid; }, 20404],
  ['users.fetch', () => c.conversations.v1.users('zoe').fetch(), has({ friendlyName: 'Zoe' }), 20404],
  ['users.update', () => c.conversations.v1.users('zoe').update({ attributes: '{"u":1}' }), has({ attributes: '{"u":1}' }), 20404],
  ['users.userConversations.list', () => c.conversations.v1.users('ada').userConversations.list(), some((v) => v.conversationSid === x.conversation), 20404],
  ['users.remove', () => c.conversations.v1.users('zoe').remove(), gone, 20404],
  ['roles.list', () => c.conversations.v1.roles.list(), (l) => assert.ok(l.length), 20404],
  ['roles.create', () => c.conversations.v1.roles.create({ friendlyName: 'guest', type: 'conversation', permission: ['sendMessage', 'leaveConversation'] }), (r) => { has({ friendlyName: 'guest' })(r); x.role = r.sid; }, 20404],
  ['roles.fetch', () => c.conversations.v1.roles(x.role).fetch(), has({ friendlyName: 'guest' }), 20404],
  ['roles.remove', () => c.conversations.v1.roles(x.role).remove(), gone, 20404],
  ['conversations services.list', () => c.conversations.v1.services.list(), some((s) => s.sid === stage.chat), 20404],
  ['conversations services.fetch', () => c.conversations.v1.services(stage.chat).fetch(), has({ sid: stage.chat }), 20404],
  ['conversations of a service', () => c.conversations.v1.services(stage.chat).conversations.list(), some((v) => v.sid === x.conversation), 20404],
  ['conversations of a service .create', () => c.conversations.v1.services(stage.chat).conversations.create({ friendlyName: 'there' }), has({ chatServiceSid: stage.chat }), 20404],
  ['conversations configuration.fetch', () => c.conversations.v1.configuration().fetch(), has({ defaultChatServiceSid: stage.chat }), 20404],
  ['conversations webhook configuration.fetch', () => c.conversations.v1.configuration.webhooks().fetch(), (w) => assert.ok(w), 20404],
  ['chat participants.remove', () => chat().participants(x.member).remove(), gone],
  ['conversations.close', () => chat().update({ state: 'closed' }), has({ state: 'closed' })],
  ['messages.create in a closed one', () => chat().messages.create({ body: 'late' }), refusal(50377)],
  ['conversations.remove', () => chat().remove(), gone, 20004],

  // Flex
  ['flex configuration.fetch', () => c.flexApi.v1.configuration().fetch(), has({ accountSid: stage.account }), 20404],
  ['flex flexFlow.list', () => c.flexApi.v1.flexFlow.list(), (l) => Array.isArray(l), 20404],
  ['flex webChats.create without an address', () => c.flexApi.v2.webChannels.create({ addressSid: 'IG00000000000000000000000000000000' }), refusal(45765)],
  ['flex interactions.create', async () => c.flexApi.v1.interaction.create({ channel: { type: 'web', initiated_by: 'api', properties: { media_channel_sid: (await c.conversations.v1.conversations.create({})).sid } }, routing: { properties: { workspace_sid: stage.workspace, workflow_sid: stage.workflow, task_channel_unique_name: 'chat', attributes: {} } } }), (i) => { sid('KD', i.sid); x.interaction = i.sid; }, 20404],

  // Insights
  ['insights rooms.list', () => c.insights.v1.rooms.list(), some((r) => r.roomSid === stage.room)],
  ['insights rooms.fetch', () => c.insights.v1.rooms(stage.room).fetch(), has({ roomSid: stage.room })],
  ['insights participants.list', () => c.insights.v1.rooms(stage.room).participants.list(), (l) => assert.equal(l.length, 2)],
];

(async () => {
  const report = { right: 0, refused: [], wrong: [] };
  for (const [name, call, check, otherwise] of rows) {
    let got, failure;
    try {
      got = await call();
    } catch (err) {
      failure = err;
    }
    try {
      if (typeof check === 'object') {
        if (!failure) assert.fail(`not refused: ${JSON.stringify(got)}`);
        if (failure.code === otherwise && otherwise !== check.code) {
          report.refused.push(name);
          continue;
        }
        assert.equal(failure.code, check.code, failure.stack);
      } else if (failure) {
        if (otherwise === undefined || failure.code !== otherwise) throw failure;
        report.refused.push(name);
        continue;
      } else await check(got);
      report.right++;
    } catch (err) {
      report.wrong.push(`${name}: ${err.stack}`);
    }
  }
  console.log(JSON.stringify(report));
})();

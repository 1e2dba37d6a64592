// Every public method of every class of twilio-taskrouter, called once. What local Twilio
// refuses, since it has no telephone, is called too, and stands in docs/local-twilio.md.
'use strict';
const assert = require('node:assert/strict');
const { Worker, Supervisor, Workspace, TaskRouterEventHandler } = require('twilio-taskrouter');
const { env, seen, refused, rest, run } = require('./stage.js');
const { watch, done } = require('./methods.js');

const servers = { ebServer: `${env.rest}/event-bridge/v1/wschannels`, wsServer: env.eventBridge, logLevel: 'silent' };
const space = `/taskrouter/v1/Workspaces/${env.workspace}`;

// open is a client that is ready.
async function open(Client, token, options = {}) {
  const c = new Client(token, { ...servers, ...options });
  await seen(c, 'ready');
  return c;
}

// until waits for what REST shows.
async function until(path, test, what) {
  const late = Date.now() + 20_000;
  for (;;) {
    const v = await rest('GET', path);
    if (test(v)) return v;
    if (Date.now() > late) throw new Error(`not seen: ${what}: ${JSON.stringify(v)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// offered has a Task offered, and waits for the Reservation at the Worker.
async function offered(worker, form) {
  const offer = seen(worker, 'reservationCreated', (r) => !form || r.task.attributes.n === form.n);
  const { n, ...rest_ } = form;
  await rest('POST', `${space}/Tasks`, { Attributes: JSON.stringify({ n }), WorkflowSid: env.workflow, ...rest_ });
  return offer;
}

run(async () => {
  watch('Worker', Worker.prototype);
  watch('Supervisor', Supervisor.prototype);
  watch('Workspace', Workspace.prototype);
  watch('TaskRouterEventHandler', TaskRouterEventHandler.prototype);

  // One whose token ends soon; the library says so 5 s before.
  const short = await open(Worker, env.trShort);
  const ending = seen(short, 'tokenExpired');

  // A token that is no good says why.
  for (const [token, code, why] of [
    [env.trElsewhere, 20106, /for Workspace WS[0-9a-f]+, and the account's is/], [env.trNobody, 20106, /for Worker WK[0-9a-f]+, whom Workspace/],
    [env.trRole, 20106, /role is "king"/], [env.trUnnamed, 20106, /names no Worker/], [env.chatOnly, 20106, /no TaskRouterGrant/],
    [env.trExpired, 20104, /expired/], [env.forged, 20107, /signature/], ['nonsense', 20003, /not a Flex token/],
  ]) {
    const res = await fetch(`${servers.ebServer}?token=${token}`);
    const answer = await res.json();
    assert.equal(res.status, 401);
    assert.equal(answer.code, code);
    assert.match(answer.message, why);
    const workspace = new Workspace(token, servers, env.workspace);
    assert.match((await refused(workspace.fetchWorkers(), 'a bad token')).message, new RegExp(`status code 401.*${why.source}`));
  }
  const bad = new Worker(env.trNobody, servers);
  assert.equal((await seen(bad, 'error')).name, 'GATEWAY_CONNECTION_FAILED');
  bad.disconnect();

  // A Worker begins.
  const ada = await open(Worker, env.trWorker, { enableVersionCheck: true });
  let early = false;
  ada.on('tokenExpired', () => { early = true; });
  const boss = await open(Supervisor, env.trSupervisor);
  assert.equal(ada.sid, env.worker);
  assert.equal(ada.name, 'worker0');
  assert.equal(ada.workspaceSid, env.workspace);
  const activity = (available) => [...ada.activities.values()].find((a) => a.available === available);
  assert.ok(ada.activity.isCurrent && ada.activity.available);
  const channel = [...ada.channels.values()].find((c) => c.taskChannelUniqueName === 'default');
  assert.equal(channel.capacity, 1);
  assert.equal(ada.reservations.size, 0);
  watch('Activity', Object.getPrototypeOf(ada.activity));
  watch('Channel', Object.getPrototypeOf(channel));
  assert.ok(ada.getLogger('Test'));
  assert.ok(ada.getRoutes().getRoute('activitiesList'));
  assert.equal(new TaskRouterEventHandler(ada).getTREventsToHandlerMapping()['reservation.created'], '_reservationCreatedHandler');

  // Attributes, Activities, capacity: theirs, and for supervisors anybody's.
  let told = seen(ada, 'attributesUpdated', (w) => w.attributes.team === 'blue');
  await ada.setAttributes({ team: 'blue' });
  await told;
  const stale = await refused(ada._request.post(`Workspaces/${env.workspace}/Workers/${ada.sid}`, { Attributes: {} }, 'v1', '0'), 'an old version');
  assert.match(stale.message, /status code 412/);
  assert.equal((await ada.fetchLatestVersion()).attributes.team, 'blue');
  told = seen(ada, 'activityUpdated', (w) => w.activity.sid === activity(false).sid);
  await activity(false).setAsCurrent({ rejectPendingReservations: true });
  await told;
  await activity(true).setAsCurrent();
  told = seen(ada, 'activityUpdated', (w) => !w.activity.available);
  assert.equal((await boss.setWorkerActivity(ada.sid, activity(false).sid, { rejectPendingReservations: true })).activity_sid, activity(false).sid);
  await told;
  told = seen(ada, 'attributesUpdated', (w) => w.attributes.team === 'green');
  assert.deepEqual(JSON.parse((await boss.setWorkerAttributes(ada.sid, { team: 'green' })).attributes), { team: 'green' });
  await told;
  assert.match((await refused(boss.setWorkerActivity(ada.sid, 'WA0'), 'no Activity')).message, /status code 400.*WA0/);
  assert.match((await refused(boss.setWorkerActivity('WK0', activity(true).sid), 'no Worker')).message, /status code 404/);
  const others = new Supervisor(env.trWorker, servers);
  await seen(others, 'ready');
  assert.match((await refused(others.setWorkerActivity(boss.sid, activity(true).sid), 'another Worker')).message, /status code 403/);
  others.disconnect();
  told = Promise.all([seen(channel, 'capacityUpdated', (c) => c.capacity === 3), seen(channel, 'availabilityUpdated', (c) => !c.available)]);
  await rest('POST', `${space}/Workers/${ada.sid}/Channels/default`, { Capacity: '3', Available: 'false' });
  await told;
  told = seen(channel, 'availabilityUpdated', (c) => c.available);
  await rest('POST', `${space}/Workers/${ada.sid}/Channels/default`, { Available: 'true' });
  await told;
  // The client has counted along: its version is still the present one.
  await ada.setAttributes({ team: 'red' });
  await activity(true).setAsCurrent();
  await boss.setWorkerActivity(boss.sid, activity(false).sid);

  // A Task of one's own, from the offer to the end.
  let offer = seen(ada, 'reservationCreated');
  const made = await ada.createTask('+15005550006', '+15005550001', env.workflow, env.queue, { attributes: { n: 1 }, taskChannelUniqueName: 'voice', virtualStartTime: new Date(Date.now() - 60_000) });
  const own = await offer;
  assert.equal(own.task.sid, made);
  assert.deepEqual(own.task.attributes, { n: 1, outbound_to: '+15005550006', from: '+15005550001' });
  assert.equal(own.task.routingTarget, ada.sid);
  assert.equal(own.task.queueSid, env.queue);
  watch('Reservation', Object.getPrototypeOf(own));
  watch('Task', Object.getPrototypeOf(own.task));
  told = seen(own, 'accepted');
  assert.equal((await own.accept()).status, 'accepted');
  await told;
  assert.equal(own.task.status, 'assigned');
  told = seen(own.task, 'updated', (k) => k.attributes.a === 1);
  await own.task.setAttributes({ a: 1 });
  await told;
  const earlier = new Date('2020-01-02T03:04:05Z');
  told = seen(own.task, 'updated', (k) => +k.virtualStartTime === +earlier);
  await own.task.setVirtualStartTime(earlier);
  await told;
  const version = own.task.version;
  assert.equal((await own.task.fetchLatestVersion()).version, version);
  assert.equal((await own.fetchLatestVersion()).status, 'accepted');
  // What needs a telephone, or its conference.
  for (const [what, call] of Object.entries({
    call: () => own.call('+15005550001', 'http://x/'), conference: () => own.conference({ to: 'client:x' }), dequeue: () => own.dequeue({ to: 'client:x' }),
    redirect: () => own.redirect('CA1', 'http://x/', { accept: true }), updateParticipant: () => own.updateParticipant({ mute: true }),
    hold: () => own.task.hold(boss.sid, true), kick: () => own.task.kick(boss.sid), transfer: () => own.task.transfer(boss.sid, { mode: 'COLD' }),
    holdCustomer: () => own.task.updateParticipant({ hold: true }), monitor: () => boss.monitor(own.task.sid, own.sid),
  })) {
    const err = await refused(call(), what);
    assert.equal(err.name, 'REQUEST_INVALID', what);
    assert.match(err.message, /status code 400.*(local Twilio does not carry it out|has none: local Twilio has no telephone)/, what);
  }
  told = Promise.all([seen(own, 'wrapup'), seen(own.task, 'wrapup')]);
  await own.task.wrapUp({ reason: 'spoken' });
  await told;
  assert.equal(own.status, 'wrapping');
  told = Promise.all([seen(own, 'completed'), seen(own.task, 'completed')]);
  await own.complete();
  await told;
  assert.equal(ada.reservations.size, 0);
  assert.match((await refused(own.accept(), 'accepting what is over')).message, /status code 400/);
  assert.equal((await rest('GET', `${space}/Tasks/${made}`)).reason, 'spoken');

  const second = await offered(ada, { n: 2 });
  told = seen(second, 'accepted');
  await second.accept();
  await told;
  told = seen(second, 'wrapup');
  await second.wrap();
  await told;
  told = seen(second, 'completed');
  assert.equal((await second.task.complete('done')).status, 'completed');
  await told;

  // Whoever rejects may go.
  const third = await offered(ada, { n: 3 });
  told = Promise.all([seen(third, 'rejected'), seen(ada, 'activityUpdated', (w) => !w.activity.available)]);
  assert.equal((await third.reject({ activitySid: activity(false).sid })).status, 'rejected');
  await told;
  await until(`${space}/Tasks/${third.task.sid}`, (k) => k.assignment_status === 'pending', 'the Task waits again');
  offer = seen(ada, 'reservationCreated', (r) => r.task.sid === third.task.sid);
  await activity(true).setAsCurrent();
  const again = await offer;

  // What others do is told: canceled and deleted Tasks, others who are quicker, time.
  told = Promise.all([seen(again, 'canceled'), seen(again.task, 'canceled')]);
  await rest('POST', `${space}/Tasks/${again.task.sid}`, { AssignmentStatus: 'canceled', Reason: 'enough' });
  await told;
  const fourth = await offered(ada, { n: 4 });
  told = seen(fourth, 'canceled');
  await rest('DELETE', `${space}/Tasks/${fourth.task.sid}`);
  await told;
  const both = await rest('POST', `${space}/TaskQueues`, { FriendlyName: 'Both', TargetWorkers: 'team == "red"', MaxReservedWorkers: '2' });
  const flow = await rest('POST', `${space}/Workflows`, {
    FriendlyName: 'To both', TaskReservationTimeout: '1', Configuration: JSON.stringify({ task_routing: { default_filter: { queue: both.sid } } }),
  });
  told = seen(boss, 'activityUpdated', (w) => w.activity.available);
  await boss.setWorkerActivity(boss.sid, activity(true).sid);
  await told;
  const atBoss = seen(boss, 'reservationCreated');
  const fifth = await offered(ada, { n: 5, TaskQueueSid: both.sid });
  told = seen(fifth, 'rescinded');
  const bosss = await atBoss;
  await bosss.accept();
  await told;
  await boss._request.post(`Workspaces/${env.workspace}/Tasks/${bosss.task.sid}`, { AssignmentStatus: 'completed' }, 'v1');
  await boss.setWorkerActivity(boss.sid, activity(false).sid);
  const sixth = await offered(ada, { n: 6, WorkflowSid: flow.sid });
  await Promise.all([seen(sixth, 'timeout'), seen(ada, 'activityUpdated', (w) => !w.activity.available)]);
  await rest('POST', `${space}/Tasks/${sixth.task.sid}`, { AssignmentStatus: 'canceled' });
  const missed = seen(ada, 'reservationFailed');
  await rest('POST', `${space}/Tasks`, { RoutingTarget: ada.sid, IgnoreCapacity: 'false', Timeout: '1' });
  assert.equal((await missed).assignment_status, 'canceled');

  // The Workspace.
  const workspace = new Workspace(env.trAdmin, { ...servers, pageSize: 1 });
  assert.equal((await workspace.fetchWorker(ada.sid)).name, 'worker0');
  assert.equal((await workspace.fetchWorkerInfo(ada.sid)).friendlyName, 'worker0');
  assert.deepEqual([...(await workspace.fetchWorkers()).keys()].sort(), [env.worker, env.worker2].sort());
  assert.equal((await workspace.fetchWorkers({ MaxWorkers: 1 })).size, 1);
  assert.deepEqual([...(await workspace.fetchWorkersInfo({ FriendlyName: 'worker1' })).keys()], [env.worker2]);
  assert.equal((await workspace.fetchWorkers({ TargetWorkersExpression: 'team == "none"' })).size, 0);
  assert.equal((await workspace.fetchWorkers({ ActivitySid: activity(false).sid })).size, 2);
  const changed = [...(await workspace.fetchWorkers({ Ordering: 'DateStatusChanged:desc' })).values()].map((w) => +w.dateStatusChanged);
  assert.deepEqual(changed, [...changed].sort((a, b) => b - a));
  assert.equal((await workspace.fetchTaskQueue(env.queue)).sid, env.queue);
  assert.deepEqual([...(await workspace.fetchTaskQueues()).keys()].sort(), [env.queue, both.sid].sort());
  assert.deepEqual([...(await workspace.fetchTaskQueues({ FriendlyName: 'Both' })).keys()], [both.sid]);
  assert.deepEqual([...(await workspace.fetchTaskQueues({ Ordering: 'DateUpdated:desc' })).keys()], [both.sid, env.queue]);
  assert.deepEqual([...(await workspace.fetchTaskQueues({ AfterSid: env.queue })).keys()], [both.sid]);
  assert.equal((await workspace.fetchTaskQueues({ WorkerSid: ada.sid })).size, 2);
  assert.match((await refused(workspace.fetchTaskQueues({ AfterSid: 'WQ0' }), 'after nothing')).message, /status code 400/);
  assert.match((await refused(workspace.fetchTaskQueue('WQ0'), 'no queue')).message, /status code 404/);
  assert.equal((await workspace.fetchTask(made)).sid, made);
  workspace.updateToken(env.trWorker);
  assert.equal(workspace.workerSid, ada.sid);
  assert.equal((await workspace.fetchTaskQueues()).size, 2);

  assert.equal(early, false, 'a token of an hour has expired');

  // Tokens end, and are renewed; desktops come and go.
  const updated = seen(ada, 'tokenUpdated');
  ada.updateToken(env.trWorker2);
  await updated;
  await ada.fetchLatestVersion();
  await ending;
  short.updateToken(env.trSupervisor);
  await short.fetchLatestVersion();
  short.disconnect();
  // Whoever is sent away is to stay away: the library would come back within a second.
  const away = seen(ada, 'disconnected').then(() => ada.disconnect());
  const other = await open(Worker, env.trWorker, { closeExistingSessions: true, setWorkerOfflineIfDisconnected: true, connectActivitySid: activity(true).sid });
  await away;
  await until(`${space}/Workers/${ada.sid}`, (w) => w.available, 'the Activity of who connects');
  const left = seen(other, 'disconnected');
  other.disconnect();
  await left;
  await until(`${space}/Workers/${ada.sid}`, (w) => !w.available, 'the Activity of who is gone');

  done();
});

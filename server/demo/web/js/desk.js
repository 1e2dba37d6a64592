// The agent's desk: a small stand-in for the Flex Agent Desktop. It keeps what
// is on the page in `state` and draws it; the other modules do one thing each.

import { ID } from './ids.js';
import { avatar, busy, byId, h, show } from './dom.js';
import { Attachments } from './files.js';
import { drawHeader } from './header.js';
import { request, wordsFor } from './http.js';
import { follow } from './live.js';
import { MessageList } from './messages.js';
import { Session } from './session.js';
import { Room } from './room.js';
import { announce, clearNotice, clearRefusal, notify } from './notice.js';
import { drawTabs, listenToTabs } from './tabs.js';
import { drawTasks } from './tasklist.js';
import { close, complete, leaveAndClose, wrapUp } from './closing.js';
import { explain, running, sendLink } from './escalating.js';
import { placeRoom } from './placing.js';

/** @typedef {import('./types.js').Task} Task */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').Escalation} Escalation */
/** @typedef {import('./closing.js').Step} Step */

const state = {
  /** @type {Map<string, Task>} */
  tasks: new Map(),
  selected: '',
  /** @type {import('./tabs.js').Tab} */
  tab: 'chat',
  /** @type {Map<string, number>} */
  unread: new Map(),
  /** What we last heard of each Task's escalation. @type {Map<string, Escalation>} */
  escalations: new Map(),
  working: false, // a click on one of the header's buttons is being carried out
};

const session = new Session(() => room.tokenChanged());
const room = new Room(byId(ID.roomHost), () => session.token, () => {
  if (!room.running) clearRefusal(); // its reason is gone
  draw();
});
const messages = new MessageList(byId(ID.agentMessages), 'agent');

const selectedTask = () => state.tasks.get(state.selected);

const files = new Attachments({
  button: byId(ID.agentAttach),
  picker: /** @type {HTMLInputElement} */ (byId(ID.agentPicker)),
  list: byId(ID.agentPicked),
  input: /** @type {HTMLInputElement} */ (byId(ID.agentInput)),
  area: byId(ID.panelChat),
  open: () => Boolean(selectedTask()),
  say: (words) => (words ? notify('bad', words) : clearNotice()),
});

// ---- drawing

function draw() {
  const task = selectedTask();
  show(byId(ID.canvas), Boolean(task));
  show(byId(ID.emptyCanvas), !task);
  document.body.dataset.view = task ? 'task' : 'list';
  const list = [...state.tasks.values()].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  drawTasks(byId(ID.taskList), list, {
    selected: state.selected,
    inCall: room.running ? (room.shown?.taskSid ?? '') : '',
    unread: state.unread,
    onSelect: select,
  });
  const unread = [...state.unread.values()].reduce((sum, n) => sum + n, 0);
  document.title = `${unread ? `(${unread}) ` : ''}Agent desk · Escalate demo`;
  if (task) drawHeader(task);
  drawTabs(state.tab);
  placeRoom(room, state, { select: openVideoRoom, start: startVideo });
}

// ---- selecting

/** @param {string} sid */
function select(sid) {
  if (sid !== state.selected) {
    state.selected = sid;
    state.tab = 'chat';
    messages.clear();
    files.clear();
    clearNotice();
    loadMessages();
  }
  toggleMenu(false);
  state.unread.delete(sid);
  draw();
}

/** @param {string} taskSid */
function openVideoRoom(taskSid) {
  if (taskSid !== state.selected) select(taskSid);
  selectTab('video');
}

/** @param {import('./tabs.js').Tab} tab */
function selectTab(tab) {
  state.tab = tab;
  const task = selectedTask();
  if (tab === 'video' && task && !room.running) learnEscalation(task);
  draw();
}

/**
 * Asks which session the Task has: it may have ended, or begun elsewhere.
 * @param {Task} task
 */
async function learnEscalation(task) {
  try {
    const e = await running(session, task);
    if (e) state.escalations.set(task.taskSid, e);
    else state.escalations.delete(task.taskSid);
    draw();
  } catch (err) {
    notify('bad', `Could not look for a video session. ${wordsFor(err)}`);
  }
}

// ---- loading and live changes

async function loadTasks() {
  const tasks = /** @type {Task[]} */ (await request('GET', '/demo/api/tasks'));
  state.tasks = new Map(tasks.map((t) => [t.taskSid, t]));
  if (!selectedTask()) {
    state.selected = '';
    // On a narrow screen the list is a page of its own; start there.
    if (tasks.length && matchMedia('(min-width: 721px)').matches) select(tasks[0].taskSid);
  }
  draw();
}

async function loadMessages() {
  const task = selectedTask();
  if (!task) return;
  try {
    const all = await request('GET', `/demo/api/conversations/${encodeURIComponent(task.conversationSid)}/messages`);
    if (task.taskSid === state.selected) messages.add(all);
  } catch (err) {
    notify('bad', `The messages could not be loaded. ${wordsFor(err)}`, [{ label: 'Try again', run: loadMessages }]);
  }
}

/** @param {Message} m */
function onMessage(m) {
  const task = [...state.tasks.values()].find((t) => t.conversationSid === m.conversationSid);
  if (!task) return;
  if (!task.lastMessage || m.index > task.lastMessage.index) task.lastMessage = m;
  if (task.taskSid === state.selected) {
    messages.add([m]);
  } else if (m.role === 'customer') {
    state.unread.set(task.taskSid, (state.unread.get(task.taskSid) ?? 0) + 1);
    announce(`New message from ${task.customer}`);
  }
  draw();
}

/** @param {Task} t */
function onTask(t) {
  const known = state.tasks.get(t.taskSid);
  if (t.status === 'completed' || t.status === 'canceled') {
    state.tasks.delete(t.taskSid);
    if (state.selected === t.taskSid) {
      state.selected = '';
      state.tab = 'chat';
    }
  } else {
    state.tasks.set(t.taskSid, t);
    if (!known) announce(`New Task: ${t.customer}`);
    // Flex shows the chat again whenever a Task changes its status.
    else if (known.status !== t.status && t.taskSid === state.selected) state.tab = 'chat';
  }
  draw();
}

// ---- the header's buttons

/**
 * Runs one action at a time, with its button saying so.
 * @param {string} id
 * @param {string} words
 * @param {(task: Task) => Promise<unknown>} action
 */
async function act(id, words, action) {
  const task = selectedTask();
  if (!task || state.working) return;
  state.working = true;
  clearNotice();
  busy(byId(id), words);
  try {
    await action(task);
  } catch (err) {
    notify('bad', wordsFor(err));
  } finally {
    busy(byId(id), '');
    state.working = false;
    draw();
  }
}

function startVideo() {
  return act(ID.videoButton, 'Starting…', async (task) => {
    const other = room.running && !room.runningFor(task.taskSid) ? room.shown?.taskSid : undefined;
    if (other) {
      // The link would bring the customer into a room where nobody can come.
      const name = state.tasks.get(other)?.customer ?? 'another customer';
      notify('bad', `You are in a video call with ${name}. Leave it before you start another.`, [
        { label: 'Back to call', run: () => openVideoRoom(other) },
      ]);
      return;
    }
    let e;
    try {
      e = await running(session, task);
    } catch (err) {
      explain(err, openVideoRoom);
      return;
    }
    if (e) {
      state.escalations.set(task.taskSid, e);
      toggleMenu(true);
      return;
    }
    await invite(task);
  });
}

/** @param {Task} task */
async function invite(task) {
  const e = await sendLink(session, task, openVideoRoom);
  if (!e) return;
  const again = state.escalations.get(task.taskSid)?.code === e.code;
  state.escalations.set(task.taskSid, e);
  if (again) {
    notify('good', 'The link was sent again.');
  } else if (task.taskSid === state.selected) {
    announce('The link was sent. The Video Room is open.');
    selectTab('video');
  }
}

/** @param {boolean} on */
function toggleMenu(on) {
  show(byId(ID.videoMenu), on);
  byId(ID.videoButton).setAttribute('aria-expanded', String(on));
  if (on) byId(ID.resendLink).focus();
}

/** @param {Step} step @param {string} id */
function closeTask(step, id) {
  return act(id, step.doing, async (task) => {
    const again = () => closeTask(step, id);
    const leave = () =>
      act(id, step.doing, async (t) => {
        if (await leaveAndClose(session, room, t, step)) state.escalations.delete(t.taskSid);
      });
    if (await close(session, room, task, step, again, leave)) state.escalations.delete(task.taskSid);
  });
}

// ---- listening

byId(ID.videoButton).addEventListener('click', () => {
  if (byId(ID.videoMenu).hidden) startVideo();
  else toggleMenu(false);
});
byId(ID.resendLink).addEventListener('click', () => {
  toggleMenu(false);
  act(ID.videoButton, 'Sending…', invite);
});
byId(ID.openRoom).addEventListener('click', () => {
  toggleMenu(false);
  selectTab('video');
});
document.addEventListener('pointerdown', (e) => {
  if (!(e.target instanceof Element && e.target.closest('.menu-anchor'))) toggleMenu(false);
});
byId(ID.videoMenu).addEventListener('keydown', (e) => {
  if (e.key !== 'Escape') return;
  toggleMenu(false);
  byId(ID.videoButton).focus();
});
byId(ID.wrapUp).addEventListener('click', () => closeTask(wrapUp, ID.wrapUp));
byId(ID.complete).addEventListener('click', () => closeTask(complete, ID.complete));
byId(ID.backToTasks).addEventListener('click', () => {
  state.selected = '';
  draw();
});
byId(ID.backToCall).addEventListener('click', () => {
  if (room.shown) openVideoRoom(room.shown.taskSid);
});
listenToTabs(selectTab);

byId(ID.agentForm).addEventListener('submit', async (e) => {
  e.preventDefault();
  const task = selectedTask();
  const input = /** @type {HTMLInputElement} */ (byId(ID.agentInput));
  const body = input.value.trim();
  if (!task || (!body && !files.picked.length) || files.sending) return;
  input.value = '';
  busy(byId(ID.agentSend), files.picked.length ? 'Sending…' : '');
  try {
    await files.send(task.conversationSid, 'agent');
    if (body) {
      const path = `/demo/api/conversations/${encodeURIComponent(task.conversationSid)}/messages`;
      await request('POST', path, { body: { as: 'agent', body } });
    }
  } catch (err) {
    if (!input.value) input.value = body; // nothing that was typed is lost
    notify('bad', files.picked.length ? wordsFor(err) : `The message was not sent. ${wordsFor(err)}`);
  } finally {
    busy(byId(ID.agentSend), '');
  }
});

async function start() {
  try {
    await session.renew();
  } catch (err) {
    notify('bad', wordsFor(err));
  }
  byId(ID.worker).replaceChildren(avatar(session.worker?.name ?? '?'), h('span', {}, session.worker?.name ?? ''));
  follow('/demo/api/events', {
    onHello: () => {
      byId(ID.connection).textContent = '';
      loadTasks().then(loadMessages, (err) => notify('bad', wordsFor(err)));
    },
    onLost: () => {
      byId(ID.connection).textContent = 'Connection lost. Trying again…';
    },
    onMessage,
    onTask,
  });
  draw();
}

start();

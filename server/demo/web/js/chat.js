// The customer's side: the chat window of a web shop.

import { ID } from './ids.js';
import { busy, byId, h, show } from './dom.js';
import { Attachments } from './files.js';
import { request, RequestError, wordsFor } from './http.js';
import { follow } from './live.js';
import { MessageList } from './messages.js';

/** @typedef {import('./types.js').Task} Task */

const messages = new MessageList(byId(ID.chatMessages), 'customer');

const title = document.title;
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) document.title = title;
});

/** The chat of this page. @type {Task | null} */
let chat = null;

/** @param {string} text @param {() => void} [again] */
function say(text, again) {
  byId(ID.chatNotice).replaceChildren(
    text,
    ...(again ? [' ', h('button', { type: 'button', class: 'button small', onclick: again }, 'Try again')] : []),
  );
}

const isOpen = () => chat?.status === 'assigned' || chat?.status === 'reserved' || chat?.status === 'pending';

const files = new Attachments({
  button: byId(ID.chatAttach),
  picker: /** @type {HTMLInputElement} */ (byId(ID.chatPicker)),
  list: byId(ID.chatPicked),
  input: /** @type {HTMLInputElement} */ (byId(ID.chatInput)),
  area: byId(ID.chat),
  open: isOpen,
  say,
});

function draw() {
  byId(ID.chat).dataset.conversation = chat?.conversationSid ?? '';
  byId(ID.chatAgent).textContent = chat ? chat.agent : '';
  const open = isOpen();
  for (const id of [ID.chatInput, ID.chatSend, ID.chatAttach]) {
    /** @type {HTMLInputElement} */ (byId(id)).disabled = !open;
  }
  if (!chat) say('No chat is open. Start a new one above.');
  else if (!open) say('This chat has ended. You can start a new one above.');
  else say('');
  show(byId(ID.chatForm), open);
}

/** Finds the chat and follows it; a chat that is not there leaves "Start a new chat". */
async function load() {
  try {
    const sid = chat?.conversationSid ?? new URLSearchParams(location.search).get('c') ?? '';
    const query = sid ? `?c=${encodeURIComponent(sid)}` : '';
    enter(/** @type {Task} */ (await request('GET', `/demo/api/chat${query}`)));
  } catch (err) {
    if (err instanceof RequestError && err.status === 404) draw();
    else say(wordsFor(err), load);
  }
}

/** Ends the stream of the chat before. */
let leave = () => {};

/** @param {Task} found */
function enter(found) {
  leave();
  if (chat?.conversationSid !== found.conversationSid) files.clear();
  chat = found;
  // The address names the chat, so a reload and a bookmark find it again.
  history.replaceState(null, '', `?c=${encodeURIComponent(found.conversationSid)}`);
  messages.clear();
  leave = follow(`/demo/api/events?conversation=${encodeURIComponent(found.conversationSid)}`, {
    onHello: refresh,
    onLost: () => say('Connection lost. Trying again…'),
    onMessage: (m) => {
      messages.add([m]);
      if (document.hidden && m.role !== 'customer') document.title = `New message · ${title}`;
    },
    onTask: (t) => {
      chat = t;
      draw();
    },
  });
  draw();
}

async function refresh() {
  if (!chat) return;
  const sid = encodeURIComponent(chat.conversationSid);
  try {
    const [task, all] = await Promise.all([
      request('GET', `/demo/api/chat?c=${sid}`),
      request('GET', `/demo/api/conversations/${sid}/messages`),
    ]);
    if (chat.conversationSid !== task.conversationSid) return; // a new chat began meanwhile
    chat = task;
    messages.add(all);
    draw();
  } catch (err) {
    say(wordsFor(err), refresh);
  }
}

async function startNew() {
  busy(byId(ID.newChat), 'Starting…');
  try {
    enter(/** @type {Task} */ (await request('POST', '/demo/api/chats', { body: {} })));
    byId(ID.chatInput).focus();
  } catch (err) {
    say(`No new chat was started. ${wordsFor(err)}`, startNew);
  } finally {
    busy(byId(ID.newChat), '');
  }
}

byId(ID.newChat).addEventListener('click', startNew);

byId(ID.chatForm).addEventListener('submit', async (e) => {
  e.preventDefault();
  const input = /** @type {HTMLInputElement} */ (byId(ID.chatInput));
  const body = input.value.trim();
  if (!chat || (!body && !files.picked.length) || files.sending) return;
  input.value = '';
  busy(byId(ID.chatSend), files.picked.length ? 'Sending…' : '');
  try {
    const { conversationSid } = chat;
    await files.send(conversationSid, 'customer');
    if (body) {
      const path = `/demo/api/conversations/${encodeURIComponent(conversationSid)}/messages`;
      await request('POST', path, { body: { as: 'customer', body } });
    }
    say('');
  } catch (err) {
    if (!input.value) input.value = body; // nothing that was typed is lost
    say(files.picked.length ? wordsFor(err) : `Your message was not sent. ${wordsFor(err)}`);
  } finally {
    busy(byId(ID.chatSend), '');
  }
});

load();

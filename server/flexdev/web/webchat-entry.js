// A customer's page of a web chat: begun by its server, played by Twilio's own
// client library.
import { Client } from '@twilio/conversations';

import { thread } from './thread.js';

const $ = (id) => document.getElementById(id);
const kept = 'webchat'; // the session, which a reload resumes

async function server(path, body) {
  const res = await fetch(`/webchat/api/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (!res.ok) throw new Error(await res.text());
  return res.json();
}

// withLinks is a text whose web addresses can be clicked.
function withLinks(text) {
  return text.split(/(https?:\/\/[^\s<>"']+)/).map((part, i) => {
    if (i % 2 === 0) return part;
    const a = Object.assign(document.createElement('a'), { href: part, target: '_blank', rel: 'noopener noreferrer' });
    a.textContent = part;
    return a;
  });
}

async function draw(m, identity) {
  const li = document.createElement('li');
  li.className = m.author === identity ? 'own' : '';
  const by = document.createElement('b');
  by.textContent = m.author === identity ? 'You' : m.author;
  li.append(by, ...withLinks(m.body ?? ''));
  $('messages').append(li); // in its place before its pictures have come
  li.scrollIntoView();
  for (const media of m.attachedMedia ?? []) {
    const url = await media.getContentTemporaryUrl();
    const shown = media.contentType.startsWith('image/')
      ? Object.assign(document.createElement('img'), { src: url, alt: media.filename ?? 'A picture' })
      : Object.assign(document.createElement('a'), { href: url, textContent: media.filename ?? 'A file' });
    li.append(shown);
  }
}

function show(conversation) {
  const open = conversation.state?.current !== 'closed';
  for (const id of ['write', 'end']) $(id).hidden = !open;
  if (open) return;
  sessionStorage.removeItem(kept);
  $('begin').hidden = false;
  $('notice').textContent = 'This chat has ended.';
}

async function enter(session) {
  $('begin').hidden = true;
  $('notice').textContent = '';
  $('messages').replaceChildren();
  sessionStorage.setItem(kept, JSON.stringify(session));
  const client = await Client.create(session.token, { twilsock: { uri: session.twilsock } });
  client.on('tokenAboutToExpire', async () => {
    session = { ...session, ...(await server('refresh', session)) };
    sessionStorage.setItem(kept, JSON.stringify(session));
    await client.updateToken(session.token);
  });
  const conversation = await client.getConversationBySid(session.conversationSid);
  const history = conversation.getMessages(50);
  conversation.on('messageAdded', thread(history, (m) => draw(m, session.identity), console.error));
  await history;
  conversation.on('typingStarted', (p) => ($('typing').textContent = `${p.identity} is typing …`));
  conversation.on('typingEnded', () => ($('typing').textContent = ''));
  conversation.on('updated', () => show(conversation));
  $('chat').hidden = false;
  show(conversation);
  $('words').oninput = () => conversation.typing();
  $('write').onsubmit = async (e) => {
    e.preventDefault();
    const body = $('words').value.trim();
    if (!body) return;
    $('words').value = '';
    await conversation.sendMessage(body);
  };
  $('file').onchange = async () => {
    const file = $('file').files[0];
    if (!file) return;
    await conversation.prepareMessage().addMedia({ contentType: file.type, filename: file.name, media: file }).build().send();
    $('file').value = '';
  };
  $('end').onclick = () => server('end', session);
}

function failed(err) {
  console.error(err);
  $('begin').hidden = false;
  $('notice').textContent = 'The chat could not begin. Is the server running?';
}

$('begin').onsubmit = (e) => {
  e.preventDefault();
  server('begin', { name: $('name').value.trim(), query: $('query').value.trim() }).then(enter).catch(failed);
};
const session = sessionStorage.getItem(kept);
if (session) enter(JSON.parse(session)).catch(failed);

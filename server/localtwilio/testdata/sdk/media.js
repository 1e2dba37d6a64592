// Files in a Conversation: two clients of @twilio/conversations and a server.
'use strict';
const assert = require('node:assert/strict');
const { env, seen, counted, refused, rest, run, options } = require('./stage.js');

require('./xhr.js');
const { Client, CancellablePromise } = require('@twilio/conversations');

// The smallest PNG there is.
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

async function bytesAt(url, status = 200) {
  const res = await fetch(url);
  assert.equal(res.status, status, `GET ${url}`);
  return { bytes: Buffer.from(await res.arrayBuffer()), headers: res.headers };
}

const basic = 'Basic ' + Buffer.from(`${env.key}:${env.secret}`).toString('base64');

run(async () => {
  const [ada, bob] = await Promise.all([Client.create(env.ada, options()), Client.create(env.bob, options())]);
  const made = await rest('POST', '/conversations/v1/Conversations', { UniqueName: 'pictures' });
  const path = `/conversations/v1/Conversations/${made.sid}`;
  const joined = [ada, bob].map((c) => seen(c, 'conversationJoined', (j) => j.sid === made.sid, 'being added'));
  await rest('POST', `${path}/Participants`, { Identity: 'ada' });
  await rest('POST', `${path}/Participants`, { Identity: 'bob' });
  const [mine, theirs] = await Promise.all(joined);
  assert.deepEqual([mine.limits.mediaAttachmentsCountLimit, mine.limits.mediaAttachmentSizeLimitInMb], [10, 150]);

  // A picture as a browser sends it: a form.
  const form = new FormData();
  form.append('file', new Blob([png], { type: 'image/png' }), 'plug.png');
  let came = seen(theirs, 'messageAdded', (m) => m.type === 'media', 'a picture');
  assert.equal(await mine.sendMessage(form, { kind: 'photo' }), 0);
  let message = await came;
  assert.equal(message.body ?? '', '');
  assert.deepEqual(message.attributes, { kind: 'photo' });
  assert.equal(message.attachedMedia.length, 1);
  let [media] = message.attachedMedia;
  assert.match(media.sid, /^ME[0-9a-f]{32}$/);
  assert.deepEqual([media.filename, media.contentType, media.size, media.category], ['plug.png', 'image/png', png.length, 'media']);
  assert.equal(message.media.sid, media.sid);
  const url = await media.getContentTemporaryUrl();
  let got = await bytesAt(url);
  assert.deepEqual(got.bytes, png);
  assert.equal(got.headers.get('content-type'), 'image/png');
  assert.equal(got.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(got.headers.get('content-disposition'), 'inline; filename=plug.png');

  // And back, as bytes with a type, two at once and with words.
  const notes = '<script>alert(1)</script>';
  came = seen(mine, 'messageAdded', (m) => m.author === 'bob', 'two files');
  const sending = theirs.prepareMessage().setBody('See both')
    .addMedia({ contentType: 'image/png', filename: 'Stecker größer.png', media: new Blob([png], { type: 'image/png' }) })
    .addMedia({ contentType: 'text/html', filename: 'notes.html', media: new Blob([notes]) })
    .build().send();
  assert.ok(sending instanceof CancellablePromise);
  assert.equal(await sending, 1);
  message = await came;
  assert.equal(message.body, 'See both');
  assert.deepEqual(message.attachedMedia.map((m) => [m.filename, m.contentType, m.size]), [['Stecker größer.png', 'image/png', png.length], ['notes.html', 'text/html', notes.length]]);
  assert.deepEqual(message.getMediaByCategories(['body']), []);
  const urls = await message.getTemporaryContentUrlsForAttachedMedia();
  assert.deepEqual([...urls.keys()], message.attachedMedia.map((m) => m.sid));
  got = await bytesAt(urls.get(message.attachedMedia[0].sid));
  assert.deepEqual(got.bytes, png);
  assert.equal(got.headers.get('content-disposition'), "inline; filename*=utf-8''Stecker%20gr%C3%B6%C3%9Fer.png");
  got = await bytesAt(urls.get(message.attachedMedia[1].sid));
  assert.equal(got.bytes.toString(), notes);
  assert.match(got.headers.get('content-disposition'), /^attachment/);
  const sids = message.attachedMedia.map((m) => m.sid);
  assert.deepEqual([...(await ada.getTemporaryContentUrlsForMediaSids(sids)).keys()], sids);
  assert.deepEqual([...(await ada.getTemporaryContentUrlsForMedia(message.attachedMedia)).keys()], sids);
  assert.deepEqual([...(await message.getTemporaryContentUrlsForMedia(message.attachedMedia)).keys()], sids);
  assert.deepEqual([...(await message.getTemporaryContentUrlsForMediaSids(sids)).keys()], sids);

  // What a function does: the file first, then a Message that names it.
  const service = `${env.rest}/mcs/v1/Services/${env.chatService}`;
  const uploaded = await fetch(`${service}/Media?Filename=map.png`, { method: 'POST', headers: { Authorization: basic, 'Content-Type': 'image/png' }, body: png });
  assert.equal(uploaded.status, 201);
  const record = await uploaded.json();
  assert.deepEqual([record.filename, record.content_type, record.size, record.category, record.message_sid, record.author], ['map.png', 'image/png', png.length, 'media', null, null]);
  assert.match((await refused(ada.getTemporaryContentUrlsForMediaSids([record.sid]), 'a look at what nobody sent her')), new RegExp(record.sid));
  came = seen(theirs, 'messageAdded', (m) => m.author === 'shop', 'a picture of a server');
  const sent = await rest('POST', `${path}/Messages`, { Author: 'shop', MediaSid: record.sid });
  assert.equal(sent.body, null);
  assert.deepEqual(sent.media, [{ sid: record.sid, size: png.length, content_type: 'image/png', filename: 'map.png', category: 'media' }]);
  message = await came;
  assert.deepEqual((await bytesAt(await message.attachedMedia[0].getContentTemporaryUrl())).bytes, png);
  const shown = await (await fetch(`${service}/Media/${record.sid}`, { headers: { Authorization: basic } })).json();
  assert.deepEqual([shown.channel_sid, shown.message_sid], [made.sid, sent.sid]);

  // The parts of an e-mail are no attachments.
  const mail = await (await fetch(`${service}/Media?Category=body`, { method: 'POST', headers: { Authorization: basic, 'Content-Type': 'text/plain' }, body: 'as a mail' })).json();
  assert.equal(mail.category, 'body');
  came = seen(theirs, 'messageAdded', (m) => m.author === 'post', 'a mail');
  await rest('POST', `${path}/Messages`, { Author: 'post', MediaSid: mail.sid });
  message = await came;
  assert.deepEqual([message.attachedMedia, message.media, message.getEmailBody('text/plain').sid], [[], null, mail.sid]);

  // A page asks across origins.
  const preflight = await fetch(`${service}/Media`, {
    method: 'OPTIONS', headers: { Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type,x-twilio-token' },
  });
  assert.match(preflight.headers.get('access-control-allow-headers'), /X-Twilio-Token/i);

  // What is refused.
  const cleo = await fetch(`${service}/Media/${record.sid}`, { headers: { 'X-Twilio-Token': env.chatOnly } });
  assert.deepEqual([cleo.status, (await cleo.json()).code], [403, 20403]);
  const forged = await fetch(`${service}/Media/${record.sid}`, { headers: { 'X-Twilio-Token': env.forged } });
  assert.equal(forged.status, 401);
  await bytesAt(url.replace(media.sid, record.sid), 403); // a location is one file's
  const missing = 'ME' + '0'.repeat(32);
  const unknown = await refused(rest('POST', `${path}/Messages`, { MediaSid: missing }), 'an unknown file');
  assert.match(unknown.message, /400.*50507/);
  assert.match((await refused(rest('POST', `${path}/Messages`, { MediaSid: 'car.png' }), 'a file that is no SID')).message, /400.*50510/);
  await counted(() => mine.getMessagesCount(), 4, 'Messages');
});

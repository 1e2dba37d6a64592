// What the browser test calls in its pages. Everything returned is JSON.
'use strict';

const log = [];       // events, oldest first, as strings
const messages = [];  // from data Tracks
let room = null;
let extra = {};       // published later, by name
let shows = true;     // draws what it decodes

function note(...words) { log.push(words.join(' ')); }

function watchTrack(track, who) {
  note('subscribed', who, track.kind, track.name);
  if (track.kind === 'data') {
    track.on('message', m => messages.push(typeof m === 'string' ? m : 'bytes:' + Array.from(new Uint8Array(m)).join(',')));
    return;
  }
  if (!shows) { return; }
  const element = track.attach();
  element.id = track.sid;
  element.width = element.height = 16; // what is not looked at need not be drawn
  document.body.appendChild(element);
}

function watchParticipant(p) {
  note('participant', p.identity);
  for (const event of ['trackPublished', 'trackUnpublished', 'trackDisabled', 'trackEnabled']) {
    p.on(event, publication => note(event, p.identity, publication.trackName));
  }
  p.on('trackSubscribed', track => watchTrack(track, p.identity));
  p.on('trackUnsubscribed', track => {
    note('unsubscribed', p.identity, track.kind, track.name);
    if (track.detach) { track.detach().forEach(e => e.remove()); }
  });
  p.on('trackSubscriptionFailed', e => note('subscriptionFailed', p.identity, e.code));
  p.on('reconnecting', () => note('remoteReconnecting', p.identity));
  p.on('reconnected', () => note('remoteReconnected', p.identity));
  p.tracks.forEach(publication => { if (publication.track) { watchTrack(publication.track, p.identity); } });
}

// join answers 'connected', or the code of the error. Tracks are captured unless the options have some.
async function join(token, name, options) {
  log.length = 0;
  shows = !options.tracks;
  const tracks = options.tracks || await Twilio.Video.createLocalTracks({
    audio: { name: 'microphone', echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    video: { name: 'camera', width: 160, height: 120, frameRate: 10 },
  });
  try {
    room = await Twilio.Video.connect(token, Object.assign({
      name, tracks, insights: false,
      wsServer: 'ws://' + location.host + '/signaling',
      dominantSpeaker: true,
      networkQuality: { local: 1, remote: 1 },
      bandwidthProfile: { video: { mode: 'collaboration', clientTrackSwitchOffControl: 'manual' } },
    }, options));
  } catch (e) {
    tracks.forEach(t => t.stop());
    return e.code || String(e);
  }
  room.participants.forEach(watchParticipant);
  room.on('participantConnected', watchParticipant);
  room.on('participantDisconnected', p => note('left', p.identity));
  room.on('reconnecting', e => note('reconnecting', e.code));
  room.on('reconnected', () => note('reconnected'));
  room.on('recordingStarted', () => note('recordingStarted'));
  room.on('recordingStopped', () => note('recordingStopped'));
  room.on('disconnected', (r, e) => note('disconnected', e ? e.code : 'without error'));
  return 'connected';
}

// received answers what came in so far, by "identity/name": frames decoded or bytes. The SDK's own
// statistics do not count frames, so the peer connections are asked.
// connections are the SDK's own, native is the first one's browser connection.
function connections() { return Array.from(room._signaling._peerConnectionManager._peerConnections.values()); }
function native() { return connections()[0]._peerConnection._peerConnection; }

async function received() {
  const names = {};
  room.participants.forEach(p => p.tracks.forEach(t => {
    if (t.track && t.track.mediaStreamTrack) { names[t.track.mediaStreamTrack.id] = p.identity + '/' + t.trackName; }
  }));
  const sum = {};
  for (const c of connections()) {
    (await c._peerConnection._peerConnection.getStats()).forEach(s => {
      if (s.type !== 'inbound-rtp' || !names[s.trackIdentifier]) { return; }
      sum[names[s.trackIdentifier]] = s.kind === 'video' ? s.framesDecoded : s.bytesReceived;
    });
  }
  return sum;
}

// watchMending notes, until a keyframe comes in, when ICE is connected and when the browser asked for one.
// Some versions of Chromium count from zero again after an interruption.
const mending = { ice: 0, asked: 0, key: 0 };
function watchMending() {
  const connection = native();
  let before = null;
  const timer = setInterval(async () => {
    if (mending.key) { return; }
    const now = { pliCount: 0, keyFramesDecoded: 0 };
    (await connection.getStats()).forEach(s => {
      if (s.type === 'inbound-rtp' && s.kind === 'video') { now.pliCount += s.pliCount; now.keyFramesDecoded += s.keyFramesDecoded; }
    });
    if (before && now.pliCount > before.pliCount) { mending.asked = Date.now(); }
    if (before && now.keyFramesDecoded > before.keyFramesDecoded) { mending.key = Date.now(); clearInterval(timer); }
    before = now;
  }, 50);
  connection.addEventListener('iceconnectionstatechange', () => {
    if (connection.iceConnectionState === 'connected' && !mending.ice) { mending.ice = Date.now(); }
  });
  return true;
}

// size answers the pixels of a Track ("identity/name") as they are shown.
function size(wanted) {
  for (const p of room.participants.values()) {
    for (const t of p.videoTracks.values()) {
      if (t.track && p.identity + '/' + t.trackName === wanted) { return t.track.dimensions.width + 'x' + t.track.dimensions.height; }
    }
  }
  return 'nothing';
}

// reliability tells how a data Track is sent.
function reliability(name) {
  for (const p of room.participants.values()) {
    for (const t of p.dataTracks.values()) {
      if (t.trackName === name && t.track) { return [t.track.ordered, t.track.maxPacketLifeTime, t.track.maxRetransmits].join(); }
    }
  }
  return 'nothing';
}

// negotiations tells how far each peer connection is, for a test that waits in vain.
function negotiations() {
  return room ? connections().map(c => [
    c.id, 'revision', c._descriptionRevision, 'stable', c._lastStableDescriptionRevision, c._peerConnection.signalingState,
    c._peerConnection.iceConnectionState, c._needsAnswer ? 'needs answer' : '', c._shouldOffer ? 'should offer' : '',
    c._isRestartingIce ? 'restarts ICE' : '', c._queuedDescription ? 'queued ' + c._queuedDescription.type : '',
  ].join(' ')).join('\n') : 'no room';
}

// sections counts the m-lines of the largest peer connection.
function sections() {
  const counts = connections().map(c => c._peerConnection.localDescription.sdp.split('\nm=').length - 1);
  return Math.max(...counts);
}

async function growing(names, milliseconds) {
  const before = await received();
  await new Promise(resolve => setTimeout(resolve, milliseconds));
  const after = await received();
  return names.every(n => after[n] > (before[n] || 0)) ? '' : JSON.stringify({ want: names, before, after });
}

// flowing waits until there was a time of so many milliseconds, or less, in which all of the Tracks
// moved forward. It returns '', or what it saw last.
async function flowing(names, within, patience) {
  const looks = [], end = performance.now() + patience;
  for (;;) {
    const at = performance.now(), now = await received();
    while (looks.length > 1 && looks[0].at < at - within) { looks.shift(); }
    if (looks.length && names.every(n => now[n] > (looks[0].counts[n] || 0))) { return ''; }
    if (at > end) { return JSON.stringify({ want: names, before: looks.length ? looks[0].counts : {}, after: now }); }
    looks.push({ at, counts: now });
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}

function picture() {
  const canvas = document.createElement('canvas');
  canvas.width = 160; canvas.height = 90;
  const context = canvas.getContext('2d');
  let n = 0;
  setInterval(() => { context.fillStyle = 'hsl(' + (n += 7) % 360 + ',80%,50%)'; context.fillRect(0, 0, 160, 90); }, 200);
  return canvas.captureStream(5).getVideoTracks()[0];
}

// sound is a steady tone, louder than the clicks of the fake microphone.
function sound() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const out = context.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  return out.stream.getAudioTracks()[0];
}

// painted is a camera without a device, of which a machine bears more.
function painted() { return [new Twilio.Video.LocalVideoTrack(picture(), { name: 'camera' })]; }

async function publish(name, kind, options) {
  const track = {
    audio: () => new Twilio.Video.LocalAudioTrack(sound(), { name }),
    data: () => new Twilio.Video.LocalDataTrack(Object.assign({ name }, options)),
    video: () => new Twilio.Video.LocalVideoTrack(picture(), { name }),
  }[kind]();
  try {
    await room.localParticipant.publishTrack(track);
  } catch (e) {
    return e.code;
  }
  extra[name] = track;
  return 'published';
}

// handOver publishes one Track right after another was unpublished, at the moment at which the SDK
// takes the m-section for free though no offer has said so: while an offer is under way that does not
// know of it yet. It answers how many m-sections that has added.
async function handOver(before, between, after) {
  const connection = connections()[0];
  const had = sections();
  const handedOver = new Promise((resolve, reject) => {
    atNextOffer(connection, async offer => {
      await offer();
      // It waits for its answer now. The one that follows makes the next offer.
      atNextOffer(connection, async next => {
        publish(after, 'video').then(resolve, reject);
        await new Promise(added => setTimeout(added, 0));
        await next();
      });
      unpublish(before);
    });
  });
  await publish(between, 'video');
  await handedOver;
  return sections() - had;
}

// atNextOffer calls a function in place of the SDK's making its next offer, with that.
function atNextOffer(connection, call) {
  connection._offer = () => {
    delete connection._offer;
    return call(() => connection._offer());
  };
}

function unpublish(name) {
  room.localParticipant.unpublishTrack(extra[name]);
  if (extra[name].stop) { extra[name].stop(); }
  delete extra[name];
  return true;
}

function mute(off) {
  room.localParticipant.audioTracks.forEach(p => (off ? p.track.disable() : p.track.enable()));
  return true;
}

function restartICE() {
  const connections = room._signaling._peerConnectionManager._peerConnections;
  connections.forEach(c => c._initiateIceRestart());
  return connections.size;
}

// preflight answers 'completed', or what failed.
function preflight(token) {
  return new Promise(resolve => {
    const test = Twilio.Video.runPreflight(token, { duration: 2000, wsServer: 'ws://' + location.host + '/signaling' });
    test.on('progress', step => note('preflight', step));
    test.on('completed', report => resolve('completed ' + report.iceCandidateStats.some(c => c.candidateType === 'relay')));
    test.on('failed', e => resolve('failed ' + e));
  });
}

function remoteUfrag() {
  const c = connections()[0];
  return /a=ice-ufrag:(\S+)/.exec(c._peerConnection.remoteDescription.sdp)[1];
}

// What the browser test calls in its pages. Everything returned is JSON.
'use strict';

const log = [];       // events, oldest first, as strings
const messages = [];  // from data Tracks
let room = null;
let extra = {};       // published later, by name

function note(...words) { log.push(words.join(' ')); }

function watchTrack(track, who) {
  note('subscribed', who, track.kind, track.name);
  if (track.kind === 'data') {
    track.on('message', m => messages.push(typeof m === 'string' ? m : 'bytes:' + Array.from(new Uint8Array(m)).join(',')));
    return;
  }
  const element = track.attach();
  element.id = track.sid;
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

// join answers 'connected', or the code of the error.
async function join(token, name, options) {
  log.length = 0;
  const tracks = await Twilio.Video.createLocalTracks({
    audio: { name: 'microphone' },
    video: { name: 'camera', width: 320, height: 240, frameRate: 15 },
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
async function received() {
  const names = {};
  room.participants.forEach(p => p.tracks.forEach(t => {
    if (t.track && t.track.mediaStreamTrack) { names[t.track.mediaStreamTrack.id] = p.identity + '/' + t.trackName; }
  }));
  const sum = {};
  for (const c of room._signaling._peerConnectionManager._peerConnections.values()) {
    (await c._peerConnection._peerConnection.getStats()).forEach(s => {
      if (s.type !== 'inbound-rtp' || !names[s.trackIdentifier]) { return; }
      sum[names[s.trackIdentifier]] = s.kind === 'video' ? s.framesDecoded : s.bytesReceived;
    });
  }
  return sum;
}

async function growing(names, milliseconds) {
  const before = await received();
  await new Promise(resolve => setTimeout(resolve, milliseconds));
  const after = await received();
  return names.every(n => after[n] > (before[n] || 0)) ? '' : JSON.stringify({ want: names, before, after });
}

function picture() {
  const canvas = document.createElement('canvas');
  canvas.width = 320; canvas.height = 180;
  const context = canvas.getContext('2d');
  let n = 0;
  setInterval(() => { context.fillStyle = 'hsl(' + (n += 7) % 360 + ',80%,50%)'; context.fillRect(0, 0, 320, 180); }, 66);
  return canvas.captureStream(15).getVideoTracks()[0];
}

// sound is steady, unlike the fake microphone's clicks of 20 ms, which are no speech.
function sound() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const out = context.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  return out.stream.getAudioTracks()[0];
}

async function publish(name, kind) {
  const track = {
    audio: () => new Twilio.Video.LocalAudioTrack(sound(), { name }),
    data: () => new Twilio.Video.LocalDataTrack({ name }),
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

function remoteUfrag() {
  const c = Array.from(room._signaling._peerConnectionManager._peerConnections.values())[0];
  return /a=ice-ufrag:(\S+)/.exec(c._peerConnection.remoteDescription.sdp)[1];
}

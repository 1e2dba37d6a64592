// What the benchmark calls in both pages; each has its own sdk.js with connect,
// disconnect and the events. Everything that is returned is JSON.
'use strict';

let local = null;       // the camera's and the microphone's MediaStreamTracks
let times = [];         // of the remote video's frames, ms since the epoch
let arrived = null;     // settles with the first
let first = new Promise(resolve => { arrived = resolve; });

// prepare opens camera and microphone before the join, so that it does not count.
async function prepare(width, height, frameRate) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width, height, frameRate } });
  local = stream.getTracks();
  const { width: w, height: h } = stream.getVideoTracks()[0].getSettings();
  return w + 'x' + h;
}

async function join(url, token, bitrate) {
  mark('join');
  await connect(url, token, local, bitrate);
  mark('joined');
  return true;
}

// watch is for the SDK's event of a remote video that is there.
function watch(element) {
  mark('subscribed');
  mark('described', described.last);
  document.body.appendChild(element);
  const frame = (_, of) => {
    const at = now();
    if (times.length === 0) {
      mark('frame', at);
      mark('descriptions', described.count);
      // When the frame's last packet came, where the browser says so.
      if (of.receiveTime) { mark('received', performance.timeOrigin + of.receiveTime); }
      arrived(true);
    }
    times.push(at);
    element.requestVideoFrameCallback(frame);
  };
  element.requestVideoFrameCallback(frame);
}

// seen answers the marks as soon as the other's picture is there.
async function seen(milliseconds) {
  const late = new Promise(resolve => { setTimeout(resolve, milliseconds, false); });
  const ok = await Promise.race([first, late]);
  return { ok, marks };
}

async function statistics() {
  const sum = { frames: 0, freezes: 0, frozen: 0, width: 0, height: 0, lost: 0, nacks: 0, plis: 0, keyframes: 0, port: 0 };
  for (const pc of connections) {
    if (pc.connectionState === 'closed') { continue; }
    const all = await pc.getStats();
    all.forEach(s => {
      if (s.type === 'inbound-rtp' && s.kind === 'video') {
        sum.frames += s.framesDecoded ?? 0;
        sum.freezes += s.freezeCount ?? 0;
        sum.frozen += 1000 * (s.totalFreezesDuration ?? 0);
        sum.width = Math.max(sum.width, s.frameWidth ?? 0);
        sum.height = Math.max(sum.height, s.frameHeight ?? 0);
        sum.lost += s.packetsLost ?? 0;
        sum.nacks += s.nackCount ?? 0;
        sum.plis += s.pliCount ?? 0;
        sum.keyframes += s.keyFramesDecoded ?? 0;
      }
      if (s.type === 'transport' && s.selectedCandidatePairId) {
        const pair = all.get(s.selectedCandidatePairId);
        const remote = pair && all.get(pair.remoteCandidateId);
        if (remote) { sum.port = remote.port; }
      }
    });
  }
  return sum;
}

// watched answers how the remote video has been for a while.
async function watched(milliseconds) {
  const began = now();
  const before = await statistics();
  await new Promise(resolve => { setTimeout(resolve, milliseconds); });
  const after = await statistics();
  let longest = 0, last = began;
  for (const t of [...times.filter(t => t > began), now()]) { longest = Math.max(longest, t - last); last = t; }
  return {
    longest, frozen: after.frozen - before.frozen, freezes: after.freezes - before.freezes, frames: after.frames - before.frames,
    width: after.width, height: after.height, lost: after.lost, nacks: after.nacks, plis: after.plis, keyframes: after.keyframes, port: after.port,
  };
}

async function leave() {
  await disconnect();
  local.forEach(t => t.stop());
  return true;
}

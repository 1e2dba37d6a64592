// Comes before the SDK, and is the same for both: notes what the page's socket
// and peer connections do and when, and sends media over the bad line when there
// is one. Neither SDK is changed.
'use strict';

const query = new URLSearchParams(location.search);
const mediaPort = query.get('media');   // the server's
const badPort = query.get('bad');       // of the bad line in front of it, or null

// marks are when things happened for the first time, in ms since the epoch: the
// other tab's are of the same clock.
const marks = {};
const now = () => performance.timeOrigin + performance.now();
function mark(name, at = now()) { if (!(name in marks)) { marks[name] = at; } }

const connections = [];
let described = { count: 0, last: 0 };  // descriptions that came, and when the last one did

(() => {
  // overBadLine has a candidate lead to the bad line; over TCP there is none.
  const overBadLine = candidate => {
    const words = candidate.split(' ');
    if (words[2].toLowerCase() !== 'udp') { return null; }
    if (words[5] === mediaPort) { words[5] = badPort; }
    return words.join(' ');
  };
  const perLine = (sdp, change) => sdp.split('\r\n').map(change).filter(l => l !== null).join('\r\n');
  const remoteLine = line => (line.startsWith('a=candidate:') ? overBadLine(line) : line);
  // nowhere is one of our own candidates with an address at which nobody answers: a server that knew the real
  // one would reach us past the bad line. An SDK that hears of none at all takes gathering for failed
  // and restarts ICE in the middle of the call (twilio-video.js, after 15 seconds).
  const nowhere = candidate => {
    const words = candidate.split(' ');
    return [...words.slice(0, 4), '127.0.0.1', '9', ...words.slice(6)].join(' ');
  };
  const localLine = line => (line.startsWith('a=candidate:') ? null : line);

  const proto = RTCPeerConnection.prototype;
  const wrap = (name, around) => {
    const real = proto[name];
    proto[name] = function (...args) { return around.call(this, real, args); };
  };
  wrap('setRemoteDescription', function (real, [d, ...rest]) {
    if (d && d.type === 'answer') { mark('answer'); }
    described = { count: described.count + 1, last: now() };
    if (badPort && d && d.sdp) { d = { type: d.type, sdp: perLine(d.sdp, remoteLine) }; }
    return real.call(this, d, ...rest);
  });
  wrap('addIceCandidate', function (real, [c, ...rest]) {
    if (badPort && c && c.candidate) {
      const candidate = overBadLine(c.candidate);
      if (candidate === null) { return Promise.resolve(); }
      c = { candidate, sdpMid: c.sdpMid, sdpMLineIndex: c.sdpMLineIndex, usernameFragment: c.usernameFragment };
    }
    return real.call(this, c, ...rest);
  });
  for (const name of ['createOffer', 'createAnswer']) {
    wrap(name, async function (real, args) {
      const d = await real.apply(this, args);
      mark('offer');
      return badPort ? { type: d.type, sdp: perLine(d.sdp, localLine) } : d;
    });
  }

  // Proxies, not subclasses: twilio-video.js walks the prototype's own methods.
  window.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, args) {
      const pc = Reflect.construct(target, args);
      connections.push(pc);
      // The first listener, so that no other hears of the real candidates.
      pc.addEventListener('icecandidate', e => {
        if (!badPort || !e.isTrusted || !e.candidate || !e.candidate.candidate) { return; }
        e.stopImmediatePropagation();
        const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = e.candidate;
        pc.dispatchEvent(new RTCPeerConnectionIceEvent('icecandidate', {
          candidate: new RTCIceCandidate({ candidate: nowhere(candidate), sdpMid, sdpMLineIndex, usernameFragment }),
        }));
      });
      pc.addEventListener('iceconnectionstatechange', () => {
        if (['connected', 'completed'].includes(pc.iceConnectionState)) { mark('ice'); }
      });
      pc.addEventListener('connectionstatechange', () => { if (pc.connectionState === 'connected') { mark('dtls'); } });
      pc.addEventListener('track', e => {
        if (e.track.kind === 'video') { e.track.addEventListener('unmute', () => mark('packet')); }
      });
      return pc;
    },
  });
  window.WebSocket = new Proxy(WebSocket, {
    construct(target, args) {
      mark('socket');
      const ws = Reflect.construct(target, args);
      ws.addEventListener('open', () => mark('open'));
      return ws;
    },
  });
})();

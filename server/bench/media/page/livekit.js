// livekit-client.
'use strict';

const room = new LivekitClient.Room();

room.on(LivekitClient.RoomEvent.TrackSubscribed, track => {
  (track.kind === 'video' ? watch : e => document.body.appendChild(e))(track.attach());
});

async function connect(url, token, tracks, bitrate) {
  const connected = room.connect(url, token);
  // Otherwise without waiting: publishTrack does that itself, as soon as it can.
  if (query.has('sequential')) { await connected; }
  const published = tracks.map(t => room.localParticipant.publishTrack(t, {
    simulcast: false, videoCodec: 'vp8',
    source: t.kind === 'video' ? LivekitClient.Track.Source.Camera : LivekitClient.Track.Source.Microphone,
    videoEncoding: { maxBitrate: bitrate, maxFramerate: 30 },
  }));
  await Promise.all([connected, ...published]);
}

async function disconnect() { await room.disconnect(); }

// livekit-client.
'use strict';

const room = new LivekitClient.Room();

room.on(LivekitClient.RoomEvent.TrackSubscribed, track => {
  (track.kind === 'video' ? watch : e => document.body.appendChild(e))(track.attach());
});

async function connect(url, token, tracks, bitrate) {
  // Without waiting for the connection, which publishTrack does itself: the
  // fastest way that there is.
  const published = room.connect(url, token).then(() => undefined);
  const publications = tracks.map(t => room.localParticipant.publishTrack(t, {
    simulcast: false, videoCodec: 'vp8',
    source: t.kind === 'video' ? LivekitClient.Track.Source.Camera : LivekitClient.Track.Source.Microphone,
    videoEncoding: { maxBitrate: bitrate, maxFramerate: 30 },
  }));
  await Promise.all([published, ...publications]);
}

async function disconnect() { await room.disconnect(); }

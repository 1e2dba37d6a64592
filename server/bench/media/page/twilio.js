// twilio-video.js.
'use strict';

let room = null;

function take(track) { (track.kind === 'video' ? watch : e => document.body.appendChild(e))(track.attach()); }

function attend(participant) {
  participant.on('trackSubscribed', take);
  participant.tracks.forEach(p => { if (p.track) { take(p.track); } });
}

async function connect(url, token, tracks, bitrate) {
  room = await Twilio.Video.connect(token, {
    tracks, wsServer: url, insights: false, maxVideoBitrate: bitrate,
    // As the product's pages do (app/video/twiliojs).
    dominantSpeaker: true, networkQuality: { local: 2, remote: 2 }, preferredVideoCodecs: ['VP8'],
    bandwidthProfile: { video: { mode: 'collaboration', clientTrackSwitchOffControl: 'auto', contentPreferencesMode: 'auto' } },
  });
  room.participants.forEach(attend);
  room.on('participantConnected', attend);
}

async function disconnect() { room.disconnect(); }

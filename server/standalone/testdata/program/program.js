'use strict';

// A program that knows Twilio and nothing of us: it makes a Room, serves a page that joins it, and
// on the word "end" says who was there and completes the Room.
//
//   node program.js ROOM_TYPE    with the settings that `server local-twilio` prints

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const twilio = require('twilio');

const { TWILIO_API_URL: api, TWILIO_SIGNALING_URL: wsServer, TWILIO_ACCOUNT_SID: account, TWILIO_API_KEY: key, TWILIO_API_SECRET: secret } = process.env;
const client = twilio(key, secret, { accountSid: account });
client.video.baseUrl = api + '/video';

function mint(identity, room) {
  const token = new twilio.jwt.AccessToken(account, key, secret, { identity });
  token.addGrant(new twilio.jwt.AccessToken.VideoGrant({ room }));
  return token.toJwt();
}

async function main() {
  const room = await client.video.v1.rooms.create({ uniqueName: 'another program', type: process.argv[2] });
  const sdk = path.join(path.dirname(require.resolve('twilio-video/package.json')), 'dist', 'twilio-video.min.js');
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (pathname === '/token') {
      response.end(JSON.stringify({ token: mint(searchParams.get('identity'), room.sid), options: { name: room.sid, wsServer, insights: false } }));
    } else {
      response.setHeader('Content-Type', pathname === '/sdk.js' ? 'text/javascript' : 'text/html');
      response.end(fs.readFileSync(pathname === '/sdk.js' ? sdk : path.join(__dirname, 'page.html')));
    }
  }).listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
  process.stdin.once('data', async () => {
    const present = await client.video.v1.rooms(room.sid).participants.list({ status: 'connected' });
    const ended = await client.video.v1.rooms(room.sid).update({ status: 'completed' });
    console.log([ended.type, ended.status, ...present.map(p => p.identity).sort()].join(' '));
    process.exit();
  });
}

main();

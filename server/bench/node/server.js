'use strict';

// The server that Escalate's mint is measured against: plain node:http and the
// npm package twilio, used as its documentation shows. POST {identity, room}
// answers {token, room, identity}. It prints {"url": …} once it listens and
// ends with its standard input.
//
//   node server.js                one process
//   node server.js cluster N      N processes behind one port
//   node server.js alone SECONDS  no HTTP: mints in a loop, prints {"micros": …} of CPU time for one

const cluster = require('node:cluster');
const crypto = require('node:crypto');
const http = require('node:http');
const { AccessToken } = require('twilio').jwt;
const { VideoGrant } = AccessToken;

const account = process.env.BENCH_ACCOUNT;
const key = process.env.BENCH_KEY;
// The documentation hands over the secret as a string. jsonwebtoken, which the
// package uses, then tries for each token whether it is a private key in PEM.
// A KeyObject skips that; it is measured as well, to be fair to who knows.
const secret = process.env.BENCH_KEYOBJECT ? crypto.createSecretKey(process.env.BENCH_SECRET, 'utf8') : process.env.BENCH_SECRET;

function mint(identity, room) {
  const token = new AccessToken(account, key, secret, { identity, ttl: 4 * 3600 });
  token.addGrant(new VideoGrant({ room }));
  return token.toJwt();
}

function handle(request, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    let status = 200;
    let answer;
    try {
      const { identity, room } = JSON.parse(Buffer.concat(chunks));
      answer = { token: mint(identity, room), room, identity };
    } catch (error) {
      status = 400;
      answer = { message: error.message };
    }
    const body = JSON.stringify(answer);
    response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  });
}

function say(what) {
  process.stdout.write(JSON.stringify(what) + '\n');
}

function serve(listening) {
  const server = http.createServer(handle);
  server.listen(0, '127.0.0.1', () => listening(server.address().port));
}

function alone(seconds) {
  const round = () => {
    for (let i = 0; i < 100; i++) mint('customer:abc2345:4f6c1d2e', 'RM00000000000000000000000000000000');
  };
  for (let i = 0; i < 5; i++) round(); // compiled by then
  const before = process.cpuUsage();
  const end = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
  let n = 0;
  for (; process.hrtime.bigint() < end; n += 100) round();
  const spent = process.cpuUsage(before);
  say({ micros: (spent.user + spent.system) / n });
}

const [mode, count] = process.argv.slice(2);
if (mode === 'alone') {
  alone(Number(count));
} else if (mode === 'cluster' && cluster.isPrimary) {
  let waiting = Number(count);
  cluster.on('listening', (worker, address) => {
    if (--waiting === 0) say({ url: `http://127.0.0.1:${address.port}` });
  });
  for (let i = 0; i < Number(count); i++) cluster.fork();
} else if (cluster.isWorker) {
  process.on('disconnect', () => process.exit());
  serve(() => {});
} else {
  serve((port) => say({ url: `http://127.0.0.1:${port}` }));
}
if (cluster.isPrimary && mode !== 'alone') {
  process.stdin.on('end', () => process.exit()).resume();
}

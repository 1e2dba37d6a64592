// Sends what a library asks Twilio's hosts for to local Twilio. It must be there before the
// library looks.
'use strict';
const http = require('node:http');
const https = require('node:https');
const WebSocket = require('ws');
const { env } = require('./stage.js');

const local = new URL(env.rest);
const twilio = /^([\w-]+)(?:\.[\w-]+)*\.twilio\.com$/;

// asked are the hosts that were asked, and are not Twilio's: nothing may leave the machine.
const asked = new Set();

https.request = (options, ...rest) => {
  const host = options.hostname || options.host;
  const [, product] = twilio.exec(host) ?? [];
  if (!product) asked.add(host);
  const path = product ? `/${product}${options.path}` : '/nowhere';
  return http.request({ ...options, protocol: 'http:', host: local.hostname, hostname: local.hostname, port: local.port, path, agent: undefined }, ...rest);
};
global.WebSocket = class extends WebSocket {
  constructor(url, ...rest) {
    const u = new URL(url);
    const [, product] = twilio.exec(u.hostname) ?? [];
    super(product ? `ws://${local.host}/${product}${u.pathname}${u.search}` : url, ...rest);
  }
};

const { fetch } = global;
global.fetch = (url, options) => {
  const u = new URL(url);
  if (u.host === local.host) return fetch(url, options);
  const [, product] = twilio.exec(u.hostname) ?? [];
  if (!product) asked.add(u.hostname);
  return fetch(product ? `${local.origin}/${product}${u.pathname}${u.search}` : `${local.origin}/nowhere`, options);
};
// Some look at the page that they think they are in.
global.window = global;
global.location = new URL(env.rest);

module.exports = { asked };

// Logs the demo's Worker in and starts Flex.
(async () => {
  'use strict';
  // /flex?as=supervisor holds for this tab: Flex puts addresses of its own there.
  const as = new URLSearchParams(location.search).get('as') ?? sessionStorage.getItem('as') ?? '';
  sessionStorage.setItem('as', as);
  const answer = await fetch(`/flex/api/session?as=${encodeURIComponent(as)}`, { method: 'POST' });
  if (!answer.ok) throw new Error(await answer.text());
  const session = await answer.json();
  window.flexShim.answerAt(session.twilio);
  localStorage.setItem('TWILIO_FLEX_SSO', JSON.stringify({
    token: session.token, identity: session.identity, roles: session.roles, expiration: session.expiration,
    flexUserSid: 'FU' + session.workerSid.slice(2), accountSid: session.accountSid, permissions: [],
  }));
  await new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = '/flex/flex.js';
    script.onload = resolve;
    script.onerror = () => reject(new Error('no bundle: run make flex'));
    document.head.append(script);
  });
  await window.Twilio.Flex.runDefault({
    sso: { accountSid: session.accountSid, loginPopup: false },
    serviceBaseUrl: location.host,
    disableBrowserVoice: true,
    pluginService: { enabled: true },
    logLevel: 'warn',
  }, '#container');
  document.documentElement.dataset.flex = 'ready';
})().catch((err) => {
  document.documentElement.dataset.flex = 'failed';
  document.getElementById('container').textContent = `Flex did not start: ${err.message ?? err}`;
  console.error(err);
});

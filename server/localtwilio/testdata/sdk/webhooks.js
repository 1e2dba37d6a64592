// What a client of @twilio/conversations does that webhooks tell of.
'use strict';
const { Client } = require('@twilio/conversations');
const { env, run, options } = require('./stage.js');

run(async () => {
  const ada = await Client.create(env.ada, options());
  const chat = await ada.createConversation({ uniqueName: 'hooked' });
  await chat.join();
  await chat.sendMessage('Hello', { mood: 'good' });
  await chat.updateFriendlyName('Hooked');
  await ada.shutdown();
});

// Which methods of a package's classes a script has called.
'use strict';
const assert = require('node:assert/strict');

const called = new Set();
const all = new Set();

// watch notes the calls of a class's methods, those of its parents too.
function watch(name, prototype) {
  for (let p = prototype; p && p.constructor && !/EventEmitter|^Object$|^Promise$/.test(p.constructor.name); p = Object.getPrototypeOf(p)) {
    for (const key of Object.getOwnPropertyNames(p)) {
      const d = Object.getOwnPropertyDescriptor(p, key);
      if (key.startsWith('_') || key === 'constructor' || typeof d.value !== 'function' || all.has(`${name}.${key}`)) continue;
      all.add(`${name}.${key}`);
      Object.defineProperty(p, key, { ...d, value(...args) { called.add(`${name}.${key}`); return d.value.apply(this, args); } });
    }
  }
}

// done fails unless every method was called or is one of those that cannot be. What stands
// there must exist.
function done(...others) {
  const exempt = others.flat();
  assert.deepEqual([...all].filter((m) => !called.has(m) && !exempt.includes(m)), [], 'methods that nobody called');
  assert.deepEqual(exempt.filter((m) => !all.has(m)), [], 'methods that there are not');
}

module.exports = { watch, done, called, all };

// Files in a chat: choosing them, by a button, by pasting or by dropping, and
// how those look that were sent.

import { h, show } from './dom.js';
import { request, RequestError } from './http.js';

/** @typedef {import('./types.js').SentFile} SentFile */

const largest = 150; // MB; Conversations' limit, which the server holds to as well
const most = 10; //     files at a time

// What people send each other, and browsers show or save without harm.
const accepted = [/^image\//, /^audio\//, /^video\//, /^application\/pdf$/, /^text\/plain$/];

/**
 * Why a file cannot be sent, as a sentence; empty when it can.
 * @param {File} f
 */
export function refusal(f) {
  if (!accepted.some((a) => a.test(f.type))) return `“${f.name}” cannot be sent. Pictures, videos, sound, PDF and plain text can.`;
  if (f.size > largest * 2 ** 20) return `“${f.name}” is too large. A file may have at most ${largest} MB.`;
  if (!f.size) return `“${f.name}” is empty.`;
  return '';
}

/** @param {number} bytes */
export function sizeWords(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const kilo = bytes / 1000;
  return kilo < 1000 ? `${Math.round(kilo)} kB` : `${(kilo / 1000).toFixed(1)} MB`;
}

/**
 * A file of a Message: a picture as it is, anything else by name and size.
 * @param {SentFile} f
 */
export function fileLink(f) {
  const named = () =>
    h('a', { class: 'file', href: f.url, download: f.name }, h('span', { class: 'file-name' }, f.name), h('span', { class: 'file-size' }, sizeWords(f.size)));
  if (!f.picture) return named();
  const link = h('a', { class: 'picture', href: f.url, target: '_blank', rel: 'noopener noreferrer' });
  link.append(
    h('img', {
      src: f.url,
      alt: f.name,
      // A picture that is none after all, or that is gone.
      onerror: () => link.replaceWith(named()),
    }),
  );
  return link;
}

/** The files that go with the next click on Send. */
export class Attachments {
  /**
   * @param {object} at
   * @param {HTMLElement} at.button
   * @param {HTMLInputElement} at.picker  the browser's own control, not shown
   * @param {HTMLElement} at.list         where they are shown
   * @param {HTMLInputElement} at.input   where people type, and paste
   * @param {HTMLElement} at.area         where they may be dropped
   * @param {() => boolean} at.open       whether the chat takes any now
   * @param {(words: string) => void} at.say  tells a person what was wrong; empty takes it back
   */
  constructor(at) {
    this.at = at;
    /** @type {{file: File, preview: string}[]} */
    this.picked = [];
    this.sending = false;
    at.button.addEventListener('click', () => at.picker.click());
    at.picker.addEventListener('change', () => {
      this.add([...(at.picker.files ?? [])]);
      at.picker.value = ''; // the same file may be chosen again
    });
    at.input.addEventListener('paste', (e) => {
      const files = [...(e.clipboardData?.files ?? [])];
      if (!files.length) return;
      e.preventDefault();
      this.add(files);
    });
    at.area.addEventListener('dragover', (e) => {
      if (!e.dataTransfer?.types.includes('Files')) return;
      e.preventDefault();
      e.dataTransfer.dropEffect = at.open() ? 'copy' : 'none';
      at.area.classList.toggle('dropping', at.open());
    });
    at.area.addEventListener('dragleave', (e) => {
      if (!(e.relatedTarget instanceof Node && at.area.contains(e.relatedTarget))) at.area.classList.remove('dropping');
    });
    at.area.addEventListener('drop', (e) => {
      at.area.classList.remove('dropping');
      if (!e.dataTransfer?.types.includes('Files')) return;
      e.preventDefault(); // else the browser leaves the page for the file
      this.add([...e.dataTransfer.files]);
    });
  }

  /** @param {File[]} files */
  add(files) {
    if (!this.at.open()) return;
    this.at.say('');
    for (const file of files) {
      const why = this.picked.length === most ? `At most ${most} files go at a time.` : refusal(file);
      if (why) {
        this.at.say(why);
        continue;
      }
      this.picked.push({ file, preview: file.type.startsWith('image/') ? URL.createObjectURL(file) : '' });
    }
    this.#draw();
    this.at.input.focus();
  }

  /** Forgets them: another chat is shown. */
  clear() {
    for (const p of this.picked.splice(0)) URL.revokeObjectURL(p.preview);
    this.#draw();
  }

  /**
   * Sends them one after the other; those that were not sent stay.
   * @param {string} conversationSid
   * @param {'agent'|'customer'} as
   */
  async send(conversationSid, as) {
    const path = `/demo/api/conversations/${encodeURIComponent(conversationSid)}/files`;
    this.sending = this.picked.length > 0;
    try {
      for (const p of [...this.picked]) {
        try {
          await request('POST', `${path}?${new URLSearchParams({ as, Filename: p.file.name })}`, { file: p.file });
        } catch (err) {
          if (err instanceof RequestError) err.message = `“${p.file.name}” was not sent. ${err.message}`;
          throw err;
        }
        this.#remove(p);
      }
    } finally {
      this.sending = false;
    }
  }

  /** @param {{file: File, preview: string}} p */
  #remove(p) {
    this.picked = this.picked.filter((other) => other !== p);
    URL.revokeObjectURL(p.preview);
    this.#draw();
  }

  #draw() {
    show(this.at.list, this.picked.length > 0);
    this.at.list.replaceChildren(
      ...this.picked.map((p) =>
        h(
          'li',
          {},
          p.preview ? h('img', { src: p.preview, alt: '' }) : null,
          h('span', { class: 'file-name' }, p.file.name),
          h('span', { class: 'file-size' }, sizeWords(p.file.size)),
          h('button', {
            type: 'button',
            class: 'button small quiet',
            'aria-label': `Remove ${p.file.name}`,
            onclick: () => {
              this.#remove(p);
              this.at.input.focus();
            },
          }, '×'),
        ),
      ),
    );
  }
}

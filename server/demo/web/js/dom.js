// Building the page. Text goes in as text, never as markup, so nothing that
// a customer types can become an element.

/**
 * An element that must be on the page.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const el = document.getElementById(id);
  if (!el) throw new Error(`this page has no #${id}`);
  return el;
}

/**
 * A new element. Attributes that are true become empty ones; false, null and
 * undefined are left out; a function under "on…" becomes a listener.
 * @param {string} tag
 * @param {Record<string, unknown>} [attrs]
 * @param {...(Node|string|null|undefined)} children
 * @returns {HTMLElement}
 */
export function h(tag, attrs = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (name.startsWith('on') && typeof value === 'function') {
      el.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (value !== false && value !== null && value !== undefined) {
      el.setAttribute(name, value === true ? '' : String(value));
    }
  }
  el.append(...children.filter((c) => c !== null && c !== undefined));
  return el;
}

/**
 * Shows or hides an element.
 * @param {HTMLElement} el
 * @param {boolean} on
 */
export function show(el, on) {
  el.hidden = !on;
}

/**
 * A round badge with a person's initials; the hue follows from the name.
 * @param {string} name
 */
export function avatar(name) {
  const initials = name.split(/\s+/).filter(Boolean).map((w) => w[0]).slice(0, 2).join('');
  let sum = 0;
  for (const c of name) sum += c.codePointAt(0) ?? 0;
  return h('span', { class: `avatar hue-${sum % 5}`, 'aria-hidden': 'true' }, initials.toUpperCase());
}

/**
 * Marks a button as working: it cannot be pressed again and says what it does.
 * @param {HTMLElement} button
 * @param {string} words  what it is doing; empty when done
 */
export function busy(button, words) {
  const label = /** @type {HTMLElement} */ (button.querySelector('.label') ?? button);
  if (words) {
    label.dataset.idle ??= label.textContent ?? '';
    label.textContent = words;
    button.setAttribute('aria-busy', 'true');
    /** @type {HTMLButtonElement} */ (button).disabled = true;
  } else {
    if (label.dataset.idle !== undefined) label.textContent = label.dataset.idle;
    delete label.dataset.idle;
    button.removeAttribute('aria-busy');
    /** @type {HTMLButtonElement} */ (button).disabled = false;
  }
}

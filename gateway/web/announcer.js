// What a screen reader is told: now and then the newest totals, never every step of every number.

const EVERY_MS = 30_000;
const AT_ONCE = 3;

export class Announcer {
  /** `element` is a polite live region. */
  constructor(element) {
    this.element = element;
    this.waiting = new Map();
    setInterval(() => this.#speak(), EVERY_MS);
  }

  /** The newest text about one thing replaces what was waiting to be said about it. */
  note(key, text) {
    this.waiting.delete(key);
    this.waiting.set(key, text);
  }

  #speak() {
    if (!this.waiting.size) return;
    this.element.textContent = [...this.waiting.values()].slice(-AT_ONCE).join(". ");
    this.waiting.clear();
  }
}

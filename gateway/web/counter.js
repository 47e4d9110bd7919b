// One amount in large figures. It counts up to what was gained, and is simply replaced where the figure starts anew.

import { between, digits, plain } from "./money.js";

const LASTS_MS = 900;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Counter {
  /** `element` is a <data>: its `value` is the exact amount at once, its text follows. */
  constructor(element) {
    this.element = element;
    this.shown = null;
    this.target = null;
    this.frame = 0;
  }

  /** The amount, or null for an unknown one. It is animated only if asked for, possible and upwards. */
  set(value, { animate }) {
    if (animate && value && value.minor === this.target?.minor && value.currency === this.target.currency) return;
    cancelAnimationFrame(this.frame);
    const from = this.shown;
    this.target = value;
    if (value === null) {
      this.shown = null;
      this.element.textContent = "unknown";
      this.element.removeAttribute("value");
      return;
    }
    this.element.setAttribute("value", plain(value));
    const upwards = from !== null && from.currency === value.currency && value.minor > from.minor;
    if (!animate || !upwards || still.matches || document.hidden) this.#write(value);
    else this.#run(from, value, performance.now());
  }

  #run(from, to, began) {
    this.frame = requestAnimationFrame((now) => {
      const share = Math.min(1, Math.max(0, (now - began) / LASTS_MS));
      this.#write(share < 1 ? between(from, to, 1 - (1 - share) ** 3) : to);
      if (share < 1) this.#run(from, to, began);
    });
  }

  #write(value) {
    this.shown = value;
    this.element.textContent = digits(value);
  }
}

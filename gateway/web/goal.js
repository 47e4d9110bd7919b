// How far an amount has come towards its goal: a bar, and the same in words.

import { round } from "./money.js";
import { write } from "./text.js";

const TENTHS = new Intl.NumberFormat("en", { minimumFractionDigits: 1 });

export class Goal {
  /** `bar` is a progressbar with one element in it. */
  constructor(bar, words) {
    this.bar = bar;
    this.words = words;
  }

  /** `goal` is an amount or null; `progress` the share of it, 1 being all, or null while unknown. */
  show(goal, progress) {
    const { bar, words } = this;
    write(words, goal ? `${progress === null ? "?" : percent(progress)} of ${round(goal)}` : "");
    bar.setAttribute("aria-hidden", String(!goal));
    if (!goal) return;
    bar.toggleAttribute("data-reached", progress > 1);
    bar.style.setProperty("--goal-at", `${100 / Math.max(1, progress ?? 0)}%`);
    bar.firstElementChild.style.transform = `scaleX(${Math.min(1, Math.max(0, progress ?? 0))})`;
    if (progress === null) bar.removeAttribute("aria-valuenow");
    else bar.setAttribute("aria-valuenow", String(Math.max(0, Math.min(100, Math.floor(progress * 100)))));
    bar.setAttribute("aria-valuetext", words.textContent);
  }
}

function percent(progress) {
  // rounded down: 100 % is said when it is reached, and not before
  return `${TENTHS.format(Math.floor(progress * 1000 + 1e-9) / 10)} %`;
}

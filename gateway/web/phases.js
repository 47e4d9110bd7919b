// The phases of a season as a small timeline.

import { Items } from "./items.js";
import { write } from "./text.js";

const WORDS = { past: "over", now: "now", coming: "to come" };

export class Phases {
  constructor(list, template) {
    this.items = new Items(list, template);
  }

  /** `present` is the gateway's moment, `calendar` says how its dates are told. */
  show({ phases, currentPhase }, present, calendar) {
    this.items.list.hidden = phases.length === 0;
    const current = phases.find(({ id }) => id === currentPhase?.id);
    // the phase may have changed since the gateway told the time
    const now = current ? Math.max(present, Date.parse(current.startsAt)) : present;
    for (const [element, phase] of this.items.show(phases, ({ id }) => id)) {
      const state = stateOf(phase, current, now);
      element.dataset.state = state;
      if (phase === current) element.setAttribute("aria-current", "step");
      else element.removeAttribute("aria-current");
      write(element.querySelector(".name"), phase.name);
      write(element.querySelector(".dates"), calendar.days(phase.startsAt, phase.endsAt));
      write(element.querySelector(".state"), WORDS[state]);
      element.querySelector(".track").firstElementChild.style.transform = `scaleX(${passed(phase, state, now)})`;
    }
  }
}

// Which one is under way the gateway says: without one, whatever has begun is over.
function stateOf(phase, current, now) {
  if (phase === current) return "now";
  if (Date.parse(phase.startsAt) > now) return "coming";
  return current && !(Date.parse(phase.endsAt) <= now) ? "now" : "past";
}

function passed({ startsAt, endsAt }, state, now) {
  if (state !== "now") return state === "past" ? 1 : 0;
  const start = Date.parse(startsAt);
  return endsAt ? Math.min(1, Math.max(0, (now - start) / (Date.parse(endsAt) - start))) : 1;
}

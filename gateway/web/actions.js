// What people can do beside giving, where and when.

import { Items } from "./items.js";
import { point, write } from "./text.js";

const KINDS = { DONATE: "Give", LEARN: "Learn", SHARE: "Share", VOLUNTEER: "Volunteer", ATTEND: "Attend" };

export class Actions {
  constructor(section, template) {
    this.section = section;
    this.items = new Items(section.querySelector("ul"), template);
  }

  /** In the order of the organisers. `present` is the gateway's moment. */
  show(actions, present, calendar) {
    this.section.hidden = actions.length === 0;
    for (const [element, action] of this.items.show(numbered(actions), ({ place }) => place)) {
      const part = (name) => element.querySelector(`.${name}`);
      write(part("kind"), KINDS[action.kind] ?? action.kind.toLowerCase());
      write(part("title").firstElementChild, action.title);
      point(part("title"), action.url);
      write(part("place"), where(action));
      element.toggleAttribute("data-there", Boolean(action.where));
      write(part("dates"), calendar.hours(action.startsAt, action.endsAt));
      const over = Date.parse(action.endsAt) <= present;
      element.toggleAttribute("data-over", over);
      write(part("state"), over ? "over" : "");
    }
  }
}

// two of the same words are still two
const numbered = (actions) => actions.map((action, place) => ({ ...action, where: action.place, place }));

function where(action) {
  return [action.isOnline ? "online" : "", action.where ?? ""].filter(Boolean).join(", ");
}

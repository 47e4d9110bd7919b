// What each network brought, and how fresh that is.

import { Counter } from "./counter.js";
import { health, show } from "./freshness.js";
import { Items } from "./items.js";
import { read } from "./money.js";
import { counted, write } from "./text.js";

export class Shares {
  constructor(section, template) {
    this.section = section;
    this.items = new Items(section.querySelector("ul"), template);
    this.counters = new WeakMap();
    this.shown = [];
  }

  /** `rows` are in the endpoint's order; `whole` is the sum of all, or null. */
  update(rows, whole, { animate }) {
    this.section.hidden = rows.length === 0;
    this.shown = this.items.show(rows, ({ platform }) => platform.id);
    for (const [element, row] of this.shown) {
      const raised = read(row.raised.money);
      write(element.querySelector(".network"), row.platform.name);
      write(element.querySelector(".approx"), row.raised.isApproximate && raised ? "about" : "");
      write(element.querySelector(".currency"), raised?.currency ?? "");
      write(element.querySelector(".facts"), row.donationCount ? `${counted(row.donationCount, "gift")} known` : "");
      element.querySelector(".share").firstElementChild.style.transform = `scaleX(${part(raised, whole)})`;
      if (!this.counters.has(element)) this.counters.set(element, new Counter(element.querySelector(".amount")));
      this.counters.get(element).set(raised, { animate });
    }
  }

  tick(heldSince) {
    for (const [element, { platform }] of this.shown) {
      show(element.querySelector(".freshness"), health(platform, heldSince));
    }
  }
}

function part(raised, whole) {
  if (!raised || !whole || whole.minor <= 0n || raised.minor <= 0n) return 0;
  return Math.min(1, Number((raised.minor * 10_000n) / whole.minor) / 10_000);
}

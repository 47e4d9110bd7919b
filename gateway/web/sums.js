// What the shown campaigns have raised together, each currency by itself: amounts of two currencies are never added.

import { Counter } from "./counter.js";
import { sum } from "./money.js";

export class Sums {
  constructor(list, template) {
    this.list = list;
    this.template = template;
    this.byCurrency = new Map();
  }

  /** Adds up the rows again. A campaign without a figure is not among those that are counted. */
  update(rows, { animate }) {
    const groups = new Map();
    for (const row of rows) {
      if (row.raised) groups.set(row.raised.currency, [...(groups.get(row.raised.currency) ?? []), row]);
    }
    for (const [currency, shown] of this.byCurrency) {
      if (groups.has(currency)) continue;
      shown.element.remove();
      this.byCurrency.delete(currency);
    }
    for (const [currency, members] of groups) {
      const shown = this.byCurrency.get(currency) ?? this.#add(currency);
      shown.counter.set(sum(members.map((row) => row.raised)), { animate });
      const stale = members.filter((row) => row.campaign.total.freshness === "STALE").length;
      shown.size = members.length;
      shown.note.textContent =
        `${members.length} ${members.length === 1 ? "campaign" : "campaigns"}` + (stale ? `, ${stale} stale` : "");
    }
    this.#order();
    this.list.hidden = groups.size === 0;
  }

  #order() {
    const order = [...this.byCurrency].sort(([a, one], [b, other]) => other.size - one.size || (a < b ? -1 : 1));
    order.forEach(([, { element }], place) => {
      if (this.list.children[place] !== element) this.list.insertBefore(element, this.list.children[place] ?? null);
    });
  }

  #add(currency) {
    const element = this.template.content.firstElementChild.cloneNode(true);
    element.querySelector(".currency").textContent = currency;
    const shown = { element, counter: new Counter(element.querySelector(".amount")), note: element.querySelector(".note") };
    this.byCurrency.set(currency, shown);
    this.list.append(element);
    return shown;
  }
}

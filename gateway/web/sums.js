// What the shown campaigns have raised together, each currency by itself: amounts of two currencies are never added.

import { Counter } from "./counter.js";
import { sum } from "./money.js";

export class Sums {
  constructor(list, template) {
    this.list = list;
    this.template = template;
    this.byCurrency = new Map();
  }

  /** Adds up the rows again. A campaign without a figure is named, not counted as nothing. */
  update(rows, { animate }) {
    const groups = Map.groupBy
      ? Map.groupBy(rows.filter((row) => row.raised), (row) => row.raised.currency)
      : grouped(rows.filter((row) => row.raised));
    for (const [currency, shown] of this.byCurrency) {
      if (groups.has(currency)) continue;
      shown.element.remove();
      this.byCurrency.delete(currency);
    }
    for (const [currency, members] of groups) {
      const shown = this.byCurrency.get(currency) ?? this.#add(currency);
      shown.counter.set(sum(members.map((row) => row.raised)), { animate });
      shown.note.textContent = `${members.length} ${members.length === 1 ? "campaign" : "campaigns"}`;
    }
    this.list.hidden = groups.size === 0;
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

function grouped(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(row.raised.currency, [...(groups.get(row.raised.currency) ?? []), row]);
  return groups;
}

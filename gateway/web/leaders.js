// The accounts that speak for the season, by what gifts that name them gave.

import { Counter } from "./counter.js";
import { Items } from "./items.js";
import { counted, number, point, write } from "./text.js";

export class Leaders {
  constructor(section, template, amount) {
    this.section = section;
    this.amount = amount;
    this.items = new Items(section.querySelector("ol"), template);
    this.sums = new WeakMap();
  }

  /** `rows` are endorsers; `more` says how many endorsements were left out. */
  update(rows, more) {
    this.section.hidden = rows.length === 0;
    for (const [element, row] of this.items.show(rows, ({ key }) => key)) {
      const part = (name) => element.querySelector(`.${name}`);
      write(part("name").firstElementChild, row.name);
      point(part("name"), row.url);
      write(part("network"), row.network);
      write(part("followers"), row.followers === null ? "" : `${number(row.followers)} followers`);
      write(part("facts"), row.count === null ? "" : counted(row.count, "gift"));
      write(part("unknown"), row.raised === null ? "not told by gifts" : "");
      this.#amounts(element, part("raised"), row.raised ?? []);
    }
    write(this.section.querySelector(".note"), more > 0 ? `and ${counted(more, "more endorsement")}` : "");
  }

  #amounts(element, list, raised) {
    if (!this.sums.has(element)) this.sums.set(element, [new Items(list, this.amount), new WeakMap()]);
    const [items, counters] = this.sums.get(element);
    for (const [shown, amount] of items.show(raised, ({ currency }) => currency)) {
      write(shown.querySelector(".currency"), amount.currency);
      if (!counters.has(shown)) counters.set(shown, new Counter(shown.querySelector(".amount")));
      counters.get(shown).set(amount, { animate: true });
    }
  }
}

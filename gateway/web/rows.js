// The list of campaigns, in the order in which the endpoint gives them.

import { Row } from "./row.js";

// how many campaigns still leave room for so much: on a wall nothing scrolls
const DENSITIES = [["roomy", 4], ["usual", 6], ["close", 10], ["dense", Infinity]];
const MANY = 14; // of a season's
const MOVE = { duration: 700, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" };
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Rows {
  constructor(list, template) {
    this.list = list;
    this.template = template;
    this.byId = new Map();
  }

  /** Rows as they stand in the list. */
  get shown() {
    return [...this.byId.values()];
  }

  /**
   * Shows exactly these campaigns in this order. `accept` gives what is to be taken over of one that is shown already, and
   * `calendar` tells its dates.
   */
  replace(campaigns, accept, calendar) {
    const known = this.byId;
    this.byId = new Map();
    for (const campaign of campaigns) {
      const row = known.get(campaign.id) ?? new Row(this.template);
      row.calendar = calendar;
      row.update(known.has(campaign.id) ? accept(row, campaign) : campaign);
      this.byId.set(campaign.id, row);
    }
    for (const [id, row] of known) if (!this.byId.has(id)) row.element.remove();
    const [density] = DENSITIES.find(([, most]) => this.byId.size <= most);
    this.list.dataset.density = density;
    this.list.style.setProperty("--rows", String(Math.min(10, Math.max(1, this.byId.size))));
    this.list.style.setProperty("--half", String(Math.max(1, Math.ceil(this.byId.size / 2))));
    this.list.toggleAttribute("data-columns", density === "close" || density === "dense"); // two of them
    this.list.toggleAttribute("data-many", this.byId.size > MANY);
    this.sort();
  }

  /**
   * Sorts the rows of each currency among the places that they hold. How one currency stands to another takes rates, which only
   * the endpoint has: its next answer settles that.
   */
  sort() {
    const before = this.shown;
    const queues = new Map();
    for (const row of before) {
      if (row.raised) queues.set(row.raised.currency, [...(queues.get(row.raised.currency) ?? []), row]);
    }
    for (const queue of queues.values()) queue.sort(larger);
    const after = before.map((row) => (row.raised ? queues.get(row.raised.currency).shift() : row));
    this.byId = new Map(after.map((row) => [row.campaign.id, row]));
    this.#place(after);
  }

  #place(rows) {
    if (rows.every((row, place) => this.list.children[place] === row.element)) return;
    const tops = new Map(rows.map(({ element }) => [element, element.isConnected ? element.offsetTop : null]));
    const focused = document.activeElement;
    this.list.append(...rows.map(({ element }) => element));
    if (focused !== document.activeElement) focused?.focus({ preventScroll: true });
    for (const [element, top] of tops) {
      const way = top === null ? 0 : top - element.offsetTop;
      if (way && !still.matches) element.animate([{ transform: `translateY(${way}px)` }, { transform: "none" }], MOVE);
    }
  }
}

// 0 for equals, so that they stay in the endpoint's order
function larger({ raised: one }, { raised: other }) {
  return Number(one.minor < other.minor) - Number(one.minor > other.minor);
}

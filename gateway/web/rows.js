// The list of campaigns, in the order in which the endpoint gives them.

import { Row } from "./row.js";

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

  /** Shows exactly these campaigns in this order. `accept` gives what is to be taken over of one that is shown already. */
  replace(campaigns, accept) {
    const known = this.byId;
    this.byId = new Map();
    for (const campaign of campaigns) {
      const row = known.get(campaign.id) ?? new Row(this.template);
      row.update(known.has(campaign.id) ? accept(row, campaign) : campaign);
      this.byId.set(campaign.id, row);
    }
    for (const [id, row] of known) if (!this.byId.has(id)) row.element.remove();
    // a row that stands right is not moved, so that it keeps the focus
    this.shown.forEach((row, place) => {
      if (this.list.children[place] !== row.element) this.list.insertBefore(row.element, this.list.children[place] ?? null);
    });
    this.list.dataset.density = this.byId.size > 10 ? "dense" : this.byId.size > 5 ? "close" : "roomy";
  }
}

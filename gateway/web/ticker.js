// The latest gifts, newest first. A gift that changes is amended where it stands and never announced anew.

import { digits, read } from "./money.js";
import { clock } from "./moments.js";

const KEPT = 40;
const STATUS = { PARTIALLY_REFUNDED: "part refunded", REFUNDED: "refunded", CANCELLED: "withdrawn" };

export class Ticker {
  constructor(list, template, note) {
    this.list = list;
    this.template = template;
    this.note = note;
    this.byId = new Map();
  }

  /** Gifts that were read: those that are new are put in their places without ado. */
  add(gifts, { fresh = false } = {}) {
    for (const gift of gifts) {
      const known = this.byId.get(gift.id);
      const item = known ?? this.template.content.firstElementChild.cloneNode(true);
      fill(item, gift);
      if (known) continue;
      item.toggleAttribute("data-fresh", fresh);
      this.byId.set(gift.id, item);
      this.list.insertBefore(item, this.#successor(gift.donatedAt));
    }
    while (this.list.children.length > KEPT) {
      this.byId.delete(this.list.lastElementChild.dataset.gift);
      this.list.lastElementChild.remove();
    }
    if (this.byId.size) this.note.textContent = "";
  }

  /** Amends those that are shown. */
  amend(gifts) {
    for (const gift of gifts) if (this.byId.has(gift.id)) fill(this.byId.get(gift.id), gift);
  }

  /** Says that so many came faster than they could be shown. */
  miss(count) {
    this.note.textContent = `${count} more ${count === 1 ? "gift" : "gifts"} came too fast to be shown`;
  }

  #successor(donatedAt) {
    const moment = Date.parse(donatedAt);
    return [...this.list.children].find((item) => Number(item.dataset.moment) <= moment) ?? null;
  }
}

function fill(item, gift) {
  const part = (name) => item.querySelector(`.${name}`);
  const amount = read(gift.amount);
  item.dataset.gift = gift.id;
  item.dataset.moment = Date.parse(gift.donatedAt);
  item.dataset.status = gift.status;
  part("currency").textContent = amount?.currency ?? "";
  part("amount").textContent = amount ? digits(amount) : "\u2014";
  part("donor").textContent = donor(gift);
  part("status").textContent = STATUS[gift.status] ?? "";
  part("campaign").textContent = gift.campaign.title;
  part("network").textContent = gift.campaign.platform.name;
  const time = part("time");
  time.dateTime = gift.donatedAt;
  time.textContent = clock(gift.donatedAt);
}

function donor({ donorName, campaign }) {
  if (donorName) return donorName;
  // a network whose payments are counted never tells who gave: nobody there has asked to be anonymous
  return campaign.total?.basis === "COUNTED" ? "" : "anonymous";
}

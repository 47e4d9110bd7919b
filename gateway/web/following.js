// Which feeds are open. There is room for a number of them on one socket, by the gateway's limits.

import { CAMPAIGN_GIFTS, CAMPAIGN_TOTAL, SEASON_GIFTS, SEASON_ROWS, SEASON_TOTAL } from "./documents.js";

const OPERATIONS = 20;
const TOTALS = 14;

export class Following {
  /** `on` has a function for each kind of message: `season`, `total`, `gifts`. */
  constructor(live, on) {
    this.live = live;
    this.on = on;
    this.open = new Map();
    this.ids = new Set();
  }

  /** Whether the total of this campaign is followed. */
  has(id) {
    return this.ids.has(id);
  }

  /** Follows these campaigns one by one, as many as may be; `positions` says where each goes on. */
  campaigns(ids, positions) {
    const most = Math.min(TOTALS, ids.length);
    const feeds = new Map();
    const each = (id) => ({ id, after: positions(id) });
    for (const id of ids.slice(0, most)) feeds.set(`total ${id}`, [CAMPAIGN_TOTAL, () => each(id), "campaignTotal", "total"]);
    for (const id of ids.slice(0, OPERATIONS - most)) {
      feeds.set(`gifts ${id}`, [CAMPAIGN_GIFTS, () => each(id), "campaignDonations", "gifts"]);
    }
    this.#keep(feeds, ids.slice(0, most));
  }

  /** Follows a season, its gifts, and the totals of these campaigns. */
  season(slug, ids) {
    const feeds = new Map();
    feeds.set(`season ${slug}`, [SEASON_TOTAL, () => ({ slug }), "seasonTotal", "season"]);
    if (ids.length) feeds.set(`rows ${[...ids].sort()}`, [SEASON_ROWS, () => ({ ids }), "campaignTotals", "total"]);
    feeds.set(`gifts of ${slug}`, [SEASON_GIFTS, () => ({ slug }), "seasonDonations", "gifts"]);
    this.#keep(feeds, ids);
  }

  #keep(feeds, ids) {
    for (const [key, end] of this.open) {
      if (feeds.has(key)) continue;
      end();
      this.open.delete(key);
    }
    for (const [key, [document, variables, field, kind]] of feeds) {
      if (this.open.has(key)) continue;
      this.open.set(key, this.live.follow(document, variables(), (data) => this.on[kind](data[field])));
    }
    this.ids = new Set(ids);
  }
}

// One campaign on the board: what it is, what it has raised, and how far that can be trusted.

import { Counter } from "./counter.js";
import { show, told } from "./freshness.js";
import { Goal } from "./goal.js";
import { read, spoken } from "./money.js";
import { counted, point, write } from "./text.js";

const SOURCES = {
  PLATFORM_API: "its interface",
  PLATFORM_EVENT: "its events",
  MERCHANT_NOTIFICATION: "payment notifications",
  MERCHANT_BILL: "daily bills",
  PARTNER_EXPORT: "partners\u2019 exports",
  PUBLISHED_FIGURE: "a published figure, not verified",
};

export class Row {
  constructor(template) {
    this.element = template.content.firstElementChild.cloneNode(true);
    this.part = (name) => this.element.querySelector(`.${name}`);
    this.counter = new Counter(this.part("amount"));
    this.goal = new Goal(this.part("goal"), this.part("aim"));
    this.campaign = {};
    this.calendar = null;
    this.raised = null;
  }

  /** Takes over what is new of the campaign. `animate` only where the figure goes on from the one that is shown. */
  update(news, { animate = false } = {}) {
    this.campaign = { ...this.campaign, ...news };
    const { total, goal, title, charity, platform } = this.campaign;
    this.element.dataset.campaign = this.campaign.id;
    this.element.dataset.status = this.campaign.status;
    this.raised = read(total?.raised);
    write(this.part("title").querySelector("bdi"), title);
    point(this.part("title").firstElementChild, this.campaign.url);
    write(this.part("charity"), charity && charity.name !== title ? charity.name : "");
    write(this.part("network"), platform.name);
    write(this.part("life"), life(this.campaign, this.calendar));
    write(this.part("currency"), this.raised?.currency ?? "");
    this.counter.set(this.raised, { animate });
    this.element.toggleAttribute("data-unknown", this.raised === null);
    write(this.part("facts"), facts(total));
    write(this.part("basis"), total ? basis(total, platform) : "No figure is known yet");
    this.element.toggleAttribute("data-goal", Boolean(goal));
    this.goal.show(read(goal), total?.progress ?? null);
  }

  /** How old the figure is, by the clock. */
  tick(heldSince) {
    const { total } = this.campaign;
    show(this.part("freshness"), told(total?.freshness, total?.asOf, heldSince));
  }

  /** The total as a sentence. */
  sentence() {
    return `${this.campaign.title}: ${this.raised ? spoken(this.raised) : "unknown"}`;
  }
}

function life({ status, startsAt, endsAt }, calendar) {
  if (status === "ENDED") return endsAt ? `Ended ${calendar.last(endsAt)}` : "Ended";
  if (status === "SCHEDULED") return startsAt ? `Starts ${calendar.day(startsAt)}` : "Not yet open";
  return "";
}

function facts(total) {
  const count = total?.donationCount ?? null;
  const refunded = read(total?.refunded);
  const found = [];
  if (count !== null) found.push(counted(count, "gift"));
  if (refunded && refunded.minor > 0n) found.push(`${spoken(refunded)} refunded`);
  return found.join(", ");
}

function basis({ basis, sources }, platform) {
  const named = sources.map((source) => SOURCES[source] ?? source.toLowerCase().replaceAll("_", " "));
  const from = named.length ? `, from ${new Intl.ListFormat("en").format(named)}` : "";
  return (basis === "COUNTED" ? "Counted by this gateway" : `As ${platform.name} states it`) + from;
}

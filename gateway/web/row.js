// One campaign on the board: what it is, what it has raised, and how far that can be trusted.

import { Counter } from "./counter.js";
import { show, told } from "./freshness.js";
import { read, round, spoken } from "./money.js";
import { day } from "./moments.js";

const SOURCES = {
  PLATFORM_API: "its interface",
  PLATFORM_EVENT: "its events",
  MERCHANT_NOTIFICATION: "payment notifications",
  MERCHANT_BILL: "daily bills",
  PARTNER_EXPORT: "partners\u2019 exports",
  PUBLISHED_FIGURE: "a published figure, not verified",
};
const COUNT = new Intl.NumberFormat("en");
const TENTHS = new Intl.NumberFormat("en", { minimumFractionDigits: 1 });

export class Row {
  constructor(template) {
    this.element = template.content.firstElementChild.cloneNode(true);
    this.part = (name) => this.element.querySelector(`.${name}`);
    this.counter = new Counter(this.part("amount"));
    this.campaign = {};
    this.raised = null;
  }

  /** Takes over what is new of the campaign. `animate` only where the figure goes on from the one that is shown. */
  update(news, { animate = false } = {}) {
    this.campaign = { ...this.campaign, ...news };
    const { total, goal, title, charity, platform } = this.campaign;
    this.element.dataset.campaign = this.campaign.id;
    this.element.dataset.status = this.campaign.status;
    this.raised = read(total?.raised);
    this.#title(title, this.campaign.url);
    write(this.part("charity"), charity && charity.name !== title ? charity.name : "");
    write(this.part("network"), platform.name);
    write(this.part("life"), life(this.campaign));
    write(this.part("currency"), this.raised?.currency ?? "");
    this.counter.set(this.raised, { animate });
    this.element.toggleAttribute("data-unknown", this.raised === null);
    write(this.part("facts"), facts(total));
    write(this.part("basis"), total ? basis(total, platform) : "No figure is known yet");
    this.#aim(read(goal), total?.progress ?? null);
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

  #title(title, url) {
    const link = this.part("title").firstElementChild;
    write(link.firstElementChild, title);
    if (/^https?:/.test(url ?? "")) link.href = url;
    else link.removeAttribute("href");
  }

  #aim(goal, progress) {
    const bar = this.part("goal");
    this.element.toggleAttribute("data-goal", goal !== null);
    write(this.part("aim"), goal ? `${progress === null ? "?" : percent(progress)} of ${round(goal)}` : "");
    bar.setAttribute("aria-hidden", String(!goal));
    if (!goal) return;
    bar.toggleAttribute("data-reached", progress > 1);
    bar.style.setProperty("--goal-at", `${100 / Math.max(1, progress ?? 0)}%`);
    bar.firstElementChild.style.transform = `scaleX(${Math.min(1, Math.max(0, progress ?? 0))})`;
    if (progress === null) bar.removeAttribute("aria-valuenow");
    else bar.setAttribute("aria-valuenow", String(Math.min(100, Math.floor(progress * 100))));
    bar.setAttribute("aria-valuetext", this.part("aim").textContent);
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function percent(progress) {
  // rounded down: 100 % is said when it is reached, and not before
  return `${TENTHS.format(Math.floor(progress * 1000 + 1e-9) / 10)} %`;
}

function life({ status, startsAt, endsAt }) {
  if (status === "ENDED") return endsAt ? `Ended ${day(endsAt)}` : "Ended";
  if (status === "SCHEDULED") return startsAt ? `Starts ${day(startsAt)}` : "Not yet open";
  return "";
}

function facts(total) {
  const count = total?.donationCount ?? null;
  const refunded = read(total?.refunded);
  const found = [];
  if (count !== null) found.push(`${COUNT.format(count)} ${count === 1 ? "gift" : "gifts"}`);
  if (refunded && refunded.minor > 0n) found.push(`${spoken(refunded)} refunded`);
  return found.join(", ");
}

function basis({ basis, sources }, platform) {
  const named = sources.map((source) => SOURCES[source] ?? source.toLowerCase().replaceAll("_", " "));
  const from = named.length ? `, from ${new Intl.ListFormat("en").format(named)}` : "";
  return (basis === "COUNTED" ? "Counted by this gateway" : `As ${platform.name} states it`) + from;
}

// The season that leads the board: its phase, its total, and what stands around them.

import { Actions } from "./actions.js";
import { Chart } from "./chart.js";
import { Parts } from "./converted.js";
import { Counter } from "./counter.js";
import { endorsers } from "./endorsers.js";
import { Engagement } from "./engagement.js";
import { show, told } from "./freshness.js";
import { Goal } from "./goal.js";
import { Leaders } from "./leaders.js";
import { digits, read, spoken } from "./money.js";
import { Phases } from "./phases.js";
import { Shares } from "./shares.js";
import { counted, write } from "./text.js";

export class Season {
  /** `section` is where it stands; `template` finds a template by its id. */
  constructor(section, template) {
    this.section = section;
    this.part = (name) => section.querySelector(`.lead .${name}`);
    this.counter = new Counter(this.part("amount"));
    this.goal = new Goal(this.part("goal"), this.part("aim"));
    this.parts = new Parts(this.part("parts"), template("part"));
    this.phases = new Phases(this.part("phases"), template("phase"));
    this.chart = new Chart(section.querySelector(".history"));
    this.shares = new Shares(section.querySelector(".shares"), template("share"));
    this.leaders = new Leaders(section.querySelector(".leaders"), template("leader"), template("leader-amount"));
    this.engagement = new Engagement(section.querySelector(".engagement"), template("counters"));
    this.actions = new Actions(section.querySelector(".actions"), template("action"));
    this.known = null;
  }

  /** Takes over all that was read, `past` being its history. `live` says whether its feed is open. */
  replace(season, past, calendar, { live }) {
    const same = this.known?.id === season.id;
    this.calendar = calendar;
    // a history under way ends at the gateway's present, whose clock need not be this one's
    this.present = past.points?.at(-1)?.until ?? Date.now();
    // what is followed, the feed tells: an answer may be from another process, which is a moment behind
    this.known = same && live ? { ...season, ...figures(this.known) } : season;
    this.section.hidden = false;
    write(this.section.querySelector("#season-name bdi"), season.name);
    if (past.points || !same) this.chart.show(past.points ?? [], past.interval, this.calendar);
    const speaking = season.endorsements?.nodes ?? [];
    const rows = endorsers(speaking);
    this.leaders.update(rows, (season.endorsements?.totalCount ?? 0) - speaking.length);
    this.engagement.update(rows);
    this.actions.show(season.actions, this.present, this.calendar);
    this.#figures({ animate: false });
  }

  /** Takes over what a message tells; true where the phase is another one. */
  update(news, { animate }) {
    const before = this.known.currentPhase?.id;
    this.known = { ...this.known, ...news };
    this.#figures({ animate });
    return before !== this.known.currentPhase?.id;
  }

  /** Nothing leads the board any more. */
  hide() {
    this.known = null;
    this.section.hidden = true;
  }

  /** How old the figures are, by the clock. */
  tick(heldSince) {
    if (!this.known) return;
    const { total } = this.known;
    const { freshness, asOf } = total?.campaignCount ? total : {};
    show(this.part("freshness"), told(freshness, asOf, heldSince));
    this.shares.tick(heldSince);
    this.engagement.tick(heldSince);
  }

  /** The total as a sentence. */
  sentence() {
    const { name, total } = this.known;
    const about = total?.raised.isApproximate ? "about " : "";
    return `${name}: ${this.raised ? about + spoken(this.raised) : "unknown"}. ${this.part("stage").textContent}`;
  }

  #figures({ animate }) {
    const { total, byPlatform } = this.known;
    // the sum of no known total is no figure, though it is nought
    this.raised = total?.campaignCount ? read(total.raised.money) : null;
    this.section.toggleAttribute("data-unknown", this.raised === null);
    write(this.part("approx"), this.raised && total.raised.isApproximate ? "about" : "");
    write(this.part("currency"), this.raised?.currency ?? "");
    this.part("total").style.setProperty("--characters", String(characters(this.raised, total)));
    this.part("total").hidden = !this.raised && Date.parse(this.known.startsAt) > this.present;
    this.counter.set(this.raised, { animate });
    this.part("goal").hidden = !total?.goal;
    this.goal.show(read(total?.goal), this.raised ? total.progress : null);
    write(this.part("facts"), facts(total));
    this.parts.show(total?.raised ?? { parts: [], rates: [], missing: [], isApproximate: false });
    this.shares.update(byPlatform ?? [], this.raised, { animate });
    this.phases.show(this.known, this.present, this.calendar);
    write(this.part("stage"), stage(this.known, this.present, this.calendar));
    write(this.part("span"), this.calendar.days(this.known.startsAt, this.known.endsAt));
  }
}

const figures = ({ total, byPlatform, currentPhase }) => ({ total, byPlatform, currentPhase });

function characters(raised, total) {
  return raised ? digits(raised).length + (total.raised.isApproximate ? 3 : 0) : 8;
}

function facts(total) {
  if (!total?.campaignCount) return "No figure is known yet";
  // at least so many: not every network tells how many there were
  return `${counted(total.donationCount, "gift")} known, ${counted(total.campaignCount, "campaign")}`;
}

function stage({ startsAt, endsAt, phases, currentPhase }, present, calendar) {
  const place = phases.findIndex(({ id }) => id === currentPhase?.id);
  if (place >= 0) return phases.length === 1 ? phases[0].name : `Phase ${place + 1} of ${phases.length}: ${phases[place].name}`;
  if (Date.parse(startsAt) > present) return `Starts ${calendar.day(startsAt)}`;
  if (Date.parse(endsAt) <= present) return `Ended ${calendar.last(endsAt)}`;
  return phases.length ? "Between phases" : "Under way";
}

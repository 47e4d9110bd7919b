// How a season grew: a line for what was raised so far, and below it a bar for each interval. The same as a table.

import { digits, spoken } from "./money.js";
import { areaUnder, bars, lineThrough, shape } from "./plot.js";
import { amounts, moments, ticks } from "./scale.js";
import { PastTable } from "./table.js";
import { dates } from "./timeline.js";
import { write } from "./text.js";

const EACH = { MINUTE: "minute", HOUR: "hour", DAY: "day", MONTH: "month" };
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const LINE_SHARE = 0.64;
const WIDEST_BAR = 3; // in text heights

export class Chart {
  /** `figure` holds the drawing, its title, and the table. */
  constructor(figure) {
    this.figure = figure;
    this.drawing = figure.querySelector("svg");
    this.table = new PastTable(figure.querySelector("details"));
    this.points = [];
    new ResizeObserver(() => this.#draw()).observe(this.drawing);
  }

  /** `points` are oldest first; without any that has an amount there is no chart. */
  show(points, interval, calendar) {
    this.points = points.filter(({ soFar }) => soFar).length ? points : [];
    this.interval = interval;
    this.calendar = calendar;
    this.figure.hidden = !this.points.length;
    if (this.figure.hidden) return;
    write(this.figure.querySelector(".each"), `Raised so far, and each ${EACH[interval]} in ${calendar.zone}`);
    this.drawing.setAttribute("aria-label", this.#sentence());
    this.table.show(this.points, interval, calendar);
    this.#draw();
  }

  #sentence() {
    const known = this.points.filter(({ soFar }) => soFar);
    const [first, last] = [known[0], known.at(-1)];
    const most = known.reduce((one, other) => ((other.raised?.minor ?? 0n) > (one.raised?.minor ?? 0n) ? other : one));
    const peak = most.raised ? ` Most in one ${EACH[this.interval]}: ${spoken(most.raised)}, ${this.#when(most.since)}.` : "";
    const about = last.isApproximate ? "about " : "";
    const span = `from ${this.#when(first.since)} to ${this.#when(last.until)}`;
    return `Line chart: ${about}${spoken(last.soFar)} raised ${span}.${peak}`;
  }

  #when(moment) {
    return this.calendar.text(moment, this.interval === "DAY" || this.interval === "MONTH" ? "DAY" : "MOMENT");
  }

  #draw() {
    const { width, height } = this.drawing.getBoundingClientRect();
    if (this.figure.hidden || !width || !height) return;
    const em = parseFloat(getComputedStyle(this.drawing).fontSize);
    const sums = this.#sums();
    const changes = this.#changes();
    const { decimals, currency } = this.points.find(({ soFar }) => soFar).soFar;
    const label = (minor) => short({ minor, decimals, currency });
    const left = Math.max(...[...sums, ...changes].map((minor) => label(minor).length)) * em * 0.6 + em * 0.6;
    const area = { left, right: width - em * 0.5, label, em };
    const split = (height - 2.2 * em) * LINE_SHARE;
    const x = moments(this.points[0].since, this.points.at(-1).until, area.left, area.right);
    this.drawing.replaceChildren(
      ...this.#line(x, sums, { ...area, top: em * 0.7, bottom: split - em * 0.6 }),
      ...this.#bars(x, changes, { ...area, top: split + em * 0.7, bottom: height - 2.2 * em }),
      ...this.#dates(x, { ...area, base: height - 0.6 * em }),
    );
  }

  #sums() {
    const values = this.points.flatMap(({ soFar }) => (soFar ? [soFar.minor] : []));
    return ticks(least(values), greatest(values), 4);
  }

  #changes() {
    const values = this.points.flatMap(({ raised }) => (raised ? [raised.minor] : []));
    return ticks(least(values), greatest(values), 2);
  }

  #line(x, values, area) {
    const y = amounts(values[0], values.at(-1), area.bottom, area.top);
    const [first] = this.points;
    const before = first.soFar && first.raised ? [x(first.since), y(first.soFar.minor - first.raised.minor)] : null;
    const places = [before, ...this.points.map(({ until, soFar }) => soFar && [x(until), y(soFar.minor)])];
    const end = places.at(-1);
    return [
      ...grid(values, y, area),
      shape("path", { class: "area", d: areaUnder(places, y(0n)) }),
      shape("path", { class: "line", d: lineThrough(places) }),
      ...(end ? [shape("circle", { class: "end", cx: end[0], cy: end[1], r: area.em * 0.28 })] : []),
    ];
  }

  #bars(x, values, area) {
    const y = amounts(values[0], values.at(-1), area.bottom, area.top);
    const boxes = this.points.flatMap(({ since, until, raised }) => {
      if (!raised || raised.minor === 0n) return [];
      const gap = Math.min(2, (x(until) - x(since)) * 0.2);
      const right = Math.max(x(since) + 1, x(until) - gap); // what has just begun is still to be seen
      return [{ left: Math.max(x(since), right - WIDEST_BAR * area.em), right, top: y(raised.minor), bottom: y(0n), raised }];
    });
    const gained = boxes.filter(({ raised }) => raised.minor > 0n);
    const lost = boxes.filter(({ raised }) => raised.minor < 0n);
    return [
      ...grid(values, y, area),
      shape("path", { class: "bars", d: bars(gained) }),
      shape("path", { class: "bars lost", d: bars(lost) }),
    ];
  }

  #dates(x, { left, right, base, em }) {
    const most = Math.max(2, (right - left) / (em * 6.5));
    return dates(this.points, this.interval, this.calendar, most).map(({ moment, text }) => {
      const place = x(moment);
      const half = text.length * em * 0.27;
      if (place - half < left) return shape("text", { x: left, y: base, "text-anchor": "start" }, text);
      if (place + half > right) return shape("text", { x: right, y: base, "text-anchor": "end" }, text);
      return shape("text", { x: place, y: base, "text-anchor": "middle" }, text);
    });
  }
}

function grid(values, y, { left, right, label, em }) {
  return values.flatMap((minor) => [
    shape("line", { class: minor === 0n ? "zero" : "grid", x1: left, x2: right, y1: y(minor), y2: y(minor) }),
    shape("text", { x: left - em * 0.5, y: y(minor) + em * 0.35, "text-anchor": "end" }, label(minor)),
  ]);
}

// "50K" where it is exact in so few digits, or the amount itself
function short(value) {
  const unit = 10n ** BigInt(value.decimals);
  if (value.minor % unit) return digits(value);
  return SHORT.format(value.minor / unit).replace("-", "\u2212");
}

const least = (values) => values.reduce((one, other) => (other < one ? other : one), 0n);
const greatest = (values) => values.reduce((one, other) => (other > one ? other : one), 0n);

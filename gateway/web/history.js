// The past of a season, interval by interval, as the endpoint tells it.

import { read } from "./money.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
// for how long a past each is fine enough and not too fine, and for how long the endpoint keeps it
const INTERVALS = [
  ["MINUTE", 3 * HOUR_MS, 47 * HOUR_MS],
  ["HOUR", 8 * DAY_MS, 399 * DAY_MS],
  ["DAY", 730 * DAY_MS, Infinity],
  ["MONTH", Infinity, Infinity],
];

/** The interval to ask for, of a past between two moments in milliseconds. */
export function intervalFor(start, end) {
  return INTERVALS.find(([, most, kept]) => end - start <= most && Date.now() - start <= kept)[0];
}

/** Periods with their moments in milliseconds and their amounts read; an amount without a rate is null. */
export function points(periods) {
  return periods.map(({ since, until, raised, donationCount, raisedSoFar }) => ({
    since: Date.parse(since),
    until: Date.parse(until),
    raised: read(raised.money),
    soFar: read(raisedSoFar.money),
    isApproximate: raisedSoFar.isApproximate,
    count: donationCount,
  }));
}

/** How long the past is that they tell, in milliseconds. */
export function length(shown) {
  return shown.length ? shown.at(-1).until - shown[0].since : 0;
}

// The past of a season, interval by interval, as the endpoint tells it.

import { read } from "./money.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
// up to which age intervals are still few enough to be seen, and the endpoint still keeps them
const SPANS = [
  [3 * HOUR_MS, "MINUTE"],
  [8 * DAY_MS, "HOUR"],
  [730 * DAY_MS, "DAY"],
  [Infinity, "MONTH"],
];

/** The interval to ask for, by how long the past is. */
export function intervalFor(milliseconds) {
  return SPANS.find(([most]) => milliseconds <= most)[1];
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

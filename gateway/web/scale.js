// Where values stand on an axis. Amounts are integers of minor units until they are a place on the screen.

const PLACES = 100_000n;

/** A function from amounts to pixels: `low` stands at `bottom`, `high` at `top`. */
export function amounts(low, high, bottom, top) {
  const range = high > low ? high - low : 1n;
  return (value) => bottom + (Number(((value - low) * PLACES) / range) / Number(PLACES)) * (top - bottom);
}

/** A function from moments in milliseconds to pixels. */
export function moments(first, last, left, right) {
  const range = Math.max(1, last - first);
  return (moment) => left + ((moment - first) / range) * (right - left);
}

/** Round values from `low` to `high`, at most `most` steps apart: the ends of an axis and what is written beside it. */
export function ticks(low, high, most) {
  const step = roundStep((high - low) / BigInt(most) || 1n);
  const first = down(low, step);
  const last = -down(-high, step);
  const found = [];
  for (let value = first; value <= last; value += step) found.push(value);
  return found.length > 1 ? found : [first, first + step];
}

// 1, 2 or 5 with zeros, at least as much as asked for
function roundStep(least) {
  let zeros = 1n;
  while (zeros * 10n <= least) zeros *= 10n;
  return [zeros, 2n * zeros, 5n * zeros, 10n * zeros].find((step) => step >= least);
}

function down(value, step) {
  const rest = ((value % step) + step) % step;
  return value - rest;
}

// Full jitter: somewhere between now and a window that doubles, so that a crowd does not come back as one.

const FIRST_MS = 1_000;
const MOST_MS = 30_000;

/** Milliseconds to wait before the attempt with this number, counted from 0. `window` widens the first ones. */
export function pause(attempt, window = FIRST_MS) {
  return Math.random() * Math.min(MOST_MS, Math.max(window, FIRST_MS * 2 ** attempt));
}

// Moments as people on this side of the screen read them.

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const STEPS = [
  [60, 1, "s"],
  [3_600, 60, "min"],
  [172_800, 3_600, "h"],
  [Infinity, 86_400, "days"],
];

/** "12 s ago", "3 min ago", "5 h ago", "4 days ago". A clock that runs ahead makes nothing come from the future. */
export function age(moment, now = Date.now()) {
  const seconds = Math.max(0, (now - new Date(moment)) / 1000);
  const [, unit, name] = STEPS.find(([limit]) => seconds < limit);
  return `${Math.floor(seconds / unit)} ${name} ago`;
}

/** "14:03:22", or "3 Oct 2026" for another day than today. */
export function clock(moment, now = Date.now()) {
  return day(moment) === day(now) ? CLOCK.format(new Date(moment)) : day(moment);
}

function day(moment) {
  return DAY.format(new Date(moment));
}

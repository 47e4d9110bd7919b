const DAY = 24 * 60 * 60 * 1000;

/** A moment as a person reads it: the time of day within the last day, and the date as well before that. */
export function moment(text: string, now = Date.now()): string {
  const at = new Date(text);
  return now - at.getTime() < DAY
    ? at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    : at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

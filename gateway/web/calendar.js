// Dates as the organisers count them: in the time zone in which the gateway cuts its days.

const DAY = { day: "numeric", month: "short", year: "numeric" };
const SHORT = { day: "numeric", month: "short" };
const TIME = { hour: "2-digit", minute: "2-digit" };
const FORMS = { DAY, SHORT, TIME, MONTH: { month: "short", year: "numeric" }, MOMENT: { ...SHORT, ...TIME } };
const INSTANT = 1; // an end is not included: a day that ends at midnight is the last one

export class Calendar {
  #formats = {};

  /** `zone` is an IANA name; of one that this browser does not know its own is taken. */
  constructor(zone) {
    try {
      this.zone = new Intl.DateTimeFormat("en-GB", { timeZone: zone ?? undefined }).resolvedOptions().timeZone;
    } catch {
      this.zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    }
    for (const [name, form] of Object.entries(FORMS)) {
      this.#formats[name] = new Intl.DateTimeFormat("en-GB", { ...form, timeZone: this.zone });
    }
  }

  /** "3 Oct 2026". */
  day(moment) {
    return this.#formats.DAY.format(new Date(moment));
  }

  /** The last day of what ends then: "30 Sept 2026" for the midnight after it. */
  last(end) {
    return this.day(Date.parse(end) - INSTANT);
  }

  /** "3 Oct", "14:05", "Oct 2026", "3 Oct, 14:05": the form is SHORT, TIME, MONTH or MOMENT. */
  text(moment, form) {
    return this.#formats[form].format(new Date(moment));
  }

  /** "1 \u2013 30 Sept 2026", or "from 1 Oct 2026" with an open end. */
  days(start, end) {
    if (!end) return `from ${this.day(start)}`;
    return this.#formats.DAY.formatRange(new Date(start), new Date(Date.parse(end) - INSTANT));
  }

  /** "3 Oct 2026, 10:00 \u2013 15:00", or what of it is known; "" for nothing. */
  hours(start, end) {
    const whole = new Intl.DateTimeFormat("en-GB", { ...DAY, ...TIME, timeZone: this.zone });
    if (start && end) return whole.formatRange(new Date(start), new Date(end));
    if (start) return whole.format(new Date(start));
    return end ? `until ${whole.format(new Date(end))}` : "";
  }
}

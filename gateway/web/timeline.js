// Which moments are named below a chart.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const TWO_DAYS_MS = 48 * HOUR_MS;

/** At most so many {moment, text}, on round times where there are any: intervals begin on them. */
export function dates(points, interval, calendar, most) {
  const { form, steps, unit } = ruleFor(points, interval);
  const named = points.map(({ since }, place) => ({ moment: since, text: calendar.text(since, form), place }));
  // a day has many hours: it is named where it begins
  const changing = named.filter(({ text, place }) => place > 0 && text !== named[place - 1].text);
  const candidates = changing.length ? changing : named.slice(0, 1);
  if (!unit) return candidates.filter((_, place) => place % Math.ceil(candidates.length / most) === 0);
  const onStep = steps
    .map((step) => candidates.filter(({ moment }) => Math.floor(moment / unit) % step === 0))
    .find((found) => found.length <= most);
  return onStep?.length ? onStep : candidates.slice(0, 1);
}

function ruleFor(points, interval) {
  const span = points.at(-1).until - points[0].since;
  if (interval === "MINUTE") return { form: "TIME", unit: MINUTE_MS, steps: [1, 2, 5, 10, 15, 30, 60, 120] };
  if (interval === "HOUR" && span <= TWO_DAYS_MS) return { form: "TIME", unit: HOUR_MS, steps: [1, 3, 6, 12, 24] };
  return { form: interval === "MONTH" ? "MONTH" : "SHORT" };
}

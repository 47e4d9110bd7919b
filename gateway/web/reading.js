// What the board is made of: a season with its campaigns, or all campaigns where there is no season.

import { BOARD, HISTORY, SEASON } from "./documents.js";
import { query } from "./graphql.js";
import { intervalFor, length, points } from "./history.js";

export class Reading {
  /** `asked` is the short name of the season that the address asks for, or null for the one under way. */
  constructor(url, asked) {
    this.url = url;
    this.asked = asked;
    this.slug = asked;
  }

  /** {season, past, zone, platforms, campaigns}; without a season it is null. Rejects where there is no answer. */
  async next() {
    const document = this.slug === null ? BOARD : SEASON;
    const answer = await query(this.url, document, this.slug === null ? {} : { slug: this.slug });
    const slug = this.#chosen(answer.seasons?.nodes);
    if (slug !== this.slug) {
      this.slug = slug;
      return this.next();
    }
    const { season = null, campaigns, platforms, reportingTimeZone: zone } = answer;
    const found = { season, zone, platforms: platforms ?? [] };
    return season ? { ...found, past: await this.#past(season), campaigns: season.campaigns } : { ...found, campaigns };
  }

  // How long the past is that is known, only an answer tells: a short one is asked for again, in finer intervals.
  async #past({ slug, startsAt, endsAt }) {
    const start = Date.parse(startsAt);
    const until = Date.parse(endsAt) <= Date.now() ? endsAt : null;
    const whole = await this.#history(slug, intervalFor(start, Date.parse(until ?? new Date())), startsAt, until);
    if (!whole.points?.length) return whole;
    const [{ since }] = whole.points;
    const fitting = intervalFor(since, since + length(whole.points));
    return fitting === whole.interval ? whole : this.#history(slug, fitting, new Date(since), until);
  }

  async #history(slug, interval, since, until) {
    const { season } = await query(this.url, HISTORY, { slug, interval, since, until });
    return { interval, points: season?.history ? points(season.history) : null };
  }

  // Latest start first. Which one is under way the gateway knows best; one without phases is judged by its dates.
  #chosen(seasons) {
    if (this.asked !== null || !seasons) return this.slug;
    const now = Date.now();
    const running = ({ startsAt, endsAt }) => Date.parse(startsAt) <= now && !(Date.parse(endsAt) <= now);
    const found = seasons.find(({ currentPhase }) => currentPhase) ?? seasons.find(running) ?? seasons[0];
    return found?.slug ?? null;
  }
}

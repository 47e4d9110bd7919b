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

  // The interval follows from how long the past is, which only an answer tells: at first it is asked for twice.
  async #past({ slug, startsAt, endsAt }) {
    const asked = this.interval ?? intervalFor(Date.now() - Date.parse(startsAt));
    const found = await this.#history(slug, asked, startsAt, endsAt);
    this.interval = found.points?.length ? intervalFor(length(found.points)) : asked;
    return this.interval === asked ? found : this.#history(slug, this.interval, startsAt, endsAt);
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

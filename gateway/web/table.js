// The past as a table, for whoever cannot see a drawing or wants the figures. It is made when somebody opens it.

import { digits } from "./money.js";
import { number } from "./text.js";

export class PastTable {
  /** `details` holds a table with a caption and a head. */
  constructor(details) {
    this.details = details;
    this.body = details.querySelector("tbody");
    this.points = [];
    details.addEventListener("toggle", () => this.#fill());
  }

  /** Newest first. */
  show(points, interval, calendar) {
    this.points = points;
    this.form = { MINUTE: "MOMENT", HOUR: "MOMENT", DAY: "DAY", MONTH: "MONTH" }[interval];
    this.calendar = calendar;
    const currency = points.find(({ soFar }) => soFar)?.soFar.currency ?? "";
    this.details.querySelector("caption").textContent = `In ${currency}, newest first. Times in ${calendar.zone}.`;
    this.#fill();
  }

  #fill() {
    if (!this.details.open) return this.body.replaceChildren();
    this.body.replaceChildren(...[...this.points].reverse().map((point) => this.#row(point)));
  }

  #row({ since, raised, soFar, count }) {
    const row = document.createElement("tr");
    const cells = [raised ? digits(raised) : "\u2014", soFar ? digits(soFar) : "\u2014", number(count)];
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = this.calendar.text(since, this.form);
    row.append(head, ...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
    return row;
  }
}

// A sum over several currencies: exact parts, and the rates by which they were made one.

import { Items } from "./items.js";
import { digits, read } from "./money.js";
import { write } from "./text.js";

const RATE = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

export class Parts {
  constructor(list, template) {
    this.items = new Items(list, template);
  }

  /** Shows the parts of a converted sum, unless its only part is the sum itself. */
  show({ parts, rates, missing, isApproximate }) {
    const amounts = parts.map(read);
    this.items.list.hidden = amounts.length < 2 && !isApproximate && !missing.length;
    for (const [element, amount] of this.items.show(amounts, ({ currency }) => currency)) {
      const isMissing = missing.includes(amount.currency);
      write(element.querySelector(".currency"), amount.currency);
      write(element.querySelector(".amount"), digits(amount));
      write(element.querySelector(".rate"), isMissing ? "" : rate(rates.find(({ from }) => from === amount.currency)));
      write(element.querySelector(".missing"), isMissing ? "not in the total: no rate is known" : "");
    }
  }
}

// The day of a rate is a date, wherever it is read. The number is a stated one and no amount.
function rate(used) {
  if (!used) return "";
  const source = used.source === "CONFIGURATION" ? "set by the operator" : used.source;
  return `at ${RATE.format(used.value)} ${used.to} (${source}, ${DAY.format(new Date(used.asOf))})`;
}

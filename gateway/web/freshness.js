// How honest words are found for how old a figure may be.

import { age, clock } from "./moments.js";

/**
 * {kind, text} for a freshness and the moment for which the figure is known to hold. `heldSince` is the moment when this page
 * lost the gateway, or null while it hears it: without the line nothing on the page is live. A freshness that is newer than
 * this page is told in its own word.
 */
export function told(freshness, asOf, heldSince, now = Date.now()) {
  const since = (moment) => `as of ${clock(moment, now)}, ${age(moment, now)}`;
  switch (freshness) {
    case "LIVE":
      return heldSince ? { kind: "held", text: `Not live: ${since(heldSince)}` } : { kind: "live", text: "Live" };
    case "CACHED":
      return { kind: "cached", text: asOf ? `Checked ${age(asOf, now)}` : "Checked at intervals" };
    case "STALE":
      return { kind: "stale", text: asOf ? `Stale: ${since(asOf)}` : "Stale" };
    default:
      return { kind: "none", text: freshness?.toLowerCase() ?? "" };
  }
}

/** The same for a network: of one with no running campaign nothing is due. */
export function health({ freshness, asOf }, heldSince) {
  return freshness ? told(freshness, asOf, heldSince) : { kind: "none", text: "Nothing running" };
}

/** Writes it, and touches nothing where nothing changed. */
export function show(element, { kind, text }) {
  element.dataset.freshness = kind;
  if (element.textContent !== text) element.textContent = text;
}

// How honest words are found for how old a figure may be.

import { age, clock } from "./moments.js";

/**
 * {kind, text} for a freshness and the moment for which the figure is known to hold. `heldSince` is the moment when this page
 * lost the gateway, or null while it hears it: without the line nothing on the page is live.
 */
export function told(freshness, asOf, heldSince, now = Date.now()) {
  if (freshness === "LIVE" && heldSince) return { kind: "held", text: `As of ${clock(heldSince, now)}, ${age(heldSince, now)}` };
  if (freshness === "LIVE") return { kind: "live", text: "Live" };
  if (freshness === "CACHED") return { kind: "cached", text: asOf ? `Checked ${age(asOf, now)}` : "Checked at intervals" };
  if (freshness === "STALE") return { kind: "stale", text: asOf ? `Stale: as of ${clock(asOf, now)}, ${age(asOf, now)}` : "Stale" };
  return { kind: "none", text: freshness ? freshness.toLowerCase() : "" };
}

/** Writes it, and touches nothing where nothing changed. */
export function show(element, { kind, text }) {
  element.dataset.freshness = kind;
  if (element.textContent !== text) element.textContent = text;
}

// The totals of a peer: plain values, complete before anybody asks, so that resolvers have nothing to do.
// Each line of its input is a whole amount that all of them have from then on.

import { readFileSync } from "node:fs";

import { lines } from "../../input.mjs";

const { ids, least } = JSON.parse(process.argv[2]);
const GOAL = 50_000;

export const schema = readFileSync(new URL("schema.graphql", import.meta.url), "utf8");
export const totals = new Map(ids.map((id) => [id, update(id, least)]));

/** Calls `moved(id, update)` for each total of each line. */
export function follow(moved) {
  lines((amount) => {
    for (const id of ids) {
      totals.set(id, update(id, amount));
      moved(id, totals.get(id));
    }
  });
}

function update(id, amount) {
  const position = `AAABoga6w0oAAAA${String(amount).padStart(4, "0")}`;
  const page = "https://lunch.example/lunch-00";
  return {
    campaignTotal: {
      campaign: {
        id,
        title: "School lunch",
        status: "ACTIVE",
        url: page,
        donateUrl: `${page}/give`,
        goal: money(GOAL),
        total: {
          raised: money(amount),
          donationCount: amount,
          progress: amount / GOAL,
          asOf: `${new Date().toISOString().slice(0, 19)}Z`,
          freshness: "LIVE",
          position,
        },
      },
      position,
      recovered: true,
    },
  };
}

function money(amount) {
  const text = amount.toFixed(2);
  return { amount: text, currencyCode: "CNY", formatted: `CN¥${text.replace(/(?=(\d{3})\.)/, ",")}` };
}

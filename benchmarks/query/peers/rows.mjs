// What a peer answers from: plain values, complete before anybody asks, so that resolvers have next to nothing to do.
// Its one argument is a file of JSON with `rows`, in the order of the list.

import { readFileSync } from "node:fs";

import { lines } from "../../input.mjs";

const { rows } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const campaigns = new Map();
const places = new Map();
for (const [place, { cursor, node }] of rows.entries()) {
  node.__typename = "Campaign";
  campaigns.set(node.id, node);
  places.set(cursor, place);
}

export const schema = readFileSync(new URL("schema.graphql", import.meta.url), "utf8");
export const resolvers = {
  Query: {
    node: (_, { id }) => campaigns.get(id) ?? null,
    nodes: (_, { ids }) => ids.map((id) => campaigns.get(id) ?? null),
    campaign: (_, { id }) => campaigns.get(id) ?? null,
    campaigns: (_, { first, after }) => page(after == null ? 0 : places.get(after) + 1, first),
  },
};

/** Calls `moved(id)` for the campaign at the place in each line, which has one yuan and one donation more from then on. */
export function follow(moved = () => {}) {
  lines((place) => {
    const node = rows[place].node;
    const raised = Number(node.total.raised.amount) + 1;
    node.total = {
      raised: { amount: raised.toFixed(2), currencyCode: node.total.raised.currencyCode },
      donationCount: node.total.donationCount + 1,
      progress: node.goal && raised / Number(node.goal.amount),
      asOf: `${new Date().toISOString().slice(0, 19)}Z`,
      freshness: node.total.freshness,
      position: `${node.total.position.slice(0, -6)}${String(node.total.donationCount).padStart(6, "0")}`,
    };
    moved(node.id);
  });
}

function page(start, first) {
  const edges = rows.slice(start, start + first);
  const pageInfo = { hasNextPage: start + first < rows.length, endCursor: edges.length > 0 ? edges[edges.length - 1].cursor : null };
  return { edges, nodes: edges.map((edge) => edge.node), pageInfo, totalCount: rows.length };
}

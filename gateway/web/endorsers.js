// Accounts that speak for campaigns. One that speaks for several is one row; its amounts stay apart by currency.

import { read, sum } from "./money.js";

const COUNTERS = ["reposts", "comments", "likes"];

/**
 * Endorsements folded by account: {key, name, url, network, followers, raised, count, posts}. They keep the endpoint's order,
 * which compares currencies; among those with one currency the larger sum comes first. `raised` is null, and not empty, where
 * gifts cannot name the account.
 */
export function endorsers(endorsements) {
  const found = new Map();
  for (const { account, raised, donationCount, posts } of endorsements) {
    const key = account.url ?? `${account.platform?.key ?? ""} ${account.displayName}`;
    const known = found.get(key) ?? { key, ...described(account), raised: null, count: null, posts: [] };
    if (raised) known.raised = joined(known.raised ?? [], read(raised));
    if (donationCount !== null) known.count = (known.count ?? 0) + donationCount;
    known.posts.push(...posts);
    found.set(key, known);
  }
  return sorted([...found.values()]);
}

/** The sum of the counters of posts, with the oldest reading among them; null where none was ever read. */
export function engagement(posts) {
  const read = posts.map((post) => post.engagement).filter((counters) => counters !== null);
  if (!read.length) return null;
  const total = { asOf: read.map(({ asOf }) => asOf).sort()[0], freshness: "CACHED" };
  if (read.some(({ freshness }) => freshness === "STALE")) total.freshness = "STALE";
  for (const name of COUNTERS) {
    const known = read.map((counters) => counters[name]).filter((count) => count !== null);
    total[name] = known.length ? known.reduce((all, count) => all + count, 0) : null;
  }
  return total;
}

function described({ displayName, followerCount, url, platform }) {
  return { name: displayName, url, network: platform?.name ?? "", followers: followerCount };
}

function joined(amounts, amount) {
  const same = amounts.find(({ currency }) => currency === amount.currency);
  return same ? amounts.map((each) => (each === same ? sum([same, amount]) : each)) : [...amounts, amount];
}

// Those of each currency share the places that they hold among themselves.
function sorted(rows) {
  const queues = new Map();
  for (const row of rows) {
    if (row.raised?.length !== 1) continue;
    const [{ currency }] = row.raised;
    queues.set(currency, [...(queues.get(currency) ?? []), row]);
  }
  for (const queue of queues.values()) queue.sort(({ raised: [one] }, { raised: [other] }) => compared(other.minor, one.minor));
  return rows.map((row) => (row.raised?.length === 1 ? queues.get(row.raised[0].currency).shift() : row));
}

const compared = (one, other) => Number(one > other) - Number(one < other);

// urql with its normalising cache: two pages of a list, which somebody looks at, and a total that is followed.
//
//     node graphcache.mjs ADDRESS DOCUMENTS WITHOUT
//
// DOCUMENTS is a file with the operations Page, Total and what they spread. WITHOUT is a part of the advice that is left out, or "cache"
// for urql's own one, which does not normalise. One line of JSON for each time that the list is shown anew, and for each message
// with what the cache has for the list then; both with the number of requests so far. The end of the input asks to leave.

import { readFileSync } from "node:fs";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "@urql/core";
import { parse, separateOperations } from "graphql";
import { createClient } from "graphql-ws";
import { pipe, subscribe } from "wonka";
import WebSocket from "ws";
import { graphcache } from "./advised.mjs";

const [address, file, without] = process.argv.slice(2);
const { Page, Total } = separateOperations(parse(readFileSync(file, "utf8")));
const socket = createClient({ url: address.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
const live = subscriptionExchange({
  forwardSubscription: (request) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink) }),
  }),
});
const first = { first: 3 };
let requests = 0;

const client = new Client({
  url: address,
  exchanges: [without === "cache" ? cacheExchange : graphcache(without), fetchExchange, live],
  preferGetMethod: false,
  fetch(...asked) {
    requests += 1;
    return fetch(...asked);
  },
});

const tell = (what) => process.stdout.write(`${JSON.stringify({ ...what, requests })}\n`);
const rows = ({ data }) => data?.campaigns?.edges.map(({ node }) => [node.id, node.total.raised.amount]) ?? null;
const ask = (variables, requestPolicy) => client.query(Page, variables, { requestPolicy }).toPromise();

pipe(
  client.query(Page, first),
  subscribe((result) => tell({ shown: rows(result) })),
);
const { data } = await ask(first);
const { endCursor, hasNextPage } = data.campaigns.pageInfo;
const next = await ask({ ...first, after: endCursor });
tell({ next: rows(next), ends: hasNextPage && !next.data?.campaigns?.pageInfo.hasNextPage });
tell({ again: rows(await ask(first)) });

const [[last]] = rows(next).slice(-1);
pipe(
  client.subscription(Total, { id: last }),
  subscribe(async (result) => {
    if (result.error) throw result.error;
    tell({ heard: result.data.campaignTotal.campaign.total.raised.amount, kept: rows(await ask(first, "cache-only")) });
  }),
);
process.stdin.on("end", () => process.exit(0)).resume();

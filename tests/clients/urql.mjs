// urql, over graphql-ws ("websocket") or over fetch, which takes server-sent events ("fetch"). By fetch it does not connect again
// by itself: whoever uses it subscribes anew.

import { Client, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import { pipe, subscribe } from "wonka";
import WebSocket from "ws";
import { address, away, fail, feeds, mode, obey, pause } from "./reader.mjs";

const socket = createClient({
  url: address.replace("http", "ws"),
  webSocketImpl: WebSocket,
  retryAttempts: Infinity,
  retryWait: pause,
  shouldRetry: () => true,
});

// As urql's documentation has it; and the variables that are sent again are kept at the last position.
const overSocket = subscriptionExchange({
  forwardSubscription: (request) => ({
    subscribe: (sink) => {
      const next = (result) => {
        for (const { position } of Object.values(result.data ?? {})) request.variables.after = position;
        sink.next(result);
      };
      const unsubscribe = socket.subscribe({ ...request, query: request.query ?? "" }, { ...sink, next });
      return { unsubscribe };
    },
  }),
});

const client = new Client({
  url: address,
  exchanges: [mode === "websocket" ? overSocket : fetchExchange],
  fetchSubscriptions: mode === "fetch",
  preferGetMethod: false,
});

function follow(feed) {
  const { unsubscribe } = pipe(
    client.subscription(gql(feed.query), { ...feed.variables }),
    subscribe((result) => {
      if (result.hasNext) feed.take(result);
      else if (mode === "fetch") followLater(feed);
      else fail(result.error ?? "completed");
    }),
  );
  feed.leave = unsubscribe;
}

function followLater(feed) {
  clearTimeout(feed.timer); // the last result comes twice
  feed.timer = setTimeout(() => follow(feed), away());
}

for (const feed of feeds) follow(feed);

obey(() => {
  if (mode === "websocket") return socket.terminate();
  for (const feed of feeds) {
    clearTimeout(feed.timer);
    feed.leave();
    follow(feed);
  }
});

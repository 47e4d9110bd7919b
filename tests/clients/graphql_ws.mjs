// graphql-ws. It connects again by itself, and sends the variables as they are then.

import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { address, fail, feeds, obey, pause } from "./reader.mjs";

const client = createClient({
  url: address.replace("http", "ws"),
  webSocketImpl: WebSocket,
  retryAttempts: Infinity,
  retryWait: pause,
  shouldRetry: () => true,
});

for (const feed of feeds) {
  client.subscribe(
    { query: feed.query, variables: feed.variables },
    { next: (result) => feed.take(result), error: fail, complete: () => fail("completed") },
  );
}

obey(() => client.terminate());

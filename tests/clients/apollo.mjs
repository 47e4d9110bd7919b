// Apollo Client, over its WebSocket link ("websocket", which graphql-ws carries) or over multipart responses ("multipart", with its
// own link for retries). Both send an operation's variables as they are then, so a link keeps the position there.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { RetryLink } from "@apollo/client/link/retry";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient } from "graphql-ws";
import { tap } from "rxjs";
import WebSocket from "ws";
import { address, away, fail, feeds, mode, obey, pause } from "./reader.mjs";

const socket = createClient({
  url: address.replace("http", "ws"),
  webSocketImpl: WebSocket,
  retryAttempts: Infinity,
  retryWait: pause,
  shouldRetry: () => true,
});

const resuming = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    tap(({ data }) => {
      for (const { position } of Object.values(data ?? {})) operation.variables.after = position;
    }),
  ),
);

const transport =
  mode === "websocket"
    ? new GraphQLWsLink(socket)
    : ApolloLink.from([new RetryLink({ attempts: () => true, delay: away }), new HttpLink({ uri: address })]);

const client = new ApolloClient({ link: ApolloLink.from([resuming, transport]), cache: new InMemoryCache() });

function follow(feed) {
  const { query, variables } = feed;
  return client
    .subscribe({ query: gql(query), variables: { ...variables } })
    .subscribe({ next: (result) => feed.take(result), error: fail, complete: () => fail("completed") });
}

let following = feeds.map(follow);

obey(() => {
  if (mode === "websocket") return socket.terminate();
  for (const each of following) each.unsubscribe();
  following = feeds.map(follow);
});

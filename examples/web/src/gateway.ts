// The two ways to the gateway: queries by HTTP, subscriptions over one WebSocket that comes back by itself.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { Line } from "./line";
import { remember } from "./resuming";
import { relayStylePagination } from "@apollo/client/utilities";

const LONGEST_PAUSE = 30_000;

export function connect(address: string): { client: ApolloClient; line: Line } {
  const line = new Line();
  const socket = createClient({
    url: address.replace(/^http/, "ws"),
    retryAttempts: Infinity,
    shouldRetry: () => true, // a gateway that restarts cannot be reached for a moment
    retryWait: (attempt) => pause(Math.min(500 * 2 ** attempt, LONGEST_PAUSE) * (0.5 + Math.random())),
    on: { connected: () => line.is(true), closed: () => line.is(false) },
  });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    remember.concat(new GraphQLWsLink(socket)),
    new HttpLink({ uri: address }),
  );
  return { client: new ApolloClient({ link, cache: cache() }), line };
}

/** Ids are global, so that objects need no keys. What has no id is a part of its parent, and is replaced as a whole. */
function cache(): InMemoryCache {
  return new InMemoryCache({
    possibleTypes: { Node: ["Campaign", "Charity", "Donation", "Endorsement", "Phase", "Platform", "Season"] },
    typePolicies: {
      Query: { fields: { campaigns: relayStylePagination(["filter", "orderBy"]) } },
      Campaign: {
        fields: {
          total: { merge: false },
          donations: relayStylePagination(["filter"]),
          endorsements: relayStylePagination(),
        },
      },
    },
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// Every operation of some documents, by Apollo Client or urql, with a normalising cache set up as their teams are told to.
//
//     node documents.mjs ADDRESS CLIENT VARIABLES DOCUMENT...
//
// VARIABLES is a file of JSON: the variables of each operation by its name. One line of JSON for each: its name and its answer,
// of a subscription the first message. The first error ends the program.

import { readFileSync } from "node:fs";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { getOperationAST, parse, separateOperations } from "graphql";
import { createClient } from "graphql-ws";
import { firstValueFrom } from "rxjs";
import { pipe, take, toPromise } from "wonka";
import WebSocket from "ws";
import { graphcache } from "./advised.mjs";

const [address, client, variables, ...files] = process.argv.slice(2);
const known = JSON.parse(readFileSync(variables, "utf8"));
const socket = createClient({ url: address.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });

const clients = {
  apollo() {
    const link = ApolloLink.split(
      ({ operationType }) => operationType === "subscription",
      new GraphQLWsLink(socket),
      new HttpLink({ uri: address }),
    );
    const cache = new InMemoryCache({
      possibleTypes: { Node: ["Campaign", "Charity", "Donation", "Endorsement", "Phase", "Platform", "Season"] },
      typePolicies: {
        Query: {
          fields: {
            campaigns: relayStylePagination(["filter", "orderBy"]),
            charities: relayStylePagination(["search"]),
            campaign: (_, { args, toReference }) => toReference({ __typename: "Campaign", id: args.id }),
          },
        },
        Season: { fields: { campaigns: relayStylePagination(["filter", "orderBy"]), endorsements: relayStylePagination() } },
        Campaign: { fields: { donations: relayStylePagination(["filter"]), endorsements: relayStylePagination() } },
      },
    });
    const apollo = new ApolloClient({ link, cache });
    return {
      // what a list has joined would be the answer for its next page
      query: (query, variables) => apollo.query({ query, variables, fetchPolicy: "network-only" }),
      subscription: (query, variables) => firstValueFrom(apollo.subscribe({ query, variables })),
    };
  },

  urql() {
    const live = subscriptionExchange({
      forwardSubscription: (request) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink) }),
      }),
    });
    const urql = new Client({ url: address, exchanges: [graphcache(), fetchExchange, live], preferGetMethod: false });
    return {
      query: (document, variables) => urql.query(document, variables, { requestPolicy: "network-only" }).toPromise(),
      subscription: (document, variables) => pipe(urql.subscription(document, variables), take(1), toPromise),
    };
  },
};

const chosen = clients[client]();
for (const file of files) {
  // a client takes one operation at a time, with the fragments that it uses: so loaders and generators take a file apart
  for (const [name, document] of Object.entries(separateOperations(parse(readFileSync(file, "utf8"))))) {
    const { operation } = getOperationAST(document);
    const { data, error } = await chosen[operation](document, known[name]);
    if (error || !data) {
      console.error(name, error ?? "no data");
      process.exit(1);
    }
    process.stdout.write(`${JSON.stringify({ name, data })}\n`);
  }
}
process.exit(0);

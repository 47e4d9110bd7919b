// Apollo Server as its manual starts it: https://www.apollographql.com/docs/apollo-server/api/standalone

import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

import { listening } from "../../input.mjs";
import { follow, resolvers, schema } from "./rows.mjs";

const server = new ApolloServer({ typeDefs: schema, resolvers });
const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 } });
follow();
listening(new URL(url).port);

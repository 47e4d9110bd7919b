// GraphQL Yoga on node's own HTTP server.

import { createServer } from "node:http";

import { createSchema, createYoga } from "graphql-yoga";

import { listening } from "../../input.mjs";
import { follow, resolvers, schema } from "./rows.mjs";

/** Serves with these plugins. `moved(id)` is called for a campaign whose total moved. */
export function serve(plugins, moved) {
  const yoga = createYoga({ schema: createSchema({ typeDefs: schema, resolvers }), plugins, graphiql: false, logging: "error" });
  const server = createServer(yoga);
  server.listen(0, "127.0.0.1", () => {
    follow(moved);
    listening(server.address().port);
  });
}

// GraphQL Yoga with graphql-ws, put together as Yoga's manual says: https://the-guild.dev/graphql/yoga-server/docs/features/subscriptions

import { createServer } from "node:http";

import { useServer } from "graphql-ws/use/ws";
import { createSchema, createYoga, Repeater } from "graphql-yoga";
import { WebSocketServer } from "ws";

import { listening } from "../../input.mjs";
import { follow, schema, totals } from "./totals.mjs";

const followers = new Map([...totals.keys()].map((id) => [id, new Set()]));
const resolvers = {
  Subscription: {
    campaignTotal: {
      subscribe: (_, { id }) =>
        new Repeater(async (push, stop) => {
          push(totals.get(id));
          followers.get(id).add(push);
          await stop;
          followers.get(id).delete(push);
        }),
    },
  },
};
const yoga = createYoga({ schema: createSchema({ typeDefs: schema, resolvers }), graphiql: false, logging: "error" });
const server = createServer(yoga);
const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint });
useServer(
  {
    execute: (operation) => operation.rootValue.execute(operation),
    subscribe: (operation) => operation.rootValue.subscribe(operation),
    onSubscribe: async (context, _, parameters) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        params: parameters,
      });
      const operation = {
        schema,
        operationName: parameters.operationName,
        document: parse(parameters.query),
        variableValues: parameters.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(operation.schema, operation.document);
      return errors.length > 0 ? errors : operation;
    },
  },
  sockets,
);
server.listen(0, "127.0.0.1", () => {
  follow((id, update) => {
    for (const push of followers.get(id)) push(update);
  });
  listening(server.address().port);
});

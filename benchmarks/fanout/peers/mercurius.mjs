// Mercurius with its JIT on, and its own pub/sub.

import Fastify from "fastify";
import mercurius from "mercurius";

import { listening } from "../../input.mjs";
import { follow, schema, totals } from "./totals.mjs";

const app = Fastify();
const resolvers = {
  Subscription: {
    campaignTotal: {
      subscribe: (_, { id }, { pubsub }) => {
        pubsub.queue.push(totals.get(id));
        return pubsub.subscribe(id);
      },
    },
  },
};
app.register(mercurius, { schema, resolvers, jit: 1, subscription: true });
await app.listen({ host: "127.0.0.1", port: 0 });
follow((topic, payload) => app.graphql.pubsub.publish({ topic, payload }));
listening(app.server.address().port);

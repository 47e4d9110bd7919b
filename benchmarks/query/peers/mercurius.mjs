// Mercurius with its JIT on from the first time on that a document is asked for.

import Fastify from "fastify";
import mercurius from "mercurius";

import { listening } from "../../input.mjs";
import { follow, resolvers, schema } from "./rows.mjs";

const app = Fastify();
app.register(mercurius, { schema, resolvers, jit: 1 });
await app.listen({ host: "127.0.0.1", port: 0 });
follow();
listening(app.server.address().port);

// GraphQL Yoga with its response cache, told what changes: https://the-guild.dev/graphql/yoga-server/docs/features/response-caching

import { createInMemoryCache, useResponseCache } from "@graphql-yoga/plugin-response-cache";

import { serve } from "./yoga-server.mjs";

const cache = createInMemoryCache({ max: 1_000 }); // as many as it keeps by itself: more than the mix has, fewer than there are pages
serve([useResponseCache({ session: () => null, cache })], (id) => cache.invalidate([{ typename: "Campaign", id }]));

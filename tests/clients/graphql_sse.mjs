// graphql-sse, over a stream for each operation ("distinct") or over one for all ("single"). It connects again by itself, and
// sends the variables as they are then. It cannot cut a connection but by leaving it.

import { createClient } from "graphql-sse";
import { address, fail, feeds, mode, obey, pause } from "./reader.mjs";

const client = createClient({
  url: address,
  singleConnection: mode === "single",
  retryAttempts: Infinity,
  retry: pause,
});

function follow(feed) {
  let left = false; // after that it may still complain that it could not say so, over a line that has been cut
  const leave = client.subscribe(
    { query: feed.query, variables: feed.variables },
    { next: (result) => feed.take(result), error: (problem) => left || fail(problem), complete: () => left || fail("completed") },
  );
  return () => {
    left = true;
    leave();
  };
}

let following = feeds.map(follow);

obey(() => {
  for (const leave of following) leave();
  following = feeds.map(follow);
});

// Where a subscription goes on when the line was down. graphql-ws sends an operation's variables as they are then, so the position
// of the last message is kept there, in `after`.

import { ApolloLink } from "@apollo/client";
import { tap } from "rxjs";

export const remember = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    tap(({ data }) => {
      for (const message of Object.values(data ?? {})) {
        if (message && typeof message === "object" && "position" in message) operation.variables["after"] = message.position;
      }
    }),
  ),
);

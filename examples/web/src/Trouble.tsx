import type { ErrorLike } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client";

/** What went wrong, with the id under which the gateway has noted it. What could be read is shown all the same. */
export function Trouble({ of: error }: { readonly of: ErrorLike | undefined }) {
  if (!error) return null;
  if (!CombinedGraphQLErrors.is(error)) return <p className="trouble">The gateway cannot be reached.</p>;
  const extensions = error.errors[0]?.extensions;
  return (
    <p className="trouble">
      {String(extensions?.["code"] ?? error.message)} <small>{String(extensions?.["requestId"] ?? "")}</small>
    </p>
  );
}

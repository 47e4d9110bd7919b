import type { PageDonationsFragment } from "./generated/graphql";
import { moment } from "./moment";
import { shown } from "./money";

type Donations = NonNullable<PageDonationsFragment["donations"]>;

interface Props {
  readonly donations: Donations;
  /** How many came since the list was read. */
  readonly unseen: number;
  readonly loading: boolean;
  readonly onMore: () => void;
  readonly onNew: () => void;
}

/** The gifts that are known one by one, newest first. A hidden amount is a dash, and nobody's name is Anonymous. */
export function Gifts({ donations: { edges, pageInfo }, unseen, loading, onMore, onNew }: Props) {
  return (
    <section className="gifts">
      <h3>Gifts</h3>
      {unseen > 0 && (
        <button type="button" disabled={loading} onClick={onNew}>
          Show {unseen.toLocaleString()} new
        </button>
      )}
      {edges.length === 0 && <p className="hint">Nobody has given yet.</p>}
      <ol>
        {edges.map(({ node: { id, amount, refunded, donorName, message, donatedAt, status } }) => (
          <li key={id}>
            <span className={status === "REFUNDED" || status === "CANCELLED" ? "amount back" : "amount"}>
              {amount ? shown(amount) : "–"}
            </span>
            <bdi className="donor">{donorName ?? "Anonymous"}</bdi>
            <time dateTime={donatedAt}>{moment(donatedAt)}</time>
            {status !== "COMPLETED" && (
              <em>
                {status.toLowerCase().replace("_", " ")}
                {status === "PARTIALLY_REFUNDED" && refunded && `: ${shown(refunded)}`}
              </em>
            )}
            {message && <bdi className="message">{message}</bdi>}
          </li>
        ))}
      </ol>
      {pageInfo.hasNextPage && (
        <button type="button" disabled={loading} onClick={onMore}>
          Load more
        </button>
      )}
    </section>
  );
}

import { useQuery } from "@apollo/client/react";
import { useDeferredValue, useState } from "react";
import { Trouble } from "./Trouble";
import { CampaignSearchDocument } from "./generated/graphql";
import { shown } from "./money";

/** All campaigns, the most raised first, page by page, with a search. */
export function CampaignList({ chosen }: { readonly chosen: string }) {
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim().toLowerCase());
  const { data, previousData, error, loading, fetchMore } = useQuery(CampaignSearchDocument, {
    variables: { filter: search ? { search } : null },
    errorPolicy: "all",
  });
  const campaigns = (data ?? previousData)?.campaigns;
  // The order is by a moving value, so a row can cross the edge of a page and come twice.
  const rows = new Map(campaigns?.edges.map(({ node }) => [node.id, node]));
  return (
    <nav aria-label="Campaigns" aria-busy={loading}>
      <header>
        <h1>Campaigns</h1>
        {campaigns && <span className="count">{campaigns.totalCount.toLocaleString()}</span>}
      </header>
      <input
        type="search"
        aria-label="Search campaigns"
        placeholder="Search titles and charities"
        maxLength={100}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      <Trouble of={error} />
      <ol>
        {[...rows.values()].map(({ id, title, total }) => (
          <li key={id}>
            <a href={`#${encodeURIComponent(id)}`} aria-current={id === chosen ? "page" : undefined}>
              <bdi className="title">{title}</bdi>
              {total ? <span className="raised">{shown(total.raised)}</span> : <span className="raised unknown">unknown</span>}
            </a>
          </li>
        ))}
      </ol>
      {campaigns?.totalCount === 0 && <p className="hint">Nothing found.</p>}
      {campaigns?.pageInfo.hasNextPage && (
        <button type="button" disabled={loading} onClick={() => fetchMore({ variables: { after: campaigns.pageInfo.endCursor } })}>
          Load more
        </button>
      )}
    </nav>
  );
}

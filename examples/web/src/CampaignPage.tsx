import { useQuery } from "@apollo/client/react";
import { useCallback, useState } from "react";
import { Freshness } from "./Freshness";
import { Gifts } from "./Gifts";
import { Live } from "./Live";
import { Total } from "./Total";
import { Trouble } from "./Trouble";
import { CampaignPageDocument, CampaignPageDonationsDocument, type CampaignPageQuery } from "./generated/graphql";

interface Props {
  readonly id: string;
  readonly isUp: boolean;
}

/** One campaign: read once, then kept by the subscription, which writes into the same cache. */
export function CampaignPage({ id, isUp }: Props) {
  const { data, error, loading, fetchMore, refetch } = useQuery(CampaignPageDocument, {
    variables: { id },
    errorPolicy: "all",
    fetchPolicy: "network-only", // the list of gifts is no older than the figure when the page is opened
    nextFetchPolicy: "cache-first",
  });
  const campaign = data?.campaign;
  // Where the lists were read: gifts that come later are counted, and shown when the reader asks for them.
  const [countAtRead, setCountAtRead] = useState<number | null>();
  const count = giftCount(campaign);
  if (campaign && countAtRead === undefined) setCountAtRead(count);
  const readAgain = useCallback(async () => {
    const { data } = await refetch();
    setCountAtRead(giftCount(data?.campaign));
  }, [refetch]);

  if (!campaign) {
    return (
      <article aria-busy={loading}>
        <BackLink />
        <Trouble of={error} />
        {!loading && !error && <p className="hint">There is no such campaign.</p>}
      </article>
    );
  }
  const { donations, total } = campaign;
  return (
    <article>
      <BackLink />
      <Live id={id} from={total?.position ?? null} onHole={readAgain} />
      <header>
        <h2>
          <bdi>{campaign.title}</bdi>
        </h2>
        <p className="where">
          {campaign.platform.name}
          {campaign.charity && (
            <>
              {" · "}
              <bdi>{campaign.charity.name}</bdi>
            </>
          )}
          {campaign.status === "ENDED" && " · ended"}
          {campaign.status === "SCHEDULED" && " · not begun yet"}
        </p>
      </header>
      <Total total={total} goal={campaign.goal} />
      {total && <Freshness of={total} isUp={isUp} />}
      <Trouble of={error} />
      {campaign.summary && (
        <p className="summary">
          <bdi>{campaign.summary}</bdi>
        </p>
      )}
      {campaign.donateUrl && (
        <a className="give" href={campaign.donateUrl} rel="noopener noreferrer" target="_blank">
          Give
        </a>
      )}
      {donations && (
        <Gifts
          donations={donations}
          unseen={Math.max(0, (count ?? 0) - (countAtRead ?? count ?? 0))}
          loading={loading}
          onMore={() =>
            fetchMore({ query: CampaignPageDonationsDocument, variables: { id, donationsAfter: donations.pageInfo.endCursor ?? "" } })
          }
          onNew={readAgain}
        />
      )}
    </article>
  );
}

/** How many gifts there are. A campaign without a figure has none yet; null is a network that does not count them. */
function giftCount(campaign: CampaignPageQuery["campaign"] | undefined): number | null {
  return campaign?.total ? campaign.total.donationCount : 0;
}

function BackLink() {
  return (
    <a className="back" href="#">
      All campaigns
    </a>
  );
}

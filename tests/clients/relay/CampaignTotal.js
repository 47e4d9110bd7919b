// A part of a campaign that is read again by itself.

import { graphql } from "relay-runtime";

export const fragment = graphql`
  fragment CampaignTotal_campaign on Campaign @refetchable(queryName: "CampaignTotalRefetchQuery") {
    total {
      raised { amount currencyCode }
      donationCount
      progress
      asOf
      freshness
      position
    }
  }
`;

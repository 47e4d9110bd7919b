// The campaigns of a phase, filtered and sorted.

import { graphql } from "relay-runtime";

export const fragment = graphql`
  fragment PhasePage_phase on Phase
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
    filter: { type: "CampaignFilter" }
    orderBy: { type: "CampaignOrder", defaultValue: RAISED_DESC }
  )
  @refetchable(queryName: "PhasePagePaginationQuery") {
    campaigns(first: $count, after: $cursor, filter: $filter, orderBy: $orderBy)
      @connection(key: "PhasePage_campaigns", filters: ["filter", "orderBy"]) {
      totalCount
      edges {
        node {
          id
          title
          platform { id key }
          total {
            raised { amount currencyCode }
            donationCount
            progress
            asOf
            freshness
            position
          }
        }
      }
    }
  }
`;

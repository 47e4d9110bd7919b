// The donations of a campaign, as an application of Relay asks for them: a list that loads more, and a feed that adds to it.

import { graphql } from "relay-runtime";

export const fragment = graphql`
  fragment DonationsPage_campaign on Campaign
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "DonationsPagePaginationQuery") {
    donations(first: $count, after: $cursor) @connection(key: "DonationsPage_donations") {
      totalCount
      edges {
        node {
          id
          amount { amount currencyCode }
          donorName
          donatedAt
        }
      }
    }
  }
`;

export const feed = graphql`
  subscription DonationsPageSubscription($id: ID!, $after: Position, $connections: [ID!]!) {
    campaignDonations(id: $id, after: $after) {
      received @prependNode(connections: $connections, edgeTypeName: "DonationEdge") {
        id
        amount { amount currencyCode }
        donorName
        donatedAt
      }
      changed { id status donorName message }
      missed
      position
      recovered
    }
  }
`;

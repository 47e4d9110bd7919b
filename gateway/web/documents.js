// What is asked of the endpoint. A part is selected through one fragment, so that the query and the feeds show the same.

const PARTS = `
fragment Amount on Money { amount currencyCode }
fragment Figures on Campaign {
  id
  status
  endsAt
  goal { ...Amount }
  platform { id key name freshness asOf }
  total {
    raised { ...Amount }
    refunded { ...Amount }
    donationCount
    progress
    basis
    sources
    asOf
    freshness
    position
  }
}`;

const GIFT = `
fragment Gift on Donation {
  id
  campaign { id title platform { name } total { basis } }
  amount { ...Amount }
  donorName
  donatedAt
  status
}`;

export const BOARD = `
query Board {
  platforms { id key name freshness asOf }
  campaigns(first: 20, orderBy: RAISED_DESC) {
    totalCount
    nodes {
      title
      url
      startsAt
      charity { id name }
      ...Figures
      donations(first: 5) { nodes { ...Gift } }
    }
  }
}${PARTS}${GIFT}`;

export const TOTAL = `
subscription BoardTotal($id: ID!, $after: Position) {
  campaignTotal(id: $id, after: $after, maxRate: 4) {
    campaign { ...Figures }
    position
    recovered
  }
}${PARTS}`;

export const GIFTS = `
subscription BoardGifts($id: ID!, $after: Position) {
  campaignDonations(id: $id, after: $after) {
    received { ...Gift }
    changed { ...Gift }
    missed
    position
    recovered
  }
}
fragment Amount on Money { amount currencyCode }${GIFT}`;

// What is asked of the endpoint. A part is selected through one fragment, so that the queries and the feeds show the same.

const AMOUNT = `
fragment Amount on Money { amount currencyCode }`;

const FIGURES = `
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

const ROWS = `
fragment Rows on CampaignConnection {
  totalCount
  nodes {
    title
    url
    startsAt
    charity { id name }
    ...Figures
    donations(first: 5) { nodes { ...Gift } }
  }
}${FIGURES}${GIFT}`;

const SEASON_FIGURES = `
fragment SeasonFigures on Season {
  currentPhase { id }
  total {
    raised { ...Sum }
    goal { ...Amount }
    progress
    donationCount
    campaignCount
    asOf
    freshness
  }
  byPlatform {
    platform { id key name freshness asOf }
    raised { money { ...Amount } isApproximate }
    donationCount
    campaignCount
  }
}
fragment Sum on ConvertedMoney {
  money { ...Amount }
  parts { ...Amount }
  rates { from to value source asOf }
  missing
  isApproximate
}`;

const SEASONS = "seasons(first: 20) { nodes { slug startsAt endsAt currentPhase { id } } }";
const PLATFORMS = "platforms { id key name freshness asOf }";

export const BOARD = `
query Board {
  ${SEASONS}
  ${PLATFORMS}
  reportingTimeZone
  campaigns(first: 20, orderBy: RAISED_DESC) { ...Rows }
}${ROWS}${AMOUNT}`;

export const SEASON = `
query SeasonBoard($slug: String!) {
  ${SEASONS}
  ${PLATFORMS}
  reportingTimeZone
  season(slug: $slug) {
    id
    slug
    name
    startsAt
    endsAt
    phases { id name startsAt endsAt }
    ...SeasonFigures
    campaigns(first: 20, orderBy: RAISED_DESC) { ...Rows }
    endorsements(first: 50) {
      totalCount
      nodes {
        account { displayName followerCount url platform { key name } }
        raised { ...Amount }
        donationCount
        posts { url engagement { reposts comments likes asOf freshness } }
      }
    }
    actions { kind title url isOnline place startsAt endsAt }
  }
}${SEASON_FIGURES}${ROWS}${AMOUNT}`;

export const HISTORY = `
query SeasonHistory($slug: String!, $interval: HistoryInterval!, $since: DateTime, $until: DateTime) {
  season(slug: $slug) {
    history(interval: $interval, since: $since, until: $until) {
      since
      until
      raised { money { ...Amount } }
      donationCount
      raisedSoFar { money { ...Amount } isApproximate }
    }
  }
}${AMOUNT}`;

export const SEASON_TOTAL = `
subscription SeasonBoardTotal($slug: String!) {
  seasonTotal(slug: $slug, maxRate: 4) {
    season { id ...SeasonFigures }
    recovered
  }
}${SEASON_FIGURES}${AMOUNT}`;

export const SEASON_ROWS = `
subscription SeasonBoardRows($ids: [ID!]!) {
  campaignTotals(ids: $ids, maxRate: 2) {
    campaign { ...Figures }
    recovered
  }
}${FIGURES}${AMOUNT}`;

export const SEASON_GIFTS = `
subscription SeasonBoardGifts($slug: String!) {
  seasonDonations(slug: $slug) {
    received { ...Gift }
    changed { ...Gift }
    missed
    recovered
  }
}${GIFT}${AMOUNT}`;

export const CAMPAIGN_TOTAL = `
subscription BoardTotal($id: ID!, $after: Position) {
  campaignTotal(id: $id, after: $after, maxRate: 4) {
    campaign { ...Figures }
    position
    recovered
  }
}${FIGURES}${AMOUNT}`;

export const CAMPAIGN_GIFTS = `
subscription BoardGifts($id: ID!, $after: Position) {
  campaignDonations(id: $id, after: $after) {
    received { ...Gift }
    changed { ...Gift }
    missed
    position
    recovered
  }
}${GIFT}${AMOUNT}`;

/* What a first visit finds. */

const CAMPAIGNS = `# What has raised most, on all networks.
# Ctrl-Enter runs it, Ctrl-Space offers fields.
query Campaigns {
  campaigns(first: 5, orderBy: RAISED_DESC) {
    totalCount
    nodes {
      id
      title
      platform {
        name
      }
      total {
        raised {
          amount
          currencyCode
        }
        freshness
        asOf
      }
    }
  }
}
`;

const SEASONS = `# A season adds up all its networks in one
# currency, and names each rate that it used.
query Seasons {
  seasons(first: 3) {
    nodes {
      name
      currentPhase {
        name
      }
      total {
        raised {
          money {
            amount
            currencyCode
          }
          parts {
            amount
            currencyCode
          }
          rates {
            from
            value
            source
          }
        }
      }
    }
  }
}
`;

const LIVE = `# Live. Put the id of a campaign into the
# variables below. Who comes back sends the
# last position as \`after\`.
subscription Total($id: ID!, $after: Position) {
  campaignTotal(id: $id, after: $after) {
    campaign {
      title
      total {
        raised {
          amount
          currencyCode
        }
      }
    }
    position
    recovered
  }
}
`;

export const TABS = [{ query: CAMPAIGNS }, { query: SEASONS }, { query: LIVE, variables: '{\n  "id": ""\n}' }];

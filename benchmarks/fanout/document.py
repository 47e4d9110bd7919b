"""What every viewer asks for, and what the servers beside the gateway answer with."""

import json
from collections.abc import Sequence
from typing import Final

from benchmarks.fanout.server import Place

LEAST: Final = 1_000
"""Whole yuan at which every total begins. A total goes up by one at a time, so its text keeps its length up to 9999.00."""
MAX_RATE: Final = 20
"""Messages a second that a viewer wants; the gateway's own limit as well."""
LIVE: Final = f"""
subscription CounterWidgetLive($id: ID!, $after: Position, $locale: String! = "en") {{
  campaignTotal(id: $id, after: $after, maxRate: {MAX_RATE}) {{
    campaign {{ ...CounterCampaign }}
    position
    recovered
  }}
}}

fragment CounterCampaign on Campaign {{
  id
  title
  status
  url
  donateUrl
  goal {{ ...CounterMoney }}
  total {{
    raised {{ ...CounterMoney }}
    donationCount
    progress
    asOf
    freshness
    position
  }}
}}

fragment CounterMoney on Money {{
  amount
  currencyCode
  formatted(locale: $locale)
}}
"""
"""The live counter that anyone can embed in a page, with a rate of its own."""


def client_argument(place: Place) -> str:
    """What the crowd is started with."""
    where = {"host": "127.0.0.1", "port": place.port, "path": place.path, "compressed": place.compressed}
    return json.dumps({**where, "query": LIVE, "ids": place.ids, "least": LEAST})


def peer_argument(ids: Sequence[str]) -> str:
    """What a peer is started with: the campaigns, and where their totals begin."""
    return json.dumps({"ids": list(ids), "least": LEAST})

"""Lists every campaign of a gateway with its sums, or follows the total of one and goes on after every break.

    python giving.py list                 # every page of the list, then the sums by currency
    python giving.py follow CAMPAIGN_ID   # one line for each new state, until Ctrl-C

The documents are those of ``examples/queries``, unchanged. ``--gateway`` is where it runs, http://127.0.0.1:8000 if left out.
"""

import argparse
import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportConnectionFailed
from gql.transport.websockets import WebsocketsTransport

QUERIES = Path(__file__).resolve().parent.parent / "queries"
LISTS = (QUERIES / "lists-and-caches.graphql").read_text("utf-8")
COUNTER = (QUERIES / "counter-widget.graphql").read_text("utf-8")
LONGEST_PAUSE = 30.0


def campaigns(client: Client) -> Iterator[dict[str, Any]]:
    """All campaigns, latest start first. That order does not move while the pages are read, so no row comes twice."""
    after = None
    while True:
        variables = {"orderBy": "STARTS_AT_DESC", "after": after}
        page = client.execute(GraphQLRequest(LISTS, variable_values=variables, operation_name="CampaignSearch"))["campaigns"]
        yield from (edge["node"] for edge in page["edges"])
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def show_all(gateway: str) -> None:
    """Prints them, and the sum of each currency. An amount is exact decimal text: Decimal keeps it so, a float would not."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    count = 0
    for campaign in campaigns(Client(transport=AIOHTTPTransport(f"{gateway}/graphql"))):
        total = campaign["total"]
        print(f"{described(total):>24}  {campaign['id']}  {campaign['title']}")
        count += 1
        if total is not None:
            sums[total["raised"]["currencyCode"]] += Decimal(total["raised"]["amount"])
    print(f"{count} campaigns:", ", ".join(f"{amount} {currency}" for currency, amount in sorted(sums.items())) or "unknown")


async def follow(gateway: str, campaign: str) -> None:
    """Prints each state of a campaign's total. After a break it connects again and goes on from the last position."""
    variables: dict[str, Any] = {"id": campaign, "after": None}
    pause = 0.5
    while True:
        transport = WebsocketsTransport(f"{gateway.replace('http', 'ws', 1)}/graphql")
        try:
            async with Client(transport=transport) as session:
                request = GraphQLRequest(COUNTER, variable_values=variables, operation_name="CounterWidgetLive")
                async for data in session.subscribe(request):
                    message = data["campaignTotal"]
                    how = "goes on" if message["recovered"] else "snapshot"
                    print(f"{how}: {described(message['campaign']['total'])}", flush=True)
                    variables["after"] = message["position"]
                    pause = 0.5
        except TransportConnectionFailed:
            print("no gateway", flush=True)
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # some chance, so that not everybody comes back at once
        pause = min(pause * 2, LONGEST_PAUSE)


def described(total: dict[str, Any] | None) -> str:
    """A figure with how fresh it is. Unknown is not zero."""
    if total is None:
        return "unknown"
    figure = f"{total['raised']['amount']} {total['raised']['currencyCode']}"
    return figure if total["freshness"] == "LIVE" else f"{figure} as of {total['asOf']}"


def main() -> None:
    """Does what it is told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", default="http://127.0.0.1:8000", help="where it runs")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="list all campaigns")
    commands.add_parser("follow", help="follow the total of one").add_argument("campaign", help="its id")
    told = parser.parse_args()
    if told.command == "list":
        show_all(told.gateway)
    else:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(follow(told.gateway, told.campaign))


if __name__ == "__main__":
    main()

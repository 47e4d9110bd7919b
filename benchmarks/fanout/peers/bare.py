"""Strawberry as it comes: its own ASGI app under uvicorn, and a plain async generator for each subscription.

It is started as ``mercurius.mjs`` is, and told the same.
"""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, Final, NewType

import strawberry
from strawberry.asgi import GraphQL
from strawberry.schema.config import StrawberryConfig
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL

from benchmarks.serving import serve

GOAL: Final = 50_000
PAGE: Final = "https://lunch.example/lunch-00"
Position = NewType("Position", str)


@strawberry.enum
class CampaignStatus(Enum):
    """As in ``schema.graphql``, as far as it is used."""

    ACTIVE = "ACTIVE"


@strawberry.enum
class Freshness(Enum):
    """The same."""

    LIVE = "LIVE"


@strawberry.type
class Money:
    """An amount, formatted beforehand."""

    amount: str
    currency_code: str
    text: strawberry.Private[str]

    @strawberry.field
    def formatted(self, locale: str = "en") -> str:
        """In English, whatever the locale."""
        return self.text


@strawberry.type
class Total:
    """How much was raised."""

    raised: Money
    donation_count: int | None
    progress: float | None
    as_of: str
    freshness: Freshness
    position: Position


@strawberry.type
class Campaign:
    """What raises it."""

    id: strawberry.ID
    title: str
    status: CampaignStatus
    url: str | None
    donate_url: str | None
    goal: Money | None
    total: Total | None


@strawberry.type
class CampaignTotalUpdate:
    """One message."""

    campaign: Campaign
    position: Position
    recovered: bool


class Totals:
    """The newest state of each, and who waits for the next one."""

    def __init__(self, ids: list[str], least: int) -> None:
        self.newest = {campaign: _update(campaign, least) for campaign in ids}
        self.followers: defaultdict[str, set[asyncio.Queue[CampaignTotalUpdate]]] = defaultdict(set)

    def move(self, amount: int) -> None:
        """All of them have this amount."""
        for campaign in self.newest:
            self.newest[campaign] = newest = _update(campaign, amount)
            for follower in self.followers[campaign]:
                follower.put_nowait(newest)


def _update(campaign: str, amount: int) -> CampaignTotalUpdate:
    position = Position(f"AAABoga6w0oAAAA{amount:04}")
    total = Total(
        raised=_money(amount),
        donation_count=amount,
        progress=amount / GOAL,
        as_of=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        freshness=Freshness.LIVE,
        position=position,
    )
    shown = Campaign(
        id=strawberry.ID(campaign),
        title="School lunch",
        status=CampaignStatus.ACTIVE,
        url=PAGE,
        donate_url=f"{PAGE}/give",
        goal=_money(GOAL),
        total=total,
    )
    return CampaignTotalUpdate(campaign=shown, position=position, recovered=True)


def _money(amount: int) -> Money:
    return Money(amount=f"{amount}.00", currency_code="CNY", text=f"CN¥{amount:,}.00")


STARTED: Final = json.loads(sys.argv[1])
TOTALS: Final = Totals(STARTED["ids"], STARTED["least"])


@strawberry.type
class Query:
    """What no schema may lack."""

    running: bool = True


@strawberry.type
class Subscription:
    """What is followed."""

    @strawberry.subscription
    async def campaign_total(
        self,
        campaign: Annotated[strawberry.ID, strawberry.argument(name="id")],
        after: Position | None = None,
        max_rate: float = 10,
    ) -> AsyncGenerator[CampaignTotalUpdate, None]:
        """The newest state, and each one after it."""
        queue: asyncio.Queue[CampaignTotalUpdate] = asyncio.Queue()
        TOTALS.followers[campaign].add(queue)
        try:
            yield TOTALS.newest[campaign]
            while True:
                yield await queue.get()
        finally:
            TOTALS.followers[campaign].discard(queue)


if __name__ == "__main__":
    scalars: dict[Any, Any] = {Position: strawberry.scalar(name="Position", serialize=str, parse_value=str)}
    schema = strawberry.Schema(Query, subscription=Subscription, config=StrawberryConfig(scalar_map=scalars))
    served: Any = GraphQL(schema, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL])
    serve(served, TOTALS.move)

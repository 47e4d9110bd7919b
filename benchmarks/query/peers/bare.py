"""Strawberry as it comes: its own ASGI app as a route of Starlette, under uvicorn.

It is started as ``mercurius.mjs`` is, and answers the same from the same values.
"""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Final, NewType

import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.schema.config import StrawberryConfig

from benchmarks.query.peers import OPTIONS
from benchmarks.serving import serve

Decimal = NewType("Decimal", str)
Position = NewType("Position", str)
Moment = NewType("Moment", str)
Link = NewType("Link", str)
SCALARS: Final[dict[Any, Any]] = {
    kind: strawberry.scalar(name=name, serialize=str, parse_value=str)
    for kind, name in ((Decimal, "Decimal"), (Position, "Position"), (Moment, "DateTime"), (Link, "URL"))
}


@strawberry.enum
class CampaignStatus(Enum):
    """As in ``schema.graphql``, as are all others."""

    UPCOMING = "UPCOMING"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    CANCELLED = "CANCELLED"


@strawberry.enum
class Freshness(Enum):
    """How fresh a figure is."""

    LIVE = "LIVE"
    CACHED = "CACHED"
    STALE = "STALE"


@strawberry.enum
class CampaignOrder(Enum):
    """The one there is."""

    RAISED_DESC = "RAISED_DESC"


@strawberry.input
class CampaignFilter:
    """It is not looked at."""

    search: str | None = None


@strawberry.interface
class Node:
    """Whatever has an id."""

    id: strawberry.ID


@strawberry.type
class Money:
    """An amount."""

    amount: Decimal
    currency_code: str


@strawberry.type
class Total:
    """How much was raised."""

    raised: Money
    donation_count: int | None
    progress: float | None
    as_of: Moment
    freshness: Freshness
    position: Position


@strawberry.type
class Platform(Node):
    """Where."""

    key: str
    name: str


@strawberry.type
class Campaign(Node):
    """What raises it."""

    platform: Platform
    external_id: str
    title: str
    url: Link | None
    donate_url: Link | None
    status: CampaignStatus
    goal: Money | None
    total: Total | None


@strawberry.type
class CampaignEdge:
    """One of a list."""

    cursor: str
    node: Campaign


@strawberry.type
class PageInfo:
    """Where a page lies."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class CampaignConnection:
    """A page."""

    edges: list[CampaignEdge]
    nodes: list[Campaign]
    page_info: PageInfo
    total_count: int


class Rows:
    """All campaigns: complete before anybody asks, so that resolvers have next to nothing to do."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.edges = [CampaignEdge(cursor=row["cursor"], node=_campaign(row["node"])) for row in rows]
        self.campaigns = {edge.node.id: edge.node for edge in self.edges}
        self.places = {edge.cursor: place for place, edge in enumerate(self.edges)}

    def move(self, place: int) -> None:
        """The campaign at that place has one yuan and one donation more."""
        campaign = self.edges[place].node
        before, goal = campaign.total, campaign.goal
        if before is None:
            return
        raised, count = _yuan(before.raised) + 1, (before.donation_count or 0) + 1
        campaign.total = replace(
            before,
            raised=replace(before.raised, amount=Decimal(f"{raised}.00")),
            donation_count=count,
            progress=None if goal is None else raised / _yuan(goal),
            as_of=Moment(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"),
            position=Position(f"{before.position[:-6]}{count:06}"),
        )

    def page(self, first: int, after: str | None) -> CampaignConnection:
        """From behind a cursor on."""
        start = 0 if after is None else self.places[after] + 1
        edges = self.edges[start : start + first]
        return CampaignConnection(
            edges=edges,
            nodes=[edge.node for edge in edges],
            page_info=PageInfo(has_next_page=start + first < len(self.edges), end_cursor=edges[-1].cursor if edges else None),
            total_count=len(self.edges),
        )


def _yuan(money: Money) -> int:
    """All amounts here are whole."""
    return int(money.amount.partition(".")[0])


def _campaign(told: dict[str, Any]) -> Campaign:
    total = told["total"]
    return Campaign(
        id=told["id"],
        platform=Platform(**told["platform"]),
        external_id=told["externalId"],
        title=told["title"],
        url=told["url"],
        donate_url=told["donateUrl"],
        status=CampaignStatus(told["status"]),
        goal=_money(told["goal"]),
        total=Total(
            raised=Money(amount=total["raised"]["amount"], currency_code=total["raised"]["currencyCode"]),
            donation_count=total["donationCount"],
            progress=total["progress"],
            as_of=total["asOf"],
            freshness=Freshness(total["freshness"]),
            position=total["position"],
        ),
    )


def _money(told: dict[str, Any] | None) -> Money | None:
    return None if told is None else Money(amount=told["amount"], currency_code=told["currencyCode"])


ROWS: Final = Rows(json.loads(Path(sys.argv[1]).read_text("utf-8"))["rows"])
Id = Annotated[strawberry.ID, strawberry.argument(name="id")]


@strawberry.type
class Query:
    """What is asked for."""

    @strawberry.field
    def node(self, wanted: Id) -> Node | None:
        """By its id."""
        return ROWS.campaigns.get(wanted)

    @strawberry.field
    def nodes(self, ids: list[strawberry.ID]) -> list[Node | None]:
        """By their ids."""
        return [ROWS.campaigns.get(each) for each in ids]

    @strawberry.field
    def campaign(self, wanted: Id) -> Campaign | None:
        """By its id."""
        return ROWS.campaigns.get(wanted)

    @strawberry.field
    def campaigns(
        self,
        chosen: Annotated[CampaignFilter | None, strawberry.argument(name="filter")] = None,
        order_by: CampaignOrder = CampaignOrder.RAISED_DESC,
        first: int = 20,
        after: str | None = None,
    ) -> CampaignConnection | None:
        """A page, in the one order there is."""
        return ROWS.page(first, after)


if __name__ == "__main__":
    schema = strawberry.Schema(Query, types=[Campaign], config=StrawberryConfig(scalar_map=SCALARS))
    served: Any = GraphQL(schema)
    serve(Starlette(routes=[Route("/graphql", served)]), ROWS.move, **OPTIONS)

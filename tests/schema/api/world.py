"""A small world behind the ports: what is known is what a test put in. And the ways in which tests ask."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import strawberry
from graphql import ExecutionResult, GraphQLError

from schema.api.build import build
from schema.api.errors import describe
from schema.api.ports import CampaignReading, Context, DonationsUpdate, PlatformReading, TotalReading, TotalUpdate
from schema.model.campaign import Campaign
from schema.model.charity import Charity
from schema.model.donation import Donation, DonationKind, DonationStatus
from schema.model.errors import BadUserInput, LedgerUnavailable, NotFound
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId, entity
from schema.model.money import Currency, Money
from schema.model.page import CampaignFilter, CampaignOrder, Page
from schema.model.total import AmountSource, Basis, Place, Total

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
LUNCH = CampaignId("wechat_pay", "school-lunch")
STREAM = CampaignId("twitch", "123e")
MEALS = Charity("meals", "School Meals", registration_number="53100000", website="https://meals.example/")

Row = TypeVar("Row")


def cny(text: str) -> Money:
    """An amount in yuan."""
    return Money.of_decimal(text, "CNY")


def a_campaign(campaign: CampaignId = LUNCH, **changes: Any) -> Campaign:
    """A campaign in yuan with nothing that can be unknown."""
    bare = Campaign(campaign, "School lunches", Currency.of("CNY"), account="lunch", as_of=NOW)
    return replace(bare, **changes)


def a_total(campaign: CampaignId = LUNCH, **changes: Any) -> TotalReading:
    """A counted total of 885.50 yuan."""
    total = Total(
        campaign,
        Basis.COUNTED,
        raised=cny("885.50"),
        refunded=cny("0"),
        donation_count=12,
        donor_count=None,
        sources=(AmountSource.MERCHANT_NOTIFICATION, AmountSource.MERCHANT_BILL),
        changed_at=NOW,
        place=Place(1, 0),
    )
    return TotalReading(replace(total, **changes), as_of=NOW, freshness=Freshness.LIVE, position="p41")


def a_donation(native: str, campaign: CampaignId = LUNCH, **changes: Any) -> Donation:
    """A gift of 5 yuan from somebody whose name is not told."""
    bare = Donation(
        campaign,
        entity(campaign.platform, native),
        amount=cny("5"),
        refunded=None,
        kind=DonationKind.ONE_TIME,
        status=DonationStatus.COMPLETED,
        donor_name=None,
        message=None,
        donated_at=NOW,
        source=AmountSource.MERCHANT_NOTIFICATION,
    )
    return replace(bare, **changes)


@dataclass
class World:
    """Both ports at once. ``down`` names the methods that cannot reach the store."""

    known: dict[CampaignId, CampaignReading] = field(default_factory=dict)
    totals: dict[CampaignId, TotalReading] = field(default_factory=dict)
    gifts: dict[CampaignId, list[Donation]] = field(default_factory=dict)
    networks: dict[str, PlatformReading] = field(default_factory=dict)
    messages: dict[CampaignId, Sequence[Any]] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    left: list[CampaignId] = field(default_factory=list)
    time_zone: str = "Asia/Shanghai"

    def add(self, campaign: Campaign, total: TotalReading | None = None, *, freshness: Freshness = Freshness.LIVE) -> None:
        """A campaign on a network that is connected."""
        self.known[campaign.id] = CampaignReading(campaign, freshness, updated_at=NOW)
        key = campaign.id.platform
        self.networks.setdefault(key, PlatformReading(key, key.title(), f"https://{key}.example/", freshness, NOW))
        if total is not None:
            self.totals[campaign.id] = total

    def now(self) -> datetime:
        return NOW

    async def platforms(self) -> Sequence[PlatformReading]:
        self._reach("platforms")
        return [self.networks[key] for key in sorted(self.networks)]

    async def platform(self, key: str) -> PlatformReading | None:
        self._reach("platform")
        return self.networks.get(key)

    async def campaign(self, campaign: CampaignId) -> CampaignReading | None:
        self._reach("campaign")
        return self.known.get(campaign)

    async def campaigns(
        self, where: CampaignFilter, order: CampaignOrder, *, first: int, after: str | None
    ) -> Page[CampaignReading]:
        self._reach("campaigns")
        self.asked.append((where, order, first, after))
        rows = sorted((r for r in self.known.values() if self._meets(r.campaign, where)), key=self._rank(order))
        return _page(rows, lambda row: f"{order}|{row.campaign.id}", first, after)

    async def total(self, campaign: CampaignId) -> TotalReading | None:
        self._reach("total")
        return self.totals.get(campaign)

    async def donations(
        self, campaign: CampaignId, *, since: datetime | None, until: datetime | None, first: int, after: str | None
    ) -> Page[Donation] | None:
        self._reach("donations")
        if campaign not in self.gifts:
            return None
        rows = [
            gift
            for gift in sorted(self.gifts[campaign], key=lambda gift: gift.donated_at, reverse=True)
            if (since is None or gift.donated_at >= since) and (until is None or gift.donated_at < until)
        ]
        return _page(rows, lambda row: row.entity.hex(), first, after)

    async def donation(self, campaign: CampaignId, entity: bytes) -> Donation | None:
        self._reach("donation")
        return next((gift for gift in self.gifts.get(campaign, ()) if gift.entity == entity), None)

    async def charity(self, key: str) -> Charity | None:
        self._reach("charity")
        charities = (reading.campaign.charity for reading in self.known.values())
        return next((charity for charity in charities if charity is not None and charity.key == key), None)

    async def campaign_total(
        self, campaign: CampaignId, *, after: str | None, max_rate: float
    ) -> AsyncGenerator[TotalUpdate, None]:
        self.asked.append((campaign, after, max_rate))
        async with aclosing(self._told(campaign)) as messages:
            async for message in messages:
                yield message

    async def campaign_donations(self, campaign: CampaignId, *, after: str | None) -> AsyncGenerator[DonationsUpdate, None]:
        self.asked.append((campaign, after))
        async with aclosing(self._told(campaign)) as messages:
            async for message in messages:
                yield message

    async def _told(self, campaign: CampaignId) -> AsyncGenerator[Any, None]:
        if campaign not in self.known:
            raise NotFound("there is no such campaign")
        try:
            for message in self.messages.get(campaign, ()):
                yield message
            await asyncio.Event().wait()
        finally:
            self.left.append(campaign)

    def _reach(self, method: str) -> None:
        if method in self.down:
            raise LedgerUnavailable("the store at redis://secret@10.0.0.1 does not answer")

    def _meets(self, campaign: Campaign, where: CampaignFilter) -> bool:
        return (
            (not where.platforms or campaign.id.platform in where.platforms)
            and (not where.statuses or campaign.status(NOW) in where.statuses)
            and (where.charity is None or (campaign.charity is not None and campaign.charity.key == where.charity))
            and (not where.categories or not set(where.categories).isdisjoint(campaign.categories))
            and (where.currency is None or str(campaign.currency) == where.currency)
        )

    def _rank(self, order: CampaignOrder) -> Callable[[CampaignReading], Any]:
        def raised(row: CampaignReading) -> int:
            return self.totals[row.campaign.id].total.raised.minor if row.campaign.id in self.totals else -1

        if order is CampaignOrder.RAISED_DESC:
            return lambda row: (-raised(row), row.campaign.id)
        return lambda row: row.campaign.id


def _page(rows: Sequence[Row], place: Callable[[Row], str], first: int, after: str | None) -> Page[Row]:
    places = [place(row) for row in rows]
    if after is not None and after not in places:
        raise BadUserInput("this cursor is none of this list's", argument="after")
    start = 0 if after is None else places.index(after) + 1
    chosen = tuple(zip(places, rows, strict=True))[start : start + first]
    return Page(chosen, has_next=start + first < len(rows), total=len(rows))


@cache
def schema() -> strawberry.Schema:
    """The schema, built once for all tests."""
    return build()


async def run(world: World, text: str, variables: Mapping[str, Any] | None = None, name: str | None = None) -> ExecutionResult:
    """What a query gives, with its errors as they are."""
    result = await schema().execute(
        text, variable_values=dict(variables or {}), context_value=Context(reads=world, live=world), operation_name=name
    )
    assert isinstance(result, ExecutionResult | strawberry.types.ExecutionResult)
    return ExecutionResult(result.data, result.errors)


async def ask(world: World, text: str, variables: Mapping[str, Any] | None = None, name: str | None = None) -> Any:
    """The data of a query that has no errors."""
    result = await run(world, text, variables, name)
    assert result.errors is None, result.errors
    return result.data


async def refused(world: World, text: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The only error of a query, as it leaves the house."""
    result = await run(world, text, variables)
    return shown(result.errors)


def shown(errors: list[GraphQLError] | None) -> dict[str, Any]:
    """The only one of these errors, as it leaves the house."""
    assert errors is not None
    (error,) = errors
    return describe(error, "r1")


async def follow(
    world: World, text: str, variables: Mapping[str, Any] | None = None, *, count: int, name: str | None = None
) -> Any:
    """The data of the first messages of a subscription, which is closed after them."""
    context = Context(reads=world, live=world)
    feed = await schema().subscribe(text, dict(variables or {}), context_value=context, operation_name=name)
    seen: list[Any] = []
    async with aclosing(feed):
        async for message in feed:
            assert message.errors is None, message.errors
            seen.append(message.data)
            if len(seen) == count:
                break
    return seen


async def refusal(world: World, text: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The error with which a subscription ends before its first message."""
    feed = await schema().subscribe(text, dict(variables or {}), context_value=Context(reads=world, live=world))
    messages = [message async for message in feed]
    assert [message.data for message in messages] == [None]
    return shown(messages[0].errors)

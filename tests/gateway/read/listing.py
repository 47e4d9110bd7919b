"""A catalogue, and beside it what was put into it, for plain Python to sort and filter."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway.read import catalog
from gateway.read.totals import TotalRow
from schema.model.campaign import Campaign, CampaignStatus
from schema.model.charity import Charity
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money
from schema.model.page import CampaignFilter, CampaignOrder
from schema.model.rates import Rate, Rates
from schema.model.total import Basis, Place
from tests.gateway.acme import NOW

RATES = {"EUR": Decimal("7.8"), "JPY": Decimal("0.05")}  # none for USD
ALL = CampaignFilter()


@dataclass(frozen=True)
class Row:
    """What one campaign was listed with."""

    campaign: Campaign
    total: TotalRow | None
    updated_at: datetime

    @property
    def raised(self) -> int | None:
        return None if self.total is None else self.total.raised

    @property
    def worth(self) -> Decimal | None:
        rate = {**RATES, "CNY": Decimal(1)}.get(self.total.currency.code) if self.total else None
        if self.total is None or self.total.raised is None or rate is None:
            return None
        return Decimal(self.total.raised).scaleb(-self.total.currency.exponent) * rate

    @property
    def progress(self) -> Decimal | None:
        goal = self.campaign.goal
        if goal is None or self.total is None or self.total.raised is None or goal.currency != self.total.currency:
            return None
        return Decimal(self.total.raised) / goal.minor


def row(
    native: str,
    raised: int | None = None,
    *,
    code: str = "CNY",
    goal: int | None = None,
    updated: int = 0,
    platform: str = "acme",
    **words: Any,
) -> Row:
    """One campaign. Moments are hours from the present of these tests."""
    for name in ("starts_at", "ends_at"):
        if words.get(name) is not None:
            words[name] = NOW + timedelta(hours=words[name])
    currency = Currency.of(code)
    money = None if goal is None else Money(goal, currency)
    said: dict[str, Any] = {"title": native, "as_of": NOW, "goal": money, **words}
    campaign = Campaign(CampaignId(platform, native), currency=currency, account="lunch", **said)
    total = None
    if raised is not None:
        total = TotalRow(campaign.id, Basis.COUNTED, currency, raised, 0, 1, None, 1, NOW, Place(1))
    return Row(campaign, total, NOW + timedelta(hours=updated))


class Shelf:
    """A catalogue and what was put into it."""

    def __init__(self, *rows: Row) -> None:
        self.catalog = catalog.Catalog()
        self.catalog.rate(Rates(Rate.of_configuration(code, value, "CNY", NOW) for code, value in RATES.items()), "CNY")
        self.rows: dict[CampaignId, Row] = {}
        for each in rows:
            self.put(each)

    def put(self, each: Row) -> None:
        """Lists it."""
        self.rows[each.campaign.id] = each
        self.catalog.put([catalog.Row(each.campaign, each.total, each.updated_at)])

    def listed(
        self, order: CampaignOrder = CampaignOrder.UPDATED_AT_DESC, where: CampaignFilter = ALL, *, first: int = 1_000
    ) -> list[str]:
        """The native ids of a first page."""
        found, _, _ = self.catalog.page(where, order, first=first, after=None, now=NOW)
        return [campaign.native for _, campaign in found]

    def pages(self, order: CampaignOrder, where: CampaignFilter, first: int) -> Iterator[list[CampaignId]]:
        """Page after page."""
        after = None
        while True:
            found, more, _ = self.catalog.page(where, order, first=first, after=after, now=NOW)
            yield [campaign for _, campaign in found]
            if not more:
                return
            after = found[-1][0]


def many(rng: random.Random, number: int = 250) -> list[Row]:
    """Campaigns with every kind of hole and every kind of tie."""
    return [
        row(
            f"c{index}",
            rng.choice([None, 0, 100, 100, 5_000, rng.randrange(10**6), rng.randrange(10**15)]),
            code=rng.choice(["CNY", "EUR", "JPY", "USD"]),
            goal=rng.choice([None, 100, 10_000, 10**9]),
            updated=rng.randrange(-50, 50),
            platform=rng.choice(["acme", "other"]),
            starts_at=rng.choice([None, -10, -1, 0, 1, 10]),
            ends_at=rng.choice([None, -5, 0, 5, 11]),
            stated=rng.choice([None, None, *CampaignStatus]),
            categories=tuple(rng.sample(["food", "school", "ocean", "食物"], rng.randrange(3))),
            charity=rng.choice([None, Charity("meals", "Meals"), Charity("ocean", "Ocean")]),
        )
        for index in range(number)
    ]


def last(value: Any, *, falling: bool = True) -> tuple[bool, Any]:
    """A sort key: what has no value comes last."""
    return (value is None, 0 if value is None else -value if falling else value)


def moment(value: datetime | None) -> float | None:
    """A moment as a number."""
    return None if value is None else value.timestamp()


ORDERS: dict[CampaignOrder, Callable[[Row], tuple[Any, ...]]] = {
    CampaignOrder.RAISED_DESC: lambda r: (*last(r.worth), *last(r.raised)),
    CampaignOrder.PROGRESS_DESC: lambda r: last(r.progress),
    CampaignOrder.STARTS_AT_DESC: lambda r: last(moment(r.campaign.starts_at)),
    CampaignOrder.ENDS_AT_ASC: lambda r: (
        r.campaign.status(NOW) is CampaignStatus.ENDED,
        *last(moment(r.campaign.ends_at), falling=False),
    ),
    CampaignOrder.UPDATED_AT_DESC: lambda r: (-r.updated_at.timestamp(),),
}


def expected(shelf: Shelf, order: CampaignOrder, where: CampaignFilter) -> list[CampaignId]:
    """The whole list, by plain Python."""
    key = ORDERS[order]
    if where.currency is not None and order is CampaignOrder.RAISED_DESC:
        key = lambda r: last(r.raised)  # noqa: E731
    kept = [
        r
        for r in shelf.rows.values()
        if (not where.platforms or r.campaign.id.platform in where.platforms)
        and (not where.statuses or r.campaign.status(NOW) in where.statuses)
        and (not where.categories or set(where.categories) & set(r.campaign.categories))
        and (where.charity is None or (r.campaign.charity is not None and r.campaign.charity.key == where.charity))
        and (where.currency is None or (r.campaign.currency is not None and r.campaign.currency.code == where.currency))
    ]
    return [r.campaign.id for r in sorted(kept, key=lambda r: (key(r), str(r.campaign.id)))]

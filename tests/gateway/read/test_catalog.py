"""The catalogue, held against plain sorting and filtering in Python."""

import base64
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import orjson
import pytest

from gateway.read.catalog import Catalog
from gateway.read.totals import TotalRow
from schema.model.campaign import Campaign, CampaignStatus
from schema.model.charity import Charity
from schema.model.errors import BadUserInput
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money
from schema.model.page import CampaignFilter, CampaignOrder
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
    campaign = Campaign(CampaignId(platform, native), native, currency, "lunch", NOW, goal=money, **words)
    total = None
    if raised is not None:
        total = TotalRow(Basis.COUNTED, currency, raised, 0, 1, None, 1, NOW, Place(1))
    return Row(campaign, total, NOW + timedelta(hours=updated))


class Shelf:
    """A catalogue and what was put into it."""

    def __init__(self, *rows: Row) -> None:
        self.catalog = Catalog("CNY", RATES)
        self.rows: dict[CampaignId, Row] = {}
        for each in rows:
            self.put(each)

    def put(self, each: Row) -> None:
        """Lists it."""
        self.rows[each.campaign.id] = each
        self.catalog.put(each.campaign, each.total, each.updated_at)

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


@pytest.fixture
def rng() -> random.Random:
    return random.Random(20260902)


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
    CampaignOrder.RAISED_DESC: lambda r: (*last(r.worth), last(r.raised)[1]),
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


FILTERS = [
    ALL,
    CampaignFilter(platforms=("acme",)),
    CampaignFilter(platforms=("acme", "other")),
    CampaignFilter(platforms=("nobody",)),
    CampaignFilter(statuses=(CampaignStatus.ACTIVE,)),
    CampaignFilter(statuses=(CampaignStatus.SCHEDULED, CampaignStatus.ENDED)),
    CampaignFilter(categories=("食物",)),
    CampaignFilter(categories=("food", "ocean")),
    CampaignFilter(charity="meals"),
    CampaignFilter(charity="' OR 1=1 --"),
    CampaignFilter(currency="EUR"),
    CampaignFilter(currency="USD"),
    CampaignFilter(
        platforms=("acme",),
        statuses=(CampaignStatus.ACTIVE, CampaignStatus.ENDED),
        charity="ocean",
        categories=("ocean", "school"),
        currency="CNY",
    ),
]


@pytest.mark.parametrize("order", CampaignOrder)
def test_every_order_under_every_filter_is_that_of_plain_sorting(order: CampaignOrder, rng: random.Random) -> None:
    shelf = Shelf(*many(rng))
    for where in FILTERS:
        wanted = expected(shelf, order, where)
        found, more, total = shelf.catalog.page(where, order, first=1_000, after=None, now=NOW)
        assert [campaign for _, campaign in found] == wanted
        assert (more, total) == (False, len(wanted))


@pytest.mark.parametrize(("order", "first"), list(product(CampaignOrder, [1, 7, 250])))
def test_pages_are_slices_of_the_whole_list(order: CampaignOrder, first: int, rng: random.Random) -> None:
    shelf = Shelf(*many(rng, 60))
    for where in (ALL, CampaignFilter(currency="USD"), CampaignFilter(currency="CNY")):
        wanted = expected(shelf, order, where)
        assert [campaign for page in shelf.pages(order, where, first) for campaign in page] == wanted


@pytest.mark.parametrize("order", CampaignOrder)
def test_what_does_not_change_is_seen_once_however_the_rest_moves_between_pages(
    order: CampaignOrder, rng: random.Random
) -> None:
    rows = many(rng, 80)
    shelf = Shelf(*rows)
    rng.shuffle(rows)
    moving, steady = [each.campaign.id for each in rows[:40]], {each.campaign.id for each in rows[40:]}
    seen: list[CampaignId] = []
    for number, page in enumerate(shelf.pages(order, ALL, 5)):
        seen += page
        for each in rng.sample(moving, 10):
            shelf.put(row(each.native, rng.randrange(10**6), updated=60 + number, platform=each.platform))
        shelf.put(row(f"new{number}", rng.randrange(10**6), updated=70, goal=5))
        if rng.random() < 0.5:
            shelf.catalog.drop(moving.pop())
    kept = [each for each in seen if each in steady]
    assert sorted(kept) == sorted(steady)
    assert kept == [each for each in expected(shelf, order, ALL) if each in steady]


def test_amounts_that_a_double_cannot_tell_apart_are_in_their_exact_order() -> None:
    base = 8_999_999_999_999_990
    exact = [row(f"c{number}", base + number) for number in (3, 9, 1, 7, 5)]
    shelf = Shelf(*exact, *(row(f"e{number}", base + number, code="EUR") for number in (2, 4)))
    fall = ["c9", "c7", "c5", "c3", "c1"]
    assert shelf.listed(CampaignOrder.RAISED_DESC, CampaignFilter(currency="CNY")) == fall
    assert [native for native in shelf.listed(CampaignOrder.RAISED_DESC) if native[0] == "c"] == fall
    where = CampaignFilter(currency="CNY")
    pages = [[c.native for c in page] for page in shelf.pages(CampaignOrder.RAISED_DESC, where, 2)]
    assert pages == [["c9", "c7"], ["c5", "c3"], ["c1"]]


def test_within_a_currency_without_a_rate_the_order_is_still_by_amount() -> None:
    shelf = Shelf(*(row(f"c{number}", number, code="USD") for number in (30, 100, 7)), row("none", None, code="USD"))
    assert shelf.listed(CampaignOrder.RAISED_DESC, CampaignFilter(currency="USD")) == ["c100", "c30", "c7", "none"]


def test_currencies_are_compared_by_what_they_are_worth() -> None:
    shelf = Shelf(
        row("cny", 1_000_00), row("eur", 200_00, code="EUR"), row("jpy", 10_000, code="JPY"), row("usd", 1, code="USD")
    )
    assert shelf.listed(CampaignOrder.RAISED_DESC) == ["eur", "cny", "jpy", "usd"]


def test_the_status_follows_the_clock_unless_the_network_states_it() -> None:
    shelf = Shelf(row("c", starts_at=1, ends_at=2), row("stated", starts_at=1, ends_at=2, stated=CampaignStatus.ACTIVE))
    for hours, status in (
        (0, CampaignStatus.SCHEDULED),
        (1, CampaignStatus.ACTIVE),
        (1.99, CampaignStatus.ACTIVE),
        (2, CampaignStatus.ENDED),
    ):
        found = {
            wanted: shelf.catalog.page(
                CampaignFilter(statuses=(wanted,)),
                CampaignOrder.UPDATED_AT_DESC,
                first=9,
                after=None,
                now=NOW + timedelta(hours=hours),
            )[0]
            for wanted in CampaignStatus
        }
        assert "c" in [campaign.native for _, campaign in found[status]]
        assert "stated" in [campaign.native for _, campaign in found[CampaignStatus.ACTIVE]]
        assert sum(len(rows) for rows in found.values()) == 2


def test_a_campaign_that_is_put_again_is_listed_once_as_it_stands_now() -> None:
    shelf = Shelf(row("a", 1, updated=1), row("b", 2, updated=2))
    shelf.put(row("a", 5, updated=3))
    assert shelf.listed() == ["a", "b"]
    shelf.catalog.drop(CampaignId("acme", "a"))
    shelf.catalog.drop(CampaignId("acme", "never"))
    assert shelf.listed() == ["b"]


def cursor(*values: Any) -> str:
    """A cursor as a stranger would forge it."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "é",
        "AAAA",
        "a" * 5_000,
        cursor(),
        cursor("UPDATED_AT_DESC"),
        cursor("UPDATED_AT_DESC", 1),
        cursor("UPDATED_AT_DESC", None, "acme:a"),
        cursor("UPDATED_AT_DESC", True, "acme:a"),
        cursor("UPDATED_AT_DESC", [1], "acme:a"),
        cursor("UPDATED_AT_DESC", 2**63, "acme:a"),
        cursor("UPDATED_AT_DESC", 2**64 - 1, "acme:a"),
        cursor("RAISED_DESC", 0, 0, 0, "acme:a"),
        cursor("RAISED_DESC:CNY", 0, 0, "acme:a"),
        base64.urlsafe_b64encode(b"5").decode(),
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"[" * 3_000).decode(),
        base64.urlsafe_b64encode(b'["UPDATED_AT_DESC", 1e999, "x"]').decode(),
    ],
)
def test_a_cursor_that_is_none_of_this_list_is_the_callers_mistake(forged: str) -> None:
    shelf = Shelf(row("a", 1))
    with pytest.raises(BadUserInput) as caught:
        shelf.catalog.page(ALL, CampaignOrder.UPDATED_AT_DESC, first=1, after=forged, now=NOW)
    assert caught.value.argument == "after"


def test_a_cursor_of_another_order_or_currency_is_refused() -> None:
    shelf = Shelf(row("a", 1), row("b", 2))
    eur, cny = CampaignFilter(currency="EUR"), CampaignFilter(currency="CNY")
    [(after, _)], _, _ = shelf.catalog.page(cny, CampaignOrder.RAISED_DESC, first=1, after=None, now=NOW)
    shelf.catalog.page(cny, CampaignOrder.RAISED_DESC, first=1, after=after, now=NOW)
    for where, order in (
        (ALL, CampaignOrder.RAISED_DESC),
        (eur, CampaignOrder.RAISED_DESC),
        (cny, CampaignOrder.PROGRESS_DESC),
    ):
        with pytest.raises(BadUserInput):
            shelf.catalog.page(where, order, first=1, after=after, now=NOW)


@pytest.mark.parametrize("kind", [0, "", 2.5, -(2**62)])
def test_a_forged_place_is_a_place_like_any_other(kind: object) -> None:
    forged = cursor("UPDATED_AT_DESC", kind, "acme:a")
    found, _, total = Shelf(row("a", 1)).catalog.page(ALL, CampaignOrder.UPDATED_AT_DESC, first=1, after=forged, now=NOW)
    assert len(found) <= 1
    assert total == 1

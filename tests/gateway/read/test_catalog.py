"""The catalogue, held against plain sorting and filtering in Python."""

import random
from datetime import timedelta
from itertools import product

import pytest

from schema.model.campaign import CampaignStatus
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder
from tests.gateway.acme import NOW
from tests.gateway.read.listing import ALL, Shelf, expected, many, row

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


@pytest.fixture
def rng() -> random.Random:
    return random.Random(20260902)


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

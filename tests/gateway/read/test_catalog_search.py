"""Searching the catalogue: it filters, and the order stays the one that was asked for."""

from typing import Any

import pytest

from schema.model.charity import Charity
from schema.model.ids import CampaignId
from schema.model.page import MAX_SEARCH, CampaignFilter, CampaignOrder
from tests.gateway.acme import NOW
from tests.gateway.read.listing import ALL, Row, Shelf, row

MEALS, BOOKS = Charity("meals", "免费午餐基金"), Charity("books", "Bücher für alle")


def titled(native: str, title: str, raised: int = 0, charity: Charity | None = None, **words: Any) -> Row:
    """A campaign with these words."""
    return row(native, raised, title=title, charity=charity, **words)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(
        titled("a", "School lunch 学校午餐", 100, MEALS),
        titled("b", "LUNCH for all", 300, platform="other"),
        titled("c", "乡村图书馆", 200, BOOKS),
        titled("d", "Books & games", 400, BOOKS, code="EUR"),
    )


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("lunch", "ba"),
        ("午餐", "a"),
        ("餐", "a"),
        ("图书", "c"),
        ("ｌunch", "ba"),
        ("bucher", "dc"),
        ("BÜCHER games", "d"),
        ("基金 学校", "a"),
        ("免费午餐基金", "a"),
        ("lunch 免费", "a"),
        ("lunch books", ""),
        ("午图", ""),
        ("", "dbca"),
        (" ?! ", "dbca"),
    ],
)
def test_every_word_occurs_in_the_title_or_in_the_charitys_name(shelf: Shelf, search: str, found: str) -> None:
    where = CampaignFilter(search=search)
    assert shelf.listed(CampaignOrder.RAISED_DESC, where) == list(found)
    assert shelf.catalog.page(where, CampaignOrder.RAISED_DESC, first=0, after=None, now=NOW) == ([], found != "", len(found))


def test_a_search_and_all_other_conditions_must_hold(shelf: Shelf) -> None:
    for where, found in (
        (CampaignFilter(search="lunch", platforms=("other",)), ["b"]),
        (CampaignFilter(search="bücher", currency="CNY"), ["c"]),
        (CampaignFilter(search="lunch", charity="books"), []),
    ):
        assert shelf.listed(CampaignOrder.RAISED_DESC, where) == found


@pytest.mark.parametrize("order", CampaignOrder)
def test_pages_of_a_search_are_slices_of_its_list_in_every_order(order: CampaignOrder) -> None:
    rows = [
        titled(f"c{number}", "Lunch 午餐" if number % 3 else "Other", number * 7 % 50, updated=number % 9, goal=100)
        for number in range(60)
    ]
    shelf, where = Shelf(*rows), CampaignFilter(search="午 lun")
    whole = [native for native in shelf.listed(order) if int(native[1:]) % 3]
    assert [campaign.native for page in shelf.pages(order, where, 7) for campaign in page] == whole


def test_more_matches_than_are_sorted_are_found_by_walking_and_in_the_same_order() -> None:
    rows = [titled(f"c{number:04}", "Lunch" if number % 2 else "Dinner", number * 7919 % 5_000) for number in range(5_000)]
    shelf = Shelf(*rows)
    where = CampaignFilter(search="lunch")
    pages = [campaign.native for page in shelf.pages(CampaignOrder.RAISED_DESC, where, 100) for campaign in page]
    assert pages == [native for native in shelf.listed(CampaignOrder.RAISED_DESC, first=5_000) if int(native[1:]) % 2]


def test_words_that_changed_are_found_and_former_ones_are_not(shelf: Shelf) -> None:
    shelf.put(titled("a", "Dinner", 100, BOOKS, categories=("food",)))
    shelf.put(titled("a", "Dinner 晚餐", 200, BOOKS))
    for search, found in (("lunch", ["b"]), ("午餐", []), ("晚餐", ["a"]), ("基金", []), ("bücher", ["d", "c", "a"])):
        assert sorted(shelf.listed(where=CampaignFilter(search=search))) == sorted(found)
    assert shelf.listed(where=CampaignFilter(categories=("food",))) == []
    shelf.catalog.drop(CampaignId("acme", "a"))
    assert shelf.listed(where=CampaignFilter(search="晚餐")) == []


def test_a_campaign_that_comes_in_the_place_of_another_one_has_none_of_its_words(shelf: Shelf) -> None:
    shelf.put(titled("last", "Winter 冬衣", charity=MEALS, categories=("coats",)))
    shelf.catalog.drop(CampaignId("acme", "last"))
    shelf.put(titled("new", "Summer"))
    for where in (CampaignFilter(search="winter"), CampaignFilter(search="冬"), CampaignFilter(categories=("coats",))):
        assert shelf.listed(where=where) == []
    assert shelf.listed(where=CampaignFilter(search="summer")) == ["new"]


def test_a_total_that_moves_leaves_the_words(shelf: Shelf) -> None:
    for raised in range(5):
        shelf.put(titled("a", "School lunch 学校午餐", raised, MEALS))
    assert shelf.listed(CampaignOrder.RAISED_DESC, CampaignFilter(search="学校 lunch")) == ["a"]


@pytest.mark.parametrize(
    "search",
    [
        "a" * MAX_SEARCH,
        "a " * (MAX_SEARCH // 2),
        " ".join("abcdefghijklmnopqrstuvwxyzабвгдежзиклмнопрстуфхцчш")[:MAX_SEARCH],
        "餐" * MAX_SEARCH,
        "餐 " * (MAX_SEARCH // 2),
        "a餐" * (MAX_SEARCH // 2),
        "\ufdfa" * MAX_SEARCH,
        "".join(map(chr, range(0xFDF0, 0xFDFD))) * 7,
        "".join(map(chr, range(0x3300, 0x3300 + MAX_SEARCH))),
        "".join(map(chr, range(0xFB50, 0xFB50 + MAX_SEARCH))),
    ],
)
def test_the_longest_searches_are_answered(shelf: Shelf, search: str) -> None:
    shelf.put(titled("whole", search))
    assert "whole" in shelf.listed(where=CampaignFilter(search=search))


def test_charities_are_found_by_every_word_of_their_names(shelf: Shelf) -> None:
    for search, found in (
        ("bücher", [BOOKS]),
        ("ALLE", [BOOKS]),
        ("午餐", [MEALS]),
        ("金", [MEALS]),
        ("x", []),
        ("", [BOOKS, MEALS]),
    ):
        rows, more, total = shelf.catalog.charities.page(search, first=9, after=None)
        assert ([charity for _, charity in rows], more, total) == (found, False, len(found))


def test_charities_are_those_of_campaigns_that_are_listed(shelf: Shelf) -> None:
    def named(search: str = "") -> list[str]:
        return [charity.name for _, charity in shelf.catalog.charities.page(search, first=9, after=None)[0]]

    shelf.catalog.drop(CampaignId("acme", "c"))
    assert named("alle") == ["Bücher für alle"]  # another campaign names it
    shelf.put(titled("d", "Books & games"))
    assert named() == ["免费午餐基金"]
    assert shelf.catalog.charities["books"] is None
    shelf.catalog.charities.declare({"coats": Charity("coats", "Coats")})
    shelf.catalog.drop(CampaignId("acme", "a"))
    assert named() == ["Coats"]
    shelf.put(titled("a", "Winter", charity=Charity("coats", "Their coats")))
    assert named() == ["Coats"]
    shelf.catalog.charities.declare({})
    shelf.put(titled("a", "Winter", charity=Charity("coats", "Their new coats")))
    assert (named(), named("new"), named("their")) == (["Their new coats"],) * 3


def test_of_two_descriptions_of_a_charity_the_one_that_was_read_last_holds(shelf: Shelf) -> None:
    late = titled("late", "x", charity=Charity("meals", "New name"), as_of=NOW.replace(year=2027))
    shelf.put(late)
    shelf.put(titled("a", "School lunch", 700, MEALS))
    assert shelf.catalog.charities["meals"] == late.campaign.charity
    rows, _, total = shelf.catalog.charities.page("", first=9, after=None)
    assert ([charity.name for _, charity in rows], total) == (["Bücher für alle", "New name"], 2)


def test_charities_are_paged_by_name_and_key() -> None:
    shelf = Shelf(*(titled(f"c{n}", "x", charity=Charity(f"k{n}", f"Name {n % 3}")) for n in range(10)))
    seen, after = [], None
    while True:
        rows, more, total = shelf.catalog.charities.page("name", first=3, after=after)
        seen += [charity.key for _, charity in rows]
        assert total == 10
        if not more:
            break
        after = rows[-1][0]
    assert seen == sorted((f"k{n}" for n in range(10)), key=lambda key: (int(key[1:]) % 3, key))
    assert shelf.listed(where=ALL)

"""The catalogue while it changes under a reader: whatever is put, dropped and renamed between two pages."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from schema.model.campaign import CampaignStatus
from schema.model.charity import Charity
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder
from tests.gateway.acme import NOW
from tests.gateway.read.listing import Row, Shelf, expected, row

TITLES = ["School lunch", "学校午餐", "Lunch 午餐", "Coats", "冬衣", "Library 图书馆"]
CHARITIES = [None, Charity("meals", "免费午餐"), Charity("coats", "Warm coats")]
SEARCHES = {"": "", "lunch": "lunch", "午餐": "午餐", "LUN 午": "lun 午", "衣": "衣", "nothing": "nothing"}


def has(each: Row, search: str) -> bool:
    """Whether every word occurs, told without an index."""
    name = "" if each.campaign.charity is None else each.campaign.charity.name
    words = f"{each.campaign.title} {name}".lower().split()
    return all(any(word.startswith(part) if part.isascii() else part in word for word in words) for part in search.split())


@st.composite
def listed(draw: st.DrawFn, native: int | None = None) -> Row:
    """A campaign with any words and figures."""
    return row(
        f"c{draw(st.integers(0, 19)) if native is None else native:02}",
        draw(st.none() | st.integers(-5, 500)),
        code=draw(st.sampled_from(["CNY", "EUR", "USD"])),
        goal=draw(st.sampled_from([None, 100])),
        updated=draw(st.integers(-9, 9)),
        title=draw(st.sampled_from(TITLES)),
        charity=draw(st.sampled_from(CHARITIES)),
        categories=tuple(draw(st.lists(st.sampled_from(["food", "冬"]), max_size=2, unique=True))),
        starts_at=draw(st.sampled_from([None, -5, 5])),
        ends_at=draw(st.sampled_from([None, -1, 1])),
        stated=draw(st.sampled_from([None, *CampaignStatus])),
    )


@dataclass(frozen=True)
class Turn:
    """What happens between two pages."""

    put: list[Row]
    dropped: list[int]
    moved: list[tuple[int, int]]


TURNS = st.lists(
    st.builds(
        Turn,
        put=st.lists(listed(), max_size=4),
        dropped=st.lists(st.integers(0, 19), max_size=2),
        moved=st.lists(st.tuples(st.integers(0, 19), st.integers(-5, 500)), max_size=4),
    ),
    max_size=12,
)
FILTERS = st.builds(
    CampaignFilter,
    search=st.sampled_from(sorted(SEARCHES)),
    statuses=st.sampled_from([(), (CampaignStatus.ACTIVE,)]),
    categories=st.sampled_from([(), ("food",), ("food", "冬")]),
    currency=st.sampled_from([None, "CNY"]),
    charity=st.sampled_from([None, "meals"]),
)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.integers(0, 29), unique=True, max_size=30).flatmap(lambda ids: st.tuples(*map(listed, ids))),
    turns=TURNS,
    where=FILTERS,
    order=st.sampled_from(CampaignOrder),
    first=st.integers(1, 7),
)
def test_a_walk_shows_what_stays_exactly_once_in_order_and_counts_what_is_there(
    rows: tuple[Row, ...], turns: list[Turn], where: CampaignFilter, order: CampaignOrder, first: int
) -> None:
    shelf, seen, touched = Shelf(*rows), list[CampaignId](), set[CampaignId]()
    for page in walk(shelf, order, where, first):
        seen += page
        if turns:
            touched |= change(shelf, turns.pop())
    whole = wanted(shelf, order, where)
    steady = [campaign for campaign in whole if campaign not in touched]
    assert [campaign for campaign in seen if campaign in steady] == steady
    # and whatever happened before, what is listed now is what was put
    assert [campaign for page in walk(shelf, order, where, 100) for campaign in page] == whole
    shelf.catalog.close()


def walk(shelf: Shelf, order: CampaignOrder, where: CampaignFilter, first: int) -> Iterator[list[CampaignId]]:
    """Page after page, each with the right count."""
    after, pages = None, 0
    while pages < 200:
        pages += 1
        found, more, total = shelf.catalog.page(where, order, first=first, after=after, now=NOW)
        assert total == len(wanted(shelf, order, where))
        yield [campaign for _, campaign in found]
        if not more:
            return
        after = found[-1][0]
    raise AssertionError("these pages never end")


def change(shelf: Shelf, turn: Turn) -> set[CampaignId]:
    """Does it, and tells what may have moved."""
    touched = set[CampaignId]()
    for each in turn.put:
        shelf.put(each)
        touched.add(each.campaign.id)
    for number, raised in turn.moved:
        known = shelf.rows.get(CampaignId("acme", f"c{number:02}"))
        if known is not None and known.total is not None:
            shelf.put(replace(known, total=replace(known.total, raised=raised)))
            touched.add(known.campaign.id)
    for number in turn.dropped:
        campaign = CampaignId("acme", f"c{number:02}")
        shelf.catalog.drop(campaign)
        shelf.rows.pop(campaign, None)
        touched.add(campaign)
    return touched


def wanted(shelf: Shelf, order: CampaignOrder, where: CampaignFilter) -> list[CampaignId]:
    """The whole list, by plain Python."""
    plain = expected(shelf, order, replace(where, search=""))
    return [campaign for campaign in plain if has(shelf.rows[campaign], SEARCHES[where.search])]

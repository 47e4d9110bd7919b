"""What a look into the catalogue costs, in steps of SQLite's machine, which no other work on this one disturbs."""

import pytest

from schema.model.charity import Charity
from schema.model.page import CampaignFilter, CampaignOrder
from tests.gateway.acme import NOW
from tests.gateway.read.listing import ALL, Shelf, row

FEW, MANY = 3_000, 9_000
STEPS = 10
"""Between two looks at the count."""
QUICK = [order for order in CampaignOrder if Shelf().catalog.is_quick(ALL, order)]


def listed(number: int) -> Shelf:
    """So many campaigns, every third of them of one network."""
    return Shelf(
        *(
            row(
                f"c{each:05}",
                each * 7919 % number,
                platform=("acme", "other", "third")[each % 3],
                goal=1_000,
                updated=each % 97,
                starts_at=each % 89,
                title=f"Lunch 午餐 {each}",
                charity=Charity(f"charity{each % (number // 10)}", "x"),
            )
            for each in range(number)
        )
    )


@pytest.fixture(scope="module")
def shelves() -> tuple[Shelf, Shelf]:
    return listed(FEW), listed(MANY)


def steps(shelf: Shelf, where: CampaignFilter, order: CampaignOrder) -> int:
    """Those of a page in the middle of a list, with the count."""
    [*_, (after, _)], _, _ = shelf.catalog.page(where, order, first=shelf_size(shelf) // 3, after=None, now=NOW)
    counted = [0]

    def count() -> int:
        counted[0] += STEPS
        return 0

    shelf.catalog._database.set_progress_handler(count, STEPS)
    try:
        shelf.catalog.page(where, order, first=20, after=after, now=NOW)
    finally:
        shelf.catalog._database.set_progress_handler(None, 0)
    return counted[0]


def shelf_size(shelf: Shelf) -> int:
    return len(shelf.rows)


def test_all_orders_but_one_are_quick() -> None:
    assert set(CampaignOrder) - set(QUICK) == {CampaignOrder.ENDS_AT_ASC}


@pytest.mark.parametrize("order", QUICK)
def test_a_page_that_keeps_the_event_loop_costs_the_same_however_many_campaigns_there_are(
    shelves: tuple[Shelf, Shelf], order: CampaignOrder
) -> None:
    few, many = (steps(shelf, ALL, order) for shelf in shelves)
    assert max(few, many) < 1_000
    assert many <= 1.5 * few


def test_a_page_of_a_large_part_walks_through_the_order_and_sorts_nothing(shelves: tuple[Shelf, Shelf]) -> None:
    where = CampaignFilter(platforms=("acme",))
    _, many = shelves
    counting = 3 * MANY  # at most so many steps a row that is counted
    assert steps(many, where, CampaignOrder.RAISED_DESC) < counting + 2_000


def test_a_page_of_one_charity_looks_at_its_campaigns_alone(shelves: tuple[Shelf, Shelf]) -> None:
    _, many = shelves
    counted = [0]
    many.catalog._database.set_progress_handler(lambda: counted.__setitem__(0, counted[0] + STEPS), STEPS)
    page = many.catalog.page(CampaignFilter(charity="charity7"), CampaignOrder.RAISED_DESC, first=20, after=None, now=NOW)
    many.catalog._database.set_progress_handler(None, 0)
    assert page[2] == 10
    assert counted[0] < 2_000

"""Bringing many campaigns into the catalogue: some at a time, and all of them as they are known by then."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.read.listing import PORTION, Listing
from schema.model.ids import CampaignId

MANY = [CampaignId("acme", str(number)) for number in range(3 * PORTION + 1)]


class Listed:
    """What was listed, portion by portion."""

    def __init__(self) -> None:
        self.portions: list[Sequence[CampaignId]] = []
        self.listing = Listing(self.portions.append)

    @property
    def all(self) -> list[CampaignId]:
        return [campaign for portion in self.portions for campaign in portion]


@pytest.mark.parametrize("number", [0, 1, PORTION - 1, PORTION])
def test_one_portion_is_listed_at_once(number: int) -> None:
    listed = Listed()
    listed.listing.begin(MANY[:number])
    assert sorted(listed.all) == sorted(MANY[:number])
    assert not listed.listing


async def test_more_is_listed_some_at_a_time_and_all_else_is_done_in_between() -> None:
    listed = Listed()
    seen = list[int]()
    listed.listing.begin(MANY)
    assert listed.listing

    async def look() -> None:
        while listed.listing:
            seen.append(len(listed.all))
            await asyncio.sleep(0)

    await asyncio.gather(look(), listed.listing.finish())
    assert {PORTION, 2 * PORTION, 3 * PORTION} <= set(seen)
    assert max(map(len, listed.portions)) == PORTION
    assert sorted(listed.all) == sorted(MANY)


def test_what_is_to_be_listed_twice_is_listed_once() -> None:
    listed = Listed()
    listed.listing.begin(MANY)
    first = len(listed.all)
    listed.listing.begin(MANY)
    while listed.listing:
        listed.listing.go_on()
    assert sorted(listed.all[first:]) == sorted(MANY)

"""Donations for clients: pages that hold while rows arrive, and cursors of any form."""

import base64
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from schema.model.donation import Donation, DonationStatus
from schema.model.errors import BadUserInput
from schema.model.facts import Stage
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.page import Page
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, NOW, Listing, back, given, spec, who
from tests.gateway.world import UNDECLARED, Followed, World, parts

NOWHERE = CampaignId("acme", "nowhere")


@pytest.fixture
def world(redis: Redis) -> World:
    return World(redis)


@pytest.fixture
def polled(redis: Redis) -> World:
    """A network that is asked every minute and states totals."""
    pace = spec(Basis.REPORTED, declares=False, poll=timedelta(minutes=1))
    return World(redis, Listing(), spec=pace, values=UNDECLARED)


@asynccontextmanager
async def known(world: World) -> AsyncIterator[Followed]:
    """A process that has read everything once."""
    followed = parts(world)
    await followed.follower.lost()
    yield followed
    followed.follower.catalog.close()


async def listed(followed: Followed, **asked: Any) -> Page[Donation]:
    """A page of School lunch's feed."""
    found = await followed.reads.donations(LUNCH, **{"since": None, "until": None, "first": 9, "after": None, **asked})
    assert found is not None
    return found


async def test_donations_come_newest_first_in_pages_with_cursors_that_hold(world: World) -> None:
    await world.open()
    for number in range(5):
        await world.put(given(number, 100 + number))
    async with known(world) as followed:
        first = await listed(followed, first=2)
        await world.put(given(7, 1, at=NOW + timedelta(seconds=1)))  # what comes on top moves no page
        second = await listed(followed, after=first.rows[-1][0])
        entities = [donation.entity for _, donation in (*first.rows, *second.rows)]
        assert entities == [who(number) for number in range(5)]
        assert (first.has_next, first.total, second.has_next, second.total) == (True, 5, False, 6)


async def test_since_is_included_and_until_is_not_to_the_second(world: World) -> None:
    await world.open()
    for number in range(4):
        await world.put(given(number, 100, at=NOW + timedelta(seconds=number)))
    async with known(world) as followed:
        for since, until, numbers in (
            (NOW + timedelta(seconds=1), NOW + timedelta(seconds=3), [2, 1]),
            (NOW + timedelta(milliseconds=1), None, [3, 2, 1]),
            (None, NOW + timedelta(milliseconds=1), [0]),
            (NOW + timedelta(seconds=2), NOW + timedelta(seconds=2), []),
        ):
            page = await listed(followed, since=since, until=until)
            assert [donation.entity for _, donation in page.rows] == [who(number) for number in numbers]
            assert page.total == len(numbers)


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
async def test_the_ends_of_the_calendar_are_moments_too(world: World, moment: datetime) -> None:
    async with known(world) as followed:
        page = await listed(followed, since=moment, until=moment)
        assert page.rows == ()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "A" * 31,
        "A" * 33,
        base64.urlsafe_b64encode(b"\0" * 23).decode(),
        base64.urlsafe_b64encode(b"\0" * 25).decode(),
    ],
)
async def test_a_cursor_that_is_none_of_ours_is_the_callers_mistake(world: World, cursor: str) -> None:
    async with known(world) as followed:
        with pytest.raises(BadUserInput) as caught:
            await listed(followed, after=cursor)
        assert caught.value.argument == "after"


@pytest.mark.parametrize("at", [-(2**63), 2**63 - 1, 0])
async def test_a_forged_cursor_is_a_place_like_any_other(world: World, at: int) -> None:
    await world.open()
    await world.put(given(1, 100))
    forged = base64.urlsafe_b64encode(struct.pack(">q16s", at, b"\xff" * 16)).decode()
    async with known(world) as followed:
        page = await listed(followed, after=forged)
        assert len(page.rows) == (1 if at > 0 else 0)


async def test_one_donation_says_what_has_become_of_it(world: World) -> None:
    await world.open()
    await world.put(given(1, 400, name="coral_fan"))
    await world.put(back(1, 400))
    await world.put(given(2, 100, stage=Stage.PENDING))
    async with known(world) as followed:
        donation = await followed.reads.donation(LUNCH, who(1))
        assert donation is not None
        assert (donation.status, donation.donor_name) == (DonationStatus.REFUNDED, "coral_fan")
        assert (donation.amount, donation.refunded) == (Money.of_minor(400, "CNY"),) * 2
        assert await followed.reads.donation(LUNCH, who(2)) is None
        assert await followed.reads.donation(NOWHERE, who(1)) is None
        for bytes_of_a_forged_id in (b"", b"x", who(1)[:-1], who(1) * 2):
            assert await followed.reads.donation(LUNCH, bytes_of_a_forged_id) is None

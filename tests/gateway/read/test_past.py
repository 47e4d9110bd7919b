"""Histories of single campaigns, from the ledger's buckets to what a client is told."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from redis.asyncio import Redis

from gateway.store.history import HistoryShelf
from schema.model.errors import LedgerUnavailable
from schema.model.history import Interval, Period
from schema.model.ids import CampaignId
from tests.gateway.acme import LUNCH, NOW, OTHER, back, given
from tests.gateway.autumn import DAY, TEAM, autumn, heard, stated
from tests.gateway.world import World, known

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MIDNIGHT = datetime.fromisoformat("2026-09-02T00:00:00+08:00")


@pytest.fixture
def world(redis: Redis) -> World:
    return autumn(redis)


def told(found: Period | None) -> tuple[Decimal | int | None, ...]:
    """Raised, refunded, count and so far."""
    assert found is not None
    refunded = None if found.refunded is None else Decimal(found.refunded.decimal)
    return Decimal(found.raised.decimal), refunded, found.count, Decimal(found.so_far.decimal)


async def test_a_gift_counts_when_it_was_made_and_its_refund_when_it_was_paid_back(world: World) -> None:
    await heard(world, "lunch", given(1, 40_000, at=NOW - 2 * DAY), given(2, 5_000, at=NOW - HOUR), back(1, 15_000))
    async with known(world) as followed:
        days = await followed.reads.history(LUNCH, Interval.DAY, None, None)
        assert days is not None
        assert [told(day) for day in days] == [(400, 0, 1, 400), (0, 0, 0, 400), (-100, 150, 1, 300)]
        assert days[-1].until == NOW
        span = await followed.reads.raised_between(LUNCH, NOW - 3 * DAY, NOW - DAY)
        assert told(span) == (400, 0, 1, 400)
        assert told(await followed.reads.raised_between(LUNCH, NOW - 2 * HOUR, None)) == (-100, 150, 1, 300)


async def test_a_payment_that_a_bill_brings_belongs_to_its_own_day(world: World) -> None:
    await heard(world, "lunch", given(1, 100, at=NOW))
    async with known(world) as followed:
        assert len(await followed.reads.history(LUNCH, Interval.DAY, None, None) or ()) == 1
    await heard(world, "lunch", given(2, 2_300, at=NOW - 7 * DAY))
    async with known(world) as followed:
        days = await followed.reads.history(LUNCH, Interval.DAY, None, None)
        assert days is not None
        assert [told(day)[3] for day in days] == [*[23] * 7, 24]
        assert told(days[0])[0] == 23


async def test_days_are_cut_in_the_reporting_zone(world: World) -> None:
    await heard(world, "lunch", given(1, 100, at=MIDNIGHT - timedelta(seconds=1)), given(2, 200, at=MIDNIGHT))
    async with known(world) as followed:
        days = await followed.reads.history(LUNCH, Interval.DAY, None, None)
        assert days is not None
        assert [(day.until, told(day)[0]) for day in days] == [(MIDNIGHT, 1), (NOW, 2)]
        assert followed.reads.time_zone == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("age", "length"),
    [(47 * HOUR, MINUTE), (49 * HOUR, HOUR), (399 * DAY, HOUR), (401 * DAY, DAY)],
)
async def test_a_span_is_cut_as_finely_as_its_age_allows(world: World, age: timedelta, length: timedelta) -> None:
    moment = (NOW - age).replace(second=30)
    await heard(world, "lunch", given(1, 100, at=moment - length), given(2, 200, at=moment))
    async with known(world) as followed:
        found = await followed.reads.raised_between(LUNCH, moment, None)
        assert told(found)[0] == 2
        assert found is not None
        assert timedelta(0) <= moment - found.since < length


async def test_a_total_that_a_network_states_counts_when_it_was_seen(world: World) -> None:
    for age, minor, count in ((2 * DAY, 10_000, 3), (DAY, 16_000, 8), (HOUR, 15_000, 7)):
        await heard(world, "pond", stated("team", minor, at=NOW - age, count=count))
    async with known(world) as followed:
        days = await followed.reads.history(TEAM, Interval.DAY, None, None)
        assert days is not None
        assert [told(day) for day in days] == [(0, None, 0, 100), (60, None, 5, 160), (-10, None, -1, 150)]
        assert days[0].since == NOW - 2 * DAY
        assert told(await followed.reads.raised_between(TEAM, NOW - 2 * HOUR, None))[0] == -10


async def test_of_what_is_unknown_nothing_is_told(world: World) -> None:
    await heard(world, "lunch", given(1, 100))
    async with known(world) as followed:
        for campaign in (OTHER, TEAM, CampaignId("pond", "nowhere")):
            assert await followed.reads.history(campaign, Interval.DAY, None, None) is None
            assert await followed.reads.raised_between(campaign, NOW - DAY, None) is None
        assert await followed.reads.raised_between(LUNCH, NOW - 2 * DAY, NOW - DAY) is None
        assert await followed.reads.history(LUNCH, Interval.DAY, NOW - 3 * DAY, NOW - 2 * DAY) is None


async def test_a_ledger_that_does_not_answer_is_said(world: World) -> None:
    async with known(world) as followed:
        followed.reads.past_shelf = HistoryShelf(Redis.from_url("redis://127.0.0.1:1"))
        with pytest.raises(LedgerUnavailable):
            await followed.reads.history(LUNCH, Interval.DAY, None, None)
        with pytest.raises(LedgerUnavailable):
            await followed.reads.engagement_history(LUNCH, Interval.DAY, None, None)

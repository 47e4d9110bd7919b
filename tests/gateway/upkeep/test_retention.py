"""What goes after its time, and what stays for good."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.connection import connect
from gateway.store.shelf import Shelf
from gateway.upkeep.retention import Retention
from schema.model.engagement import Engagement
from schema.model.errors import LedgerUnavailable
from schema.model.history import Interval, intervals
from schema.model.ids import CampaignId
from schema.model.total import Basis
from tests.gateway.store.books import DAY, HOUR, LUNCH, MINUTE, NOW, REEF, SHANGHAI, Books, paid, said

FACE = b'{"c":"CNY","k":"ONE_TIME"}'
DROPPED = CampaignId(LUNCH.platform, "dropped")


@pytest.fixture
def books(redis: Redis) -> Books:
    return Books(redis)


async def table(redis: Redis, name: str, length: timedelta) -> list[datetime]:
    """When the kept buckets began, oldest first."""
    found = await cast("Any", redis.hkeys(name))
    return sorted(datetime.fromtimestamp(int(field) * length.total_seconds(), UTC) for field in found)


async def test_minutes_go_after_two_days_and_hours_after_four_hundred_and_days_never(redis: Redis, books: Books) -> None:
    for age in (0, 47, 50, 24 * 399, 24 * 403, 24 * 900):
        books.clock.moment = NOW - age * HOUR
        await books.put(paid(age, 100, books.clock.moment), said(100, books.clock.moment))
    books.clock.moment = NOW
    await books.retention.once()

    for campaign in (LUNCH, REEF):
        minutes, hours, days = keys.buckets(campaign)
        assert [(NOW - at) // HOUR for at in await table(redis, minutes, MINUTE)] == [47, 0]
        assert [(NOW - at) // DAY for at in await table(redis, hours, HOUR)] == [399, 2, 1, 0]
        assert len(await table(redis, days, DAY)) == 5


async def test_history_tells_the_same_before_and_after_and_twice_changes_nothing(redis: Redis, books: Books) -> None:
    for n in range(120):
        books.clock.moment = NOW - (120 - n) * HOUR
        await books.put(paid(n, 100, books.clock.moment), said(n, books.clock.moment))
    books.clock.moment = NOW

    async def told() -> list[object]:
        pasts = [await books.past(campaign) for campaign in (LUNCH, REEF)]
        return [intervals(past, interval, None, None, NOW, SHANGHAI) for past in pasts for interval in Interval]

    before = await told()
    await books.retention.once()
    size = await redis.dbsize()
    after = await told()
    await books.retention.once()
    assert before == after == await told()
    assert await redis.dbsize() == size


async def test_of_old_engagement_the_last_sample_of_each_local_day_stays(redis: Redis, books: Books) -> None:
    midnight = datetime(2025, 3, 1, 16, tzinfo=UTC)  # in Shanghai
    for hours in range(-3, 3):
        await books.shelf.keep_engagement(LUNCH, Engagement(midnight + hours * HOUR, likes=hours))
    for hours in range(3):
        await books.shelf.keep_engagement(LUNCH, Engagement(NOW - hours * HOUR, likes=100 - hours))
    await books.retention.once()

    [kept] = await books.shelf.engagement([LUNCH])
    assert [sample.likes for sample in kept] == [-1, 2, 98, 99, 100]


async def test_faces_go_after_four_hundred_days_and_sums_stay(redis: Redis, books: Books) -> None:
    old, young = paid(1, 400, NOW - 400 * DAY - MINUTE), paid(2, 300, NOW - 400 * DAY + MINUTE)
    books.clock.moment = NOW - 400 * DAY + MINUTE
    await books.ledger.open(LUNCH, Basis.COUNTED, "CNY")
    for fact in (old, young):
        await books.ledger.donation(LUNCH, fact, endorser="", face=FACE)
    books.clock.moment = NOW
    assert await cast("Any", redis.hlen(keys.faces(LUNCH))) == 2
    await books.retention.once()

    listed, _, total = await Shelf(redis).listed(LUNCH, since=None, until=None, first=10, after=None)
    assert ([each.record.amount for each in listed], total) == ([300], 1)
    assert await cast("Any", redis.hlen(keys.faces(LUNCH))) == 1
    [head] = await Shelf(redis).heads([LUNCH])
    assert head is not None
    assert (head.raised, head.count) == ("700", "2")


async def test_a_donation_of_over_four_hundred_days_ago_is_counted_and_gets_no_face(redis: Redis, books: Books) -> None:
    await books.ledger.open(LUNCH, Basis.COUNTED, "CNY")
    await books.ledger.donation(LUNCH, paid(1, 400, NOW - 400 * DAY - MINUTE), endorser="", face=FACE)
    await books.ledger.donation(LUNCH, paid(2, 300, NOW - 400 * DAY + MINUTE), endorser="", face=FACE)

    listed, _, total = await Shelf(redis).listed(LUNCH, since=None, until=None, first=10, after=None)
    assert ([each.record.amount for each in listed], total) == ([300], 1)
    assert await cast("Any", redis.hlen(keys.faces(LUNCH))) == 1
    [head] = await Shelf(redis).heads([LUNCH])
    assert head is not None
    assert (head.raised, head.count) == ("700", "2")


async def test_faces_of_a_campaign_that_is_shown_no_more_go_as_well(redis: Redis, books: Books) -> None:
    books.clock.moment = NOW - 400 * DAY
    await books.ledger.open(DROPPED, Basis.COUNTED, "CNY")
    await books.ledger.donation(DROPPED, paid(1, 400, NOW - 400 * DAY - MINUTE), endorser="", face=FACE)
    books.clock.moment = NOW
    assert await redis.exists(keys.faces(DROPPED))
    await books.retention.once()

    assert not await redis.exists(keys.faces(DROPPED))


async def test_more_than_one_batch_goes_at_once(redis: Redis, books: Books) -> None:
    minutes = keys.buckets(LUNCH)[0]
    stale = dict.fromkeys(range(2500), "1 0 1")
    await cast("Any", redis.hset(minutes, mapping=cast("Any", stale)))
    await books.retention.once()

    assert await redis.exists(minutes) == 0


async def test_a_ledger_that_does_not_answer_is_said_so(books: Books) -> None:
    nobody = Retention(connect("redis://127.0.0.1:1"), lambda: [LUNCH], books.clock, "Asia/Shanghai")

    with pytest.raises(LedgerUnavailable):
        await nobody.once()

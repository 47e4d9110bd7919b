"""The ledger on a real server: absolute facts, any order, any repetition; sums that always balance."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from redis.asyncio import Redis

from connectors.testing.fakes import FakeClock
from gateway.store import keys
from gateway.store.ledger import LOGGED, Ledger, Outcome
from gateway.store.shelf import Shelf
from schema.model.facts import CampaignState, Raised, Stage
from schema.model.ids import CampaignId, entity
from schema.model.money import MAX_DONATION, Money
from schema.model.time import micros
from schema.model.total import AmountSource, Basis
from tests.gateway.store.model import LUNCH, NOW, SEEDS, back, balanced, figures, hold, paid, put, table

REEF = CampaignId("twitch", "reef")


@pytest.fixture
def ledger(redis: Redis) -> Ledger:
    return Ledger(redis, FakeClock(NOW), "Asia/Shanghai")


async def test_a_donation_counts_once_however_often_it_is_told(ledger: Ledger, redis: Redis) -> None:
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    outcomes = [await put(ledger, paid(1, 400)) for _ in range(5)]
    assert outcomes == [Outcome.APPLIED] + [Outcome.KNOWN] * 4
    assert await balanced(redis) == (400, 0, 1)


async def test_a_refund_that_came_first_waits_for_its_donation(ledger: Ledger, redis: Redis) -> None:
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    assert await put(ledger, back(1, 1, 100)) is Outcome.KEPT
    assert await figures(redis) == (0, 0, 0)
    await put(ledger, paid(1, 400))
    assert await balanced(redis) == (300, 100, 1)


async def test_more_refunds_than_money_leave_nothing_and_never_less(ledger: Ledger, redis: Redis) -> None:
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    for fact in (paid(1, 400), back(1, 1, 300), back(1, 2, 300)):
        await put(ledger, fact)
    assert await balanced(redis) == (0, 400, 0)


@pytest.mark.parametrize("seed", SEEDS)
async def test_any_order_repetition_and_split_gives_the_same_books(ledger: Ledger, redis: Redis, seed: int) -> None:
    await hold(ledger, redis, random.Random(seed))


async def test_the_same_state_with_another_amount_is_a_clash_and_changes_nothing(ledger: Ledger, redis: Redis) -> None:
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    await put(ledger, paid(1, 400))
    assert await put(ledger, paid(1, 401)) is Outcome.CLASH
    assert await balanced(redis) == (400, 0, 1)


async def test_of_two_times_for_one_state_the_earlier_stands(ledger: Ledger, redis: Redis) -> None:
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    early, late = NOW - timedelta(days=3), NOW
    await put(ledger, paid(1, 400, at=late))
    await put(ledger, paid(1, 400, at=early))
    await put(ledger, paid(1, 400, at=late))
    days = await table(redis, keys.buckets(LUNCH)[2])
    assert {day: value for day, value in days.items() if value != b"0 0 0"} == {
        str((int(early.timestamp()) + 28_800) // 86_400).encode(): b"400 0 1"
    }


async def test_another_currency_is_held_and_an_unopened_campaign_too(ledger: Ledger, redis: Redis) -> None:
    assert await put(ledger, paid(1, 400)) is Outcome.NOCAMPAIGN
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    assert await put(ledger, paid(1, 400, code="JPY")) is Outcome.CURRENCY
    assert await ledger.open(LUNCH, Basis.COUNTED, "EUR") is Outcome.CURRENCY
    assert await ledger.open(LUNCH, Basis.REPORTED, "CNY") is Outcome.BASIS
    assert await figures(redis) == (0, 0, 0)


async def test_the_largest_donation_counts_to_the_last_fen(ledger: Ledger, redis: Redis) -> None:
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    assert await put(ledger, paid(1, MAX_DONATION)) is Outcome.APPLIED
    assert await balanced(redis) == (MAX_DONATION, 0, 1)


def reported(minor: int, at: datetime, code: str = "EUR") -> CampaignState:
    return CampaignState(
        native_id="reef", version=micros(at), source=AmountSource.PLATFORM_EVENT, raised=Raised(Money.of_minor(minor, code))
    )


async def test_of_reported_totals_the_newest_wins_whatever_order_they_come_in(ledger: Ledger, redis: Redis) -> None:
    await ledger.open(REEF, Basis.REPORTED, "EUR")
    states: Sequence[CampaignState] = [reported(100 * n, NOW + timedelta(seconds=n)) for n in (3, 1, 4, 2)]
    outcomes = [await ledger.total(REEF, state) for state in states]
    assert outcomes == [Outcome.APPLIED, Outcome.KNOWN, Outcome.APPLIED, Outcome.KNOWN]
    assert (await figures(redis, REEF))[0] == 400
    assert await ledger.total(REEF, reported(400, NOW + timedelta(seconds=9))) is Outcome.KEPT
    assert await ledger.total(REEF, reported(1, NOW + timedelta(seconds=10), "USD")) is Outcome.CURRENCY


async def test_a_donation_to_a_reported_campaign_is_listed_and_adds_nothing(ledger: Ledger, redis: Redis) -> None:
    await ledger.open(REEF, Basis.REPORTED, "EUR")
    await ledger.total(REEF, reported(5_000, NOW))
    gift = replace(paid(1, 700, code="EUR"), donor_name="coral_fan", source=AmountSource.PLATFORM_EVENT)
    await put(ledger, gift, REEF)
    assert (await figures(redis, REEF))[0] == 5_000
    [listed] = await Shelf(redis).donations(REEF, [entity("twitch", "421")])
    assert listed.record.amount == 700


async def test_only_completed_donations_are_listed_newest_first_and_pages_stay_whole(ledger: Ledger, redis: Redis) -> None:
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    same = NOW - timedelta(minutes=5)
    for number in range(10):
        await put(ledger, paid(number, 100, at=same if number < 6 else None))
    await put(ledger, paid(99, 100, stage=Stage.PENDING))
    shelf, seen = Shelf(redis), list[tuple[int, bytes]]()
    after: tuple[int, bytes] | None = None
    while True:
        page, more, total = await shelf.listed(LUNCH, since=None, until=None, first=3, after=after)
        assert total == 10 + len(seen) // 3  # rows that arrive while paging do not disturb the pages that follow
        seen += [(entry.at, entry.entity) for entry in page]
        if not more:
            break
        after = seen[-1]
        await put(ledger, paid(200 + len(seen), 100, at=NOW + timedelta(seconds=len(seen))))
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 10


async def test_a_lost_script_cache_is_no_obstacle(ledger: Ledger, redis: Redis) -> None:
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    await redis.script_flush()
    assert await put(ledger, paid(1, 400)) is Outcome.APPLIED


async def test_of_a_log_the_newest_ten_thousand_stay_and_what_is_older_goes(ledger: Ledger, redis: Redis) -> None:
    log, block = keys.log(LUNCH), 100  # Redis drops whole blocks, of so many entries where nobody has set others
    await ledger.open(LUNCH, Basis.COUNTED, "CNY")
    await put(ledger, paid(1, 400))
    first = await redis.xrange(log)
    for more, stays in ((LOGGED - 2, True), (block, False)):
        pipeline = redis.pipeline(transaction=False)
        for _ in range(more):
            pipeline.xadd(log, {"k": ""})
        await pipeline.execute()
        await put(ledger, paid(more, 400))
        assert LOGGED <= await redis.xlen(log) < LOGGED + block
        assert (await redis.xrange(log, count=1) == first) is stays

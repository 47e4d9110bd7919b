"""History on a real ledger: whatever the order, repetition and split of facts, and whenever each of them came."""

import asyncio
import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis

from gateway.store.connection import connect
from gateway.store.history import HistoryShelf
from schema.model.errors import LedgerUnavailable
from schema.model.facts import Movement, Stage
from schema.model.history import Interval, Period, between, intervals
from schema.model.ids import CampaignId
from schema.model.money import Currency
from schema.model.past import Bucket, Counted, Past, Report, Reported
from schema.model.total import Basis
from tests.gateway.store.books import DAY, HOUR, LUNCH, MINUTE, NOW, REEF, Books, back, paid, said, when
from tests.schema.model import pasts as naive

ZONES = ["Asia/Shanghai", "Asia/Kolkata", "America/New_York"]
AGES = [10 * MINUTE, HOUR, 3 * DAY, 60 * DAY, 500 * DAY, 1_100 * DAY]


def told(past: Past, zone: ZoneInfo) -> list[tuple[Period, ...] | None]:
    """Everything that clients can be told of a past."""
    found = [intervals(past, interval, None, None, NOW, zone) for interval in Interval]
    spans = [between(past, NOW - age, NOW - age / 2, NOW, zone) for age in AGES]
    return [*found, tuple(span for span in spans if span is not None)]


def moment(rng: random.Random) -> datetime:
    """In the last three years, often near to where finer buckets end."""
    around = rng.choice([timedelta(), 48 * HOUR, 400 * DAY, 300 * DAY])
    return NOW - abs(around + timedelta(seconds=rng.randrange(-90_000, 90_000) * rng.choice([1, 1, 100])))


def some_time_after(rng: random.Random, at: datetime) -> datetime:
    """When a fact comes: at once by a notification, at any later time by a bill."""
    return at + (NOW - at) * rng.choice([0, 0, rng.random()])


def donations(rng: random.Random) -> tuple[list[Movement], list[naive.Entry]]:
    """What is told of donations by notifications and bills, and what of it is to be booked."""
    facts: list[Movement] = []
    booked: list[naive.Entry] = []
    for number in range(25):
        amount, at = rng.randrange(2, 10_000), moment(rng)
        facts += [paid(number, amount, at, stage=Stage.PENDING), paid(number, amount, at)]
        if rng.random() < 0.1:
            facts.append(paid(number, amount, at, stage=Stage.VOID))
            continue
        single, left = [(moment(rng), refund, rng.randrange(1, amount + 1)) for refund in range(rng.randrange(3))], amount
        facts += [back(number, part, gone, refund) for gone, refund, part in single]
        for gone, _, part in sorted(single, key=lambda one: (one[0], f"50{number}-{one[1]}")):
            taken = min(part, left)
            left -= taken
            booked.append((gone, Bucket(-taken, taken, 0)))
        booked.append((at, Bucket(amount, 0, int(left > 0))))
    return facts, booked


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("seed", range(4))
async def test_any_order_repetition_and_split_of_facts_gives_the_same_history(redis: Redis, zone: str, seed: int) -> None:
    rng, books = random.Random(seed), Books(redis, zone)
    facts, booked = donations(rng)
    every = facts + rng.choices(facts, k=len(facts) // 2)
    rng.shuffle(every)
    await books.arriving(every, [some_time_after(rng, when(fact)) if seed % 2 else NOW for fact in every])

    expected = naive.counted(booked, NOW, ZoneInfo(zone))
    for grain in (Interval.MINUTE, Interval.HOUR, Interval.DAY):
        assert (await books.past(grain=grain)).first(NOW, ZoneInfo(zone)) == naive.counted(
            booked, NOW, ZoneInfo(zone), grain
        ).first(NOW, ZoneInfo(zone))
    assert told(await books.past(), ZoneInfo(zone)) == told(expected, ZoneInfo(zone))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("seed", range(4))
async def test_reports_in_any_order_and_whenever_they_come_give_the_same_history(redis: Redis, zone: str, seed: int) -> None:
    rng, books = random.Random(seed), Books(redis, zone)
    # none falls too far to be believed, see test_falling_totals
    moments, figure = sorted(moment(rng) for _ in range(40)), rng.randrange(10**6)
    states = []
    for at in moments:
        figure = rng.randrange(-(-figure * 4 // 5), 2 * figure + 2)
        states.append(said(figure, at, rng.choice([None, rng.randrange(99)])))
    every = states + rng.choices(states, k=20)
    await books.arriving(every, [some_time_after(rng, when(state)) if seed % 2 else NOW for state in every])

    reports = {s.version: Report(s.version, s.raised.amount.minor, s.raised.donation_count) for s in states if s.raised}
    expected = Reported(Currency.of("EUR"), tuple(reports[version] for version in sorted(reports)))
    assert told(await books.past(REEF), ZoneInfo(zone)) == told(expected, ZoneInfo(zone))


async def test_total_and_buckets_agree_whatever_is_being_counted_meanwhile(client: Redis) -> None:
    books = Books(client)
    await books.put()

    async def give() -> None:
        for n in range(300):
            await books.put(paid(n, 100, NOW - n * HOUR))

    giving, found = asyncio.create_task(give()), list[Counted]()
    while not giving.done():
        past = await books.past()
        assert isinstance(past, Counted)
        found.append(past)
    await giving
    assert all(past.total == past.curves[Interval.DAY].sums[0] for past in found)
    assert len({past.total for past in found}) > 10


async def test_the_pasts_of_many_campaigns_are_told_apart(redis: Redis, redis_url: str) -> None:
    books = Books(redis)
    many = [CampaignId("wechat_pay", f"lunch-{n}") for n in range(45)]
    for n, campaign in enumerate(many[:-1]):
        await books.ledger.open(campaign, Basis.COUNTED, "CNY")
        await books.ledger.donation(campaign, paid(n, 100 + n, NOW - n * DAY), endorser="", face=b"")
    found = await books.shelf.pasts([*many, REEF], Interval.HOUR)

    assert [past.total.net for past in found if isinstance(past, Counted)] == [100 + n for n in range(44)]
    assert found[44:] == [None, None]
    resp2 = Redis.from_url(f"{redis_url}?protocol=2")
    assert await HistoryShelf(resp2).pasts([*many, REEF], Interval.HOUR) == found
    await resp2.aclose()


async def test_a_ledger_that_does_not_answer_is_said_so() -> None:
    nobody = HistoryShelf(connect("redis://127.0.0.1:1"))

    with pytest.raises(LedgerUnavailable):
        await nobody.pasts([LUNCH], Interval.DAY)
    with pytest.raises(LedgerUnavailable):
        await nobody.engagement([LUNCH])

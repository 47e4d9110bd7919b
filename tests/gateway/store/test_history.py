"""History on a real ledger: whatever the order, repetition and split of facts, and whenever each of them came."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis

from connectors.testing.fakes import FakeClock
from gateway.store import keys
from gateway.store.history import HistoryShelf
from gateway.store.ledger import Ledger, Outcome
from gateway.upkeep.retention import Retention
from schema.model.errors import LedgerUnavailable
from schema.model.facts import CampaignState, Clues, DonationState, Movement, Raised, RefundState, Stage
from schema.model.history import Interval, Period, between, intervals
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money
from schema.model.past import Bucket, Counted, Past, Report, Reported
from schema.model.time import micros
from schema.model.total import AmountSource, Basis
from tests.schema.model import pasts as naive

LUNCH, REEF = CampaignId("wechat_pay", "school-lunch"), CampaignId("twitch", "reef")
NOW = datetime(2026, 9, 2, 3, 20, 31, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = ["Asia/Shanghai", "Asia/Kolkata", "America/New_York"]
AGES = [10 * MINUTE, HOUR, 3 * DAY, 60 * DAY, 500 * DAY, 1_100 * DAY]


def paid(number: int, fen: int, at: datetime, *, stage: Stage = Stage.COMPLETED, back: int | None = None) -> DonationState:
    """A donation; ``back`` is a running sum of refunds."""
    return DonationState(
        native_id=f"42{number}",
        campaign=Clues(),
        stage=stage,
        version=back or 0,
        amount=Money.of_minor(fen, "CNY"),
        donated_at=at,
        source=AmountSource.MERCHANT_BILL,
        refunded=None if back is None else Money.of_minor(back, "CNY"),
        refunded_at=None if back is None else at + HOUR,
    )


def back(number: int, fen: int, at: datetime, refund: int = 1) -> RefundState:
    """One single refund."""
    native, donation = f"50{number}-{refund}", f"42{number}"
    money, source = Money.of_minor(fen, "CNY"), AmountSource.MERCHANT_BILL
    return RefundState(native, donation, donation, Stage.COMPLETED, 0, money, at, source)


def said(minor: int, at: datetime, count: int | None = None) -> CampaignState:
    """What a network reports."""
    raised = Raised(Money.of_minor(minor, "EUR"), count)
    return CampaignState("reef", micros(at), AmountSource.PLATFORM_API, raised=raised)


class Books:
    """A ledger whose clock is turned by the test."""

    def __init__(self, redis: Redis, zone: str = "Asia/Shanghai") -> None:
        self.redis, self.clock = redis, FakeClock(NOW)
        self.ledger, self.shelf = Ledger(redis, self.clock, zone), HistoryShelf(redis)
        self.retention = Retention(redis, lambda: [LUNCH, REEF], self.clock, zone)

    async def put(self, *facts: Movement | CampaignState) -> None:
        """Facts, in this order."""
        await self.ledger.open(LUNCH, Basis.COUNTED, "CNY")
        await self.ledger.open(REEF, Basis.REPORTED, "EUR")
        for fact in facts:
            if isinstance(fact, CampaignState):
                outcome = await self.ledger.total(REEF, fact)
            elif isinstance(fact, RefundState):
                outcome = await self.ledger.refund(LUNCH, fact)
            else:
                outcome = await self.ledger.donation(LUNCH, fact, endorser="", face=b"")
            assert outcome in (Outcome.APPLIED, Outcome.KEPT, Outcome.KNOWN)

    async def past(self, campaign: CampaignId = LUNCH, grain: Interval = Interval.MINUTE) -> Past:
        """What is kept of a campaign."""
        [found] = await self.shelf.pasts([campaign], grain)
        assert found is not None
        return found

    async def written(self, campaign: CampaignId = LUNCH) -> list[dict[bytes, bytes]]:
        """All buckets, by minute, hour and day."""
        return [cast("dict[bytes, bytes]", await cast("Any", self.redis.hgetall(name))) for name in keys.buckets(campaign)]


@pytest.fixture
def books(redis: Redis) -> Books:
    return Books(redis)


def told(past: Past, zone: ZoneInfo) -> list[tuple[Period, ...] | None]:
    """Everything that clients can be told of a past."""
    found = [intervals(past, interval, None, None, NOW, zone) for interval in Interval]
    spans = [between(past, NOW - age, NOW - age / 2, NOW, zone) for age in AGES]
    return [*found, tuple(span for span in spans if span is not None)]


def moment(rng: random.Random) -> datetime:
    """In the last three years, often near to where finer buckets end."""
    around = rng.choice([timedelta(), 48 * HOUR, 400 * DAY, 300 * DAY])
    return NOW - abs(around + timedelta(seconds=rng.randrange(-90_000, 90_000) * rng.choice([1, 1, 100])))


def when(fact: Movement | CampaignState) -> datetime:
    """The moment in history at which a fact belongs."""
    if isinstance(fact, CampaignState):
        return naive.seen(Report(fact.version, 0, None))
    return fact.donated_at if isinstance(fact, DonationState) else fact.refunded_at


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
        facts += [back(number, part, when, refund) for when, refund, part in single]
        for when, _, part in sorted(single, key=lambda one: (one[0], f"50{number}-{one[1]}")):
            taken = min(part, left)
            left -= taken
            booked.append((when, Bucket(-taken, taken, 0)))
        booked.append((at, Bucket(amount, 0, int(left > 0))))
    return facts, booked


async def arriving(books: Books, facts: Sequence[Movement | CampaignState], moments: Iterable[datetime]) -> None:
    """Tells one fact at each of these moments, with nights of upkeep in between."""
    for n, (when, fact) in enumerate(sorted(zip(moments, facts, strict=True), key=lambda pair: pair[0])):
        books.clock.moment = when
        await books.put(fact)
        if n % 10 == 9:
            await books.retention.once()
    books.clock.moment = NOW
    await books.retention.once()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("seed", range(4))
async def test_any_order_repetition_and_split_of_facts_gives_the_same_history(redis: Redis, zone: str, seed: int) -> None:
    rng, books = random.Random(seed), Books(redis, zone)
    facts, booked = donations(rng)
    every = facts + rng.choices(facts, k=len(facts) // 2)
    rng.shuffle(every)
    await arriving(books, every, [some_time_after(rng, when(fact)) if seed % 2 else NOW for fact in every])

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
    states = [said(rng.randrange(10**6), moment(rng), rng.choice([None, rng.randrange(99)])) for _ in range(40)]
    every = states + rng.choices(states, k=20)
    await arriving(books, every, [some_time_after(rng, when(state)) if seed % 2 else NOW for state in every])

    reports = {s.version: Report(s.version, s.raised.amount.minor, s.raised.donation_count) for s in states if s.raised}
    expected = Reported(Currency.of("EUR"), tuple(reports[version] for version in sorted(reports)))
    assert told(await books.past(REEF), ZoneInfo(zone)) == told(expected, ZoneInfo(zone))


@pytest.mark.parametrize("age", [7 * DAY, 380 * DAY], ids=["last week", "last year"])
async def test_a_late_payment_and_its_refund_move_every_later_point_and_write_no_bucket_but_their_own(
    books: Books, age: timedelta
) -> None:
    given = NOW - age - 5 * HOUR
    await books.put(*(paid(n, 1_000, NOW - n * 10 * DAY) for n in range(1, 50)))
    before, past = await books.written(), await books.past()
    await books.put(paid(99, 700, given), back(99, 300, given + 2 * HOUR))
    after, moved = await books.written(), await books.past()

    changed = [{int(n) for n in new if new[n] != old.get(n)} for old, new in zip(before, after, strict=True)]
    seconds = int(given.timestamp())
    assert changed == [set(), {seconds // 3_600, seconds // 3_600 + 2}, {(seconds + 28_800) // 86_400}]
    for days in range(480):
        at = given + timedelta(hours=1) + (days - 240) * DAY
        old, new = (between(each, NOW - 490 * DAY, at, NOW, SHANGHAI) for each in (past, moved))
        assert (old is None) == (new is None)
        if old is not None and new is not None:
            lag = at - given
            assert new.so_far.minor - old.so_far.minor == (0 if lag < HOUR else 700 if lag < 2 * HOUR else 400)


async def test_a_refund_counts_when_it_was_paid_back_also_when_it_came_first(books: Books) -> None:
    given, refunded = NOW - 40 * DAY, NOW - 3 * DAY
    await books.put(back(1, 150, refunded), paid(1, 400, given))
    past = await books.past()
    week = between(past, NOW - 7 * DAY, None, NOW, SHANGHAI)
    month = between(past, NOW - 41 * DAY, NOW - 7 * DAY, NOW, SHANGHAI)

    assert week is not None
    assert month is not None
    assert (week.raised.minor, week.refunded, week.count) == (-150, Money.of_minor(150, "CNY"), 0)
    assert (month.raised.minor, month.refunded, month.count) == (400, Money.of_minor(0, "CNY"), 1)
    assert week.so_far.minor == 250


async def test_a_running_sum_and_single_refunds_of_the_same_money_are_booked_once(books: Books) -> None:
    await books.put(paid(1, 400, NOW - 9 * DAY), paid(1, 400, NOW - 9 * DAY, back=150), back(1, 150, NOW - 2 * DAY))
    period = between(await books.past(), NOW - 30 * DAY, None, NOW, SHANGHAI)

    assert period is not None
    assert (period.raised.minor, period.refunded) == (250, Money.of_minor(150, "CNY"))


async def test_a_donation_that_turned_out_void_leaves_no_trace_in_what_is_told(books: Books) -> None:
    await books.put(paid(1, 400, NOW - 2 * DAY), paid(2, 90, NOW - 9 * DAY), paid(2, 90, NOW - 9 * DAY, stage=Stage.VOID))
    found = intervals(await books.past(), Interval.DAY, None, None, NOW, SHANGHAI)

    assert found is not None
    assert [period.raised.minor for period in found] == [400, 0, 0]


async def test_a_day_belongs_to_its_own_month_in_the_reporting_time_zone(books: Books) -> None:
    await books.put(
        paid(1, 400, datetime(2026, 7, 31, 15, 59, 59, tzinfo=UTC)), paid(2, 100, datetime(2026, 7, 31, 16, tzinfo=UTC))
    )
    found = intervals(await books.past(grain=Interval.DAY), Interval.MONTH, None, None, NOW, SHANGHAI)

    assert found is not None
    assert [period.raised.minor for period in found] == [400, 100, 0]


async def test_between_two_reports_around_the_oldest_minute_the_older_one_stands(books: Books) -> None:
    edge = NOW - 48 * HOUR
    await arriving(books, [said(100, edge - 15 * MINUTE), said(900, edge + 15 * MINUTE)], [edge, edge + DAY])
    period = between(await books.past(REEF), edge + 5 * MINUTE, edge + 16 * MINUTE, NOW, SHANGHAI)

    assert period is not None
    assert (period.raised.minor, period.so_far.minor) == (800, 900)


async def test_between_two_reports_around_the_oldest_hour_the_older_one_stands(books: Books) -> None:
    edge = NOW - 400 * DAY
    await arriving(books, [said(100, edge - 3 * HOUR), said(900, edge + 3 * HOUR)], [NOW, NOW])
    period = between(await books.past(REEF), edge + 2 * HOUR, edge + 4 * HOUR, NOW, SHANGHAI)

    assert period is not None
    assert (period.raised.minor, period.so_far.minor) == (800, 900)


async def test_the_first_report_is_kept_though_its_day_keeps_a_newer_one(books: Books) -> None:
    first = NOW - 600 * DAY
    await books.put(said(900, NOW), said(5_400, first + 3 * HOUR), said(5_000, first), said(5_200, first + HOUR))
    past = await books.past(REEF, Interval.DAY)
    period = between(past, NOW - 900 * DAY, NOW - 300 * DAY, NOW, SHANGHAI)

    assert past.first(NOW, SHANGHAI) == first
    assert period is not None
    assert (period.since, period.raised.minor, period.so_far.minor) == (first, 400, 5_400)


async def test_total_and_buckets_are_of_one_moment_for_many_campaigns(redis_url: str, books: Books) -> None:
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
    nobody = HistoryShelf(Redis(port=1))

    with pytest.raises(LedgerUnavailable):
        await nobody.pasts([LUNCH], Interval.DAY)
    with pytest.raises(LedgerUnavailable):
        await nobody.engagement([LUNCH])

"""Facts that come late, and what finer buckets tell of the time before them."""

from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from schema.model.facts import Stage
from schema.model.history import Interval, between, intervals
from schema.model.money import Money
from tests.gateway.store.books import DAY, HOUR, MINUTE, NOW, REEF, SHANGHAI, Books, back, paid, said, when


@pytest.fixture
def books(redis: Redis) -> Books:
    return Books(redis)


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


@pytest.mark.parametrize("came", ["at once", "late"])
@pytest.mark.parametrize(("kept", "apart"), [(48 * HOUR, 15 * MINUTE), (400 * DAY, 3 * HOUR)], ids=["minute", "hour"])
async def test_around_the_oldest_fine_bucket_the_report_before_it_stands_though_its_coarser_one_keeps_a_newer(
    books: Books, kept: timedelta, apart: timedelta, came: str
) -> None:
    edge = NOW - kept
    reports = [said(50, edge - 20 * DAY), said(100, edge - apart), said(900, edge + apart)]
    await books.arriving(reports, [when(report) if came == "at once" else NOW for report in reports])
    period = between(await books.past(REEF), edge + apart * 0.7, edge + apart * 1.5, NOW, SHANGHAI)

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

"""History cut from buckets, held against a model that keeps every fact."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.model.engagement import Engagement
from schema.model.history import Interval, Period, between, grain, intervals, samples
from schema.model.money import Money
from schema.model.past import Bucket, Counted, Report, Reported
from schema.model.time import micros
from tests.schema.model import pasts
from tests.schema.model.pasts import (
    CNY,
    EUR,
    Entry,
    ages,
    counted,
    entries,
    nows,
    reported,
    reports,
    seen,
    stood,
    within,
    zones,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 2, 3, 20, 31, tzinfo=UTC)
FUTURE = datetime(2099, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
spans = st.tuples(ages, st.none() | ages).map(
    lambda pair: (max(pair[0], pair[1] or timedelta()), pair[1] and min(pair[0], pair[1]))
)


def matches(period: Period, found: Sequence[Entry], now: datetime) -> None:
    """Whether a period says what the model says of its own span; what is dated in the future counts at the present."""
    until = FUTURE if period.until == now else period.until
    net, refunded, donations = within(found, period.since, until)
    assert (period.raised, period.refunded, period.count) == (Money(net, CNY), Money(refunded, CNY), donations)
    assert period.so_far.minor == within(found, datetime(2000, 1, 1, tzinfo=UTC), until).net


@settings(deadline=None)
@given(st.data(), nows, zones, spans)
def test_a_span_is_what_was_given_and_paid_back_within_it(
    data: st.DataObject, now: datetime, zone: ZoneInfo, span: tuple[timedelta, timedelta | None]
) -> None:
    found = data.draw(entries(now))
    since, until = now - span[0], None if span[1] is None else now - span[1]
    needed = grain(since, until, now, zone)
    period = between(counted(found, now, zone, needed), since, until, now, zone)

    if period is None:
        assert within(found, datetime(2000, 1, 1, tzinfo=UTC), now if until is None else _rounded_at_most(until, now)) == (
            0,
            0,
            0,
        )
    else:
        matches(period, found, now)
        assert period.since <= since or within(found, datetime(2000, 1, 1, tzinfo=UTC), period.since) == (0, 0, 0)
        assert period.until == now if until is None else period.until <= until


@settings(max_examples=40, deadline=None)  # up to a thousand intervals each
@given(st.data(), nows, zones, spans, st.sampled_from(Interval))
def test_intervals_have_no_gap_and_each_is_what_was_given_and_paid_back_within_it(
    data: st.DataObject, now: datetime, zone: ZoneInfo, span: tuple[timedelta, timedelta | None], interval: Interval
) -> None:
    found = data.draw(entries(now))
    since, until = data.draw(st.sampled_from([None, now - span[0]])), None if span[1] is None else now - span[1]
    periods = intervals(counted(found, now, zone, interval.grain), interval, since, until, now, zone) or ()

    for period in periods:
        matches(period, found, now)
    assert all(one.until == other.since and one.since < one.until for one, other in pairwise(periods))
    assert all(other.so_far.minor - one.so_far.minor == other.raised.minor for one, other in pairwise(periods))
    if periods:
        assert periods[-1].until == now or (until is not None and until <= periods[-1].until)


@settings(max_examples=40, deadline=None)  # up to a thousand intervals each
@given(st.data(), nows, zones, st.sampled_from([Interval.DAY, Interval.MONTH]))
def test_all_days_together_are_the_total(data: st.DataObject, now: datetime, zone: ZoneInfo, interval: Interval) -> None:
    found = [entry for entry in data.draw(entries(now)) if entry[0] > now - 900 * DAY]
    periods = intervals(counted(found, now, zone, Interval.DAY), interval, None, None, now, zone) or ()

    assert sum(period.raised.minor for period in periods) == pasts.total(found).net
    assert sum(period.count or 0 for period in periods) == pasts.total(found).donations


@settings(deadline=None)
@given(st.data(), nows, zones, spans)
def test_a_span_of_reports_is_the_difference_of_the_newest_before_its_bounds(
    data: st.DataObject, now: datetime, zone: ZoneInfo, span: tuple[timedelta, timedelta | None]
) -> None:
    said = data.draw(reports(now))
    since, until = now - span[0], None if span[1] is None else now - span[1]
    period = between(reported(said, now, zone, grain(since, until, now, zone)), since, until, now, zone)

    if period is None:
        assert not said or seen(said[0]) >= (now if until is None else _rounded_at_most(until, now))
    else:
        tells(period, said, now)
        assert period.since <= since or period.since == seen(said[0])


@settings(max_examples=40, deadline=None)  # up to a thousand intervals each
@given(st.data(), nows, zones, st.sampled_from(Interval))
def test_intervals_of_reports_have_no_gap_and_begin_with_the_first_one(
    data: st.DataObject, now: datetime, zone: ZoneInfo, interval: Interval
) -> None:
    said = data.draw(reports(now))
    periods = intervals(reported(said, now, zone, interval.grain), interval, None, None, now, zone) or ()

    for period in periods:
        tells(period, said, now)
    assert all(one.until == other.since for one, other in pairwise(periods))
    assert not periods or periods[0].since >= seen(said[0])


def tells(period: Period, said: Sequence[Report], now: datetime) -> None:
    """Whether a period says what the model says of its own span."""
    before, after = stood(said, period.since), stood(said, FUTURE if period.until == now else period.until)
    assert (period.raised, period.so_far) == (Money(after.raised - before.raised, EUR), Money(after.raised, EUR))
    assert period.refunded is None
    known = None not in (before.donations, after.donations)
    assert period.count == ((after.donations or 0) - (before.donations or 0) if known else None)


def _rounded_at_most(moment: datetime, now: datetime) -> datetime:
    """No rounding of that moment gives an earlier one."""
    kept = [(timedelta(hours=48), timedelta(minutes=1)), (timedelta(days=400), HOUR)]
    return next((moment - length for age, length in kept if moment - length > now - age), moment - 26 * HOUR)


def test_what_was_raised_before_a_campaign_was_first_seen_is_in_so_far_only() -> None:
    first = NOW - HOUR
    past = reported([Report(micros(first), 5_000, 7), Report(micros(NOW) - 1, 5_600, 9)], NOW, SHANGHAI)
    period = between(past, NOW - 30 * DAY, None, NOW, SHANGHAI)

    assert period == Period(first, NOW, Money(600, EUR), None, 2, Money(5_600, EUR))
    assert intervals(past, Interval.DAY, None, None, NOW, SHANGHAI) == (period,)


def test_a_span_before_the_first_known_change_is_unknown_and_not_zero() -> None:
    for past in (
        counted([(NOW - HOUR, Bucket(400, 0, 1))], NOW, SHANGHAI),
        reported([Report(micros(NOW - HOUR), 400, 1)], NOW, SHANGHAI),
    ):
        assert between(past, NOW - 30 * DAY, NOW - 3 * DAY, NOW, SHANGHAI) is None
        assert intervals(past, Interval.DAY, NOW - 30 * DAY, NOW - 3 * DAY, NOW, SHANGHAI) is None


@pytest.mark.parametrize("interval", Interval)
def test_a_campaign_without_any_fact_has_no_history(interval: Interval) -> None:
    for past in (Counted.of(CNY, Bucket(0, 0, 0), {Interval.DAY: {}}), Reported.of(EUR, [])):
        assert intervals(past, interval, None, None, NOW, SHANGHAI) is None
        assert between(past, NOW - DAY, None, NOW, SHANGHAI) is None


def test_a_span_that_has_not_begun_is_unknown() -> None:
    past = counted([(NOW - HOUR, Bucket(400, 0, 1))], NOW, SHANGHAI)

    assert between(past, NOW + HOUR, None, NOW, SHANGHAI) is None
    assert intervals(past, Interval.DAY, NOW + 2 * DAY, None, NOW, SHANGHAI) is None


def test_a_span_within_one_bucket_is_empty_and_known() -> None:
    past = counted([(NOW - 90 * DAY, Bucket(400, 0, 1))], NOW, SHANGHAI)
    period = between(past, NOW - 10 * HOUR, NOW - 10 * HOUR + timedelta(seconds=5), NOW, SHANGHAI)

    assert period is not None
    assert (period.since, period.raised.minor, period.so_far.minor) == (period.until, 0, 400)


def test_a_gift_that_its_network_dates_ahead_of_us_counts_at_the_present() -> None:
    past = counted([(NOW - DAY, Bucket(400, 0, 1)), (NOW + timedelta(minutes=2), Bucket(50, 0, 1))], NOW, SHANGHAI)
    found = intervals(past, Interval.MINUTE, NOW - 3 * timedelta(minutes=1), None, NOW, SHANGHAI)

    assert found is not None
    assert [period.raised.minor for period in found] == [0, 0, 0, 50]


def test_history_by_hour_begins_with_the_hour_of_the_first_change_and_by_month_with_its_day() -> None:
    first = datetime(2026, 8, 20, 7, 45, tzinfo=UTC)
    found = [(first, Bucket(400, 0, 1))]

    def begins(interval: Interval) -> datetime:
        periods = intervals(counted(found, NOW, SHANGHAI, interval.grain), interval, None, None, NOW, SHANGHAI)
        assert periods is not None
        return periods[0].since

    assert begins(Interval.HOUR) == datetime(2026, 8, 20, 7, tzinfo=UTC)
    assert begins(Interval.DAY) == begins(Interval.MONTH) == datetime(2026, 8, 19, 16, tzinfo=UTC)


def test_buckets_that_are_left_over_and_no_longer_right_are_not_read() -> None:
    gone, stays = NOW - timedelta(hours=50), NOW - timedelta(hours=47)
    past = counted([(stays, Bucket(400, 0, 1))], NOW, SHANGHAI)
    stale = {int(gone.timestamp()) // 60: Bucket(999, 0, 1), int(stays.timestamp()) // 60: Bucket(400, 0, 1)}
    left = Counted(past.currency, past.total, {**past.curves, **Counted.of(CNY, past.total, {Interval.MINUTE: stale}).curves})

    assert left.first(NOW, SHANGHAI) == past.first(NOW, SHANGHAI)
    for since in (None, NOW - timedelta(hours=49)):
        assert intervals(left, Interval.MINUTE, since, None, NOW, SHANGHAI) == intervals(
            past, Interval.MINUTE, since, None, NOW, SHANGHAI
        )


def counters(moment: datetime, likes: int) -> Engagement:
    return Engagement(moment, likes=likes)


def test_of_engagement_the_last_sample_of_each_interval_is_given_and_gaps_stay() -> None:
    kept = [counters(NOW - hours * HOUR, hours) for hours in (0, 1, 2, 3, 35, 36, 80)]

    def likes(interval: Interval, since: datetime | None = None, until: datetime | None = None) -> list[int | None]:
        return [sample.likes for sample in samples(kept, interval, since, until, SHANGHAI)]

    assert likes(Interval.DAY) == [80, 36, 35, 0]
    assert likes(Interval.MINUTE) == likes(Interval.HOUR) == [80, 36, 35, 3, 2, 1, 0]
    assert likes(Interval.MONTH) == [36, 0]  # in Shanghai September began between those two, in UTC later
    assert likes(Interval.HOUR, NOW - 36 * HOUR, NOW) == [36, 35, 3, 2, 1]


def test_of_more_than_a_thousand_samples_the_newest_are_given() -> None:
    found = samples((counters(NOW - hours * HOUR, hours) for hours in range(1_500)), Interval.HOUR, None, None, SHANGHAI)

    assert [sample.likes for sample in found] == list(range(999, -1, -1))

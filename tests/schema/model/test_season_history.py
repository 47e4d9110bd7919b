"""The history of several campaigns: what each adds from when it was first seen, currency by currency."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from schema.model.history import Interval, Period, SeasonPeriod, between, grain, intervals, season_between, season_intervals
from schema.model.money import Basket, Money
from schema.model.past import Bucket, Past, Report
from schema.model.time import micros
from tests.schema.model.pasts import CNY, EUR, ages, counted, entries, nows, reported, reports, zones

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 2, 3, 20, 31, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@st.composite
def several(draw: st.DrawFn, now: datetime, zone: ZoneInfo, finest: Interval) -> list[Past]:
    """Campaigns of both kinds in two currencies."""
    found: list[Past] = []
    for currency in draw(st.lists(st.sampled_from([CNY, EUR]), max_size=4)):
        if draw(st.booleans()):
            found.append(counted(draw(entries(now)), now, zone, finest, currency))
        else:
            found.append(reported(draw(reports(now)), now, zone, finest, currency))
    return found


def summed(periods: list[Period]) -> SeasonPeriod | None:
    """The naive sum of what each campaign says of one span."""
    if not periods:
        return None
    return SeasonPeriod(
        min(period.since for period in periods),
        periods[0].until,
        Basket.of(period.raised for period in periods),
        sum(period.count or 0 for period in periods),
        Basket.of(period.so_far for period in periods),
    )


@settings(deadline=None)
@given(st.data(), nows, zones, ages, st.none() | ages)
def test_a_span_of_a_season_is_the_sum_of_its_campaigns_spans(
    data: st.DataObject, now: datetime, zone: ZoneInfo, age: timedelta, end: timedelta | None
) -> None:
    since, until = now - max(age, end or age), None if end is None else now - min(age, end)
    pasts = data.draw(several(now, zone, grain(since, until, now, zone)))
    alone = [period for past in pasts if (period := between(past, since, until, now, zone)) is not None]

    assert season_between(pasts, since, until, now, zone) == summed(alone)


@settings(max_examples=30, deadline=None)  # up to a thousand intervals each
@given(st.data(), nows, zones, st.sampled_from(Interval))
def test_each_interval_of_a_season_is_the_sum_of_its_campaigns_intervals(
    data: st.DataObject, now: datetime, zone: ZoneInfo, interval: Interval
) -> None:
    pasts = data.draw(several(now, zone, interval.grain))
    season = season_intervals(pasts, interval, None, None, now, zone) or ()
    alone = defaultdict[datetime, list[Period]](list)
    for past in pasts:
        for period in intervals(past, interval, None, None, now, zone) or ():
            alone[period.until].append(period)

    assert all(one.until == other.since for one, other in pairwise(season))
    assert [summed(alone[period.until]) for period in season] == list(season)


def test_a_campaign_adds_what_it_had_when_it_was_first_seen_to_what_stood_and_not_to_what_was_raised() -> None:
    lunch = counted([(NOW - 5 * HOUR, Bucket(400, 0, 1)), (NOW - HOUR, Bucket(100, 0, 1))], NOW, SHANGHAI)
    reef = reported([Report(micros(NOW - 2 * HOUR), 9_000, None), Report(micros(NOW - HOUR), 9_050, None)], NOW, SHANGHAI)
    found = season_between([lunch, reef], NOW - 3 * HOUR, None, NOW, SHANGHAI)
    before = season_between([lunch, reef], NOW - 9 * HOUR, NOW - 3 * HOUR, NOW, SHANGHAI)

    assert found is not None
    assert before is not None
    assert (found.raised, found.count) == (Basket((Money(100, CNY), Money(50, EUR))), 1)
    assert found.so_far == Basket((Money(500, CNY), Money(9_050, EUR)))
    assert before.so_far == Basket((Money(400, CNY),))


def test_a_span_in_which_no_campaign_was_known_is_unknown() -> None:
    lunch = counted([(NOW - 5 * HOUR, Bucket(400, 0, 1))], NOW, SHANGHAI)

    assert season_between([lunch], NOW - 90 * DAY, NOW - 60 * DAY, NOW, SHANGHAI) is None
    assert season_intervals([lunch], Interval.DAY, NOW - 90 * DAY, NOW - 60 * DAY, NOW, SHANGHAI) is None
    assert season_between([], NOW - DAY, None, NOW, SHANGHAI) is None
    assert season_intervals([], Interval.DAY, None, None, NOW, SHANGHAI) is None

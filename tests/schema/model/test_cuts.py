"""Edges of buckets, held against the zones themselves."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from schema.model.cuts import Interval, begin, bounds, edges, finest, number

SHANGHAI, NEW_YORK, KOLKATA = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 9, 2, 3, 20, 31, 500_000, tzinfo=UTC)
ZONES = [
    "UTC",
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/New_York",
    "America/Sao_Paulo",  # turned its clocks at midnight
    "America/Havana",  # has the hour after midnight twice
    "America/Nuuk",  # has the hour before midnight twice
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Apia",  # left out a whole day
]


def at(text: str) -> datetime:
    """A moment with its offset."""
    return datetime.fromisoformat(text).astimezone(UTC)


def since(asked: datetime, zone: ZoneInfo = SHANGHAI) -> datetime:
    """Where a span begins that was asked for from there to the present."""
    return bounds(asked, None, NOW, zone)[0].moment


@pytest.mark.parametrize("name", ZONES)
def test_a_day_begins_with_the_first_moment_of_its_date(name: str) -> None:
    zone, second = ZoneInfo(name), timedelta(seconds=1)
    for day in range(number(Interval.DAY, at("2000-01-02T12:00:00Z"), zone), number(Interval.DAY, NOW, zone)):
        moment = begin(Interval.DAY, day, zone).moment
        assert number(Interval.DAY, moment - second, zone) < day <= number(Interval.DAY, moment, zone), moment


@pytest.mark.parametrize("interval", Interval)
def test_a_moment_lies_within_its_interval(interval: Interval) -> None:
    for days in range(800):
        moment = NOW - timedelta(days=days, minutes=37 * days)
        here = number(interval, moment, NEW_YORK)
        assert begin(interval, here, NEW_YORK).moment <= moment < begin(interval, here + 1, NEW_YORK).moment


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("2026-09-02T03:20:31.499Z", "2026-09-02T03:20:00Z"),
        ("2026-08-31T03:21:59Z", "2026-08-31T03:21:00Z"),
        ("2026-08-31T03:20:59Z", "2026-08-31T03:00:00Z"),  # its minute began more than 48 hours ago
        ("2025-08-01T03:59:59Z", "2025-08-01T03:00:00Z"),
        ("2025-07-29T04:20:00Z", "2025-07-29T04:00:00Z"),
        ("2025-07-29T03:20:00Z", "2025-07-29T00:00:00+08:00"),  # its hour began more than 400 days ago
        ("2019-03-04T15:59:59Z", "2019-03-04T00:00:00+08:00"),
        ("2019-03-04T16:00:00Z", "2019-03-05T00:00:00+08:00"),
    ],
)
def test_a_moment_is_rounded_down_as_finely_as_its_age_allows(asked: str, found: str) -> None:
    assert since(at(asked)) == at(found)


def test_a_local_midnight_stands_where_hours_are_cut_half_an_hour_off() -> None:
    midnight = at("2026-08-01T00:00:00+05:30")

    assert since(midnight, KOLKATA) == since(midnight + timedelta(minutes=29), KOLKATA) == midnight
    assert since(midnight + timedelta(minutes=30), KOLKATA) == at("2026-08-01T00:30:00+05:30")
    assert since(midnight - timedelta(minutes=1), KOLKATA) == at("2026-07-31T23:30:00+05:30")


def test_rounding_never_turns_a_span_round() -> None:
    moments = [NOW - timedelta(minutes=7 * n) for n in range(100_000)]

    assert all(later >= earlier for later, earlier in pairwise(since(moment, KOLKATA) for moment in moments))


def test_an_end_that_is_left_out_or_in_the_future_is_the_present_and_not_rounded() -> None:
    for until in (None, NOW, NOW + timedelta(days=1)):
        end = bounds(NOW - timedelta(days=1), until, NOW, SHANGHAI)[1]
        assert (end.moment, end.number) == (NOW, None)


@pytest.mark.parametrize(
    ("asked", "until", "grain"),
    [
        ("2026-08-01T00:00:00+08:00", "2026-09-01T00:00:00+08:00", Interval.DAY),
        ("2026-08-01T01:30:00+08:00", "2026-09-01T00:00:00+08:00", Interval.HOUR),
        ("2026-08-01T01:30:00+08:00", "2026-09-02T03:00:01Z", Interval.HOUR),
        ("2019-08-01T01:30:00+08:00", "2026-09-02T03:01:00Z", Interval.MINUTE),
        ("2026-09-02T03:00:00Z", None, Interval.HOUR),
    ],
)
def test_only_what_is_needed_is_read(asked: str, until: str | None, grain: Interval) -> None:
    assert finest(bounds(at(asked), at(until) if until else None, NOW, SHANGHAI)) is grain


def test_days_are_23_and_25_hours_long_where_clocks_are_turned() -> None:
    def lengths(first: str, last: str) -> list[float]:
        cut = edges(Interval.DAY, at(first), at(last), NOW, NEW_YORK)
        return [(end.moment - start.moment) / timedelta(hours=1) for start, end in pairwise(cut)]

    assert lengths("2026-03-07T12:00:00-05:00", "2026-03-10T00:00:00-04:00") == [24, 23, 24]
    assert lengths("2025-11-01T12:00:00-04:00", "2025-11-03T12:00:00-05:00") == [24, 25, 24]


def test_months_begin_at_local_midnight_of_their_first_day() -> None:
    found = edges(Interval.MONTH, at("2026-02-14T00:00:00Z"), at("2026-04-01T00:00:00-04:00"), NOW, NEW_YORK)

    assert [cut.moment.astimezone(NEW_YORK).isoformat() for cut in found] == [
        "2026-02-01T00:00:00-05:00",
        "2026-03-01T00:00:00-05:00",
        "2026-04-01T00:00:00-04:00",
    ]


def test_a_date_that_a_zone_left_out_is_no_interval() -> None:
    apia = ZoneInfo("Pacific/Apia")
    found = edges(Interval.DAY, at("2011-12-29T00:00:00-10:00"), at("2012-01-01T00:00:00+14:00"), NOW, apia)

    assert [cut.moment.astimezone(apia).day for cut in found] == [29, 31, 1]


@pytest.mark.parametrize("interval", Interval)
def test_an_interval_under_way_ends_at_the_present(interval: Interval) -> None:
    end = edges(interval, NOW - timedelta(minutes=3), None, NOW, SHANGHAI)[-1]

    assert (end.moment, end.number) == (NOW, None)
    assert edges(interval, NOW - timedelta(minutes=3), NOW - timedelta(seconds=1), NOW, SHANGHAI)[-1] == end


def test_an_interval_that_ends_at_this_moment_is_whole_and_none_follows() -> None:
    hour = at("2026-09-02T03:00:00Z")
    found = edges(Interval.HOUR, hour - timedelta(hours=2), None, hour, SHANGHAI)

    assert [cut.moment for cut in found] == [hour - timedelta(hours=2), hour - timedelta(hours=1), hour]
    assert found[-1].number is None  # a network's clock may be ahead


@pytest.mark.parametrize("interval", [Interval.MINUTE, Interval.HOUR, Interval.DAY])
def test_of_more_than_a_thousand_the_newest_are_given(interval: Interval) -> None:
    found = edges(interval, at("2000-01-01T00:00:00Z"), None, NOW, SHANGHAI)

    assert len(found) == 1_001
    assert found[0].number == number(interval, NOW, SHANGHAI) - 999


@pytest.mark.parametrize(("interval", "kept"), [(Interval.MINUTE, timedelta(hours=48)), (Interval.HOUR, timedelta(days=400))])
def test_none_is_given_of_which_the_buckets_do_not_tell_everything(interval: Interval, kept: timedelta) -> None:
    until = NOW - kept + timedelta(hours=3)
    found = edges(interval, at("2000-01-01T00:00:00Z"), until, NOW, SHANGHAI)

    assert found[0].moment > NOW - kept
    assert found[0].moment - (found[1].moment - found[0].moment) <= NOW - kept
    assert len(edges(interval, NOW - 2 * kept, NOW - kept, NOW, SHANGHAI)) == 1

"""The reporting time zone in the form that the scripts read, held against the zone itself."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from gateway.store.zone import offsets

ZONES = [
    "UTC",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Pyongyang",  # moved its standard time, twice
    "Pacific/Apia",  # left out a whole day
    "Africa/Casablanca",  # two changes around Ramadan
]


def table(name: str, until: int = 2028) -> list[tuple[int, int]]:
    """The pairs of moment and offset."""
    numbers = [int(part) for part in offsets(name, until).split()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def by_table(pairs: list[tuple[int, int]], moment: int) -> int:
    """What a script reads from it: the last that is not later."""
    return [offset for since, offset in pairs if since <= moment][-1]


def by_zone(name: str, moment: int) -> int:
    """What the zone says."""
    shift = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(name)).utcoffset()
    assert shift is not None
    return int(shift.total_seconds())


@pytest.mark.parametrize(("name", "offset"), [("UTC", 0), ("Asia/Shanghai", 28_800), ("Asia/Kathmandu", 20_700)])
def test_a_zone_that_never_changes_is_one_pair(name: str, offset: int) -> None:
    assert table(name) == [(0, offset)]


def test_new_york_changes_at_two_in_the_morning_of_the_known_sundays() -> None:
    pairs = table("America/New_York")
    springs = datetime(2026, 3, 8, 7, tzinfo=UTC), -4 * 3600
    falls = datetime(2026, 11, 1, 6, tzinfo=UTC), -5 * 3600
    for moment, offset in (springs, falls):
        assert (int(moment.timestamp()), offset) in pairs
    assert len(pairs) == 1 + 2 * 28  # twice a year from 2000 to 2027


@pytest.mark.parametrize("name", ZONES)
def test_each_change_is_there_to_the_second_and_none_is_missing(name: str) -> None:
    pairs = table(name)
    assert all(before < after for (before, _), (after, _) in pairwise(pairs))
    assert all(before != after for (_, before), (_, after) in pairwise(pairs))
    for since, offset in pairs[1:]:
        assert (by_zone(name, since - 1) != offset, by_zone(name, since)) == (True, offset)
    day, end = datetime(2000, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    while day < end:
        assert by_table(pairs, int(day.timestamp())) == by_zone(name, int(day.timestamp())), day
        day += timedelta(hours=37)


def test_it_is_made_once_for_a_year() -> None:
    assert offsets("Asia/Shanghai", 2028) is offsets("Asia/Shanghai", 2028)

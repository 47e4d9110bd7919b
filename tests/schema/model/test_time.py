"""Moments come out in UTC, or are refused; no zone is ever guessed."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.model.errors import BadTime
from schema.model.time import EARLIEST, LATEST, micros, read_local, read_rfc3339, read_unix, rfc3339

BEIJING = ZoneInfo("Asia/Shanghai")
MOMENT = datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC)
offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(datetime(2000, 1, 3), datetime(2099, 12, 29), timezones=offsets)  # noqa: DTZ001


@given(moments)
def test_any_moment_with_any_offset_reads_as_the_same_moment(moment: datetime) -> None:
    assert read_rfc3339(moment.isoformat()) == moment
    assert read_rfc3339(moment.isoformat()).tzinfo is UTC


@given(moments)
def test_what_clients_get_reads_back_to_the_millisecond(moment: datetime) -> None:
    assert timedelta(0) <= moment - read_rfc3339(rfc3339(moment)) < timedelta(milliseconds=1)


@given(moments)
def test_unix_seconds_read_back_from_a_number_and_from_its_digits(moment: datetime) -> None:
    seconds = int(moment.timestamp())

    assert read_unix(seconds) == read_unix(str(seconds))
    assert read_unix(seconds).timestamp() == seconds


@given(moments, moments)
def test_versions_grow_with_the_clock_and_keep_every_microsecond(one: datetime, other: datetime) -> None:
    assert (micros(one) < micros(other)) == (one < other)
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros(one)) == one


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-01T02:20:30Z",
        "2026-09-01T02:20:30z",
        "2026-09-01t02:20:30Z",
        "2026-09-01 02:20:30Z",
        "2026-09-01T02:20:30+00:00",
        "2026-09-01T02:20:30-00:00",
        "2026-09-01T10:20:30+08:00",
        "2026-08-31T21:20:30-05:00",
        "2026-09-01T02:20:30.000Z",
        "2026-09-01T02:20:30.000000000Z",
        "2026-09-01T02:20:30.000000999Z",
    ],
)
def test_every_form_that_networks_write_is_read(text: str) -> None:
    assert read_rfc3339(text) == MOMENT


@pytest.mark.parametrize(
    ("fraction", "microsecond"),
    [
        (".5", 500_000),
        (".123", 123_000),
        (".123456", 123_456),
        (".123456789", 123_456),
        (".999999999", 999_999),
        (".1234567891234", 123_456),
    ],
)
def test_digits_beyond_microseconds_are_cut_and_never_rounded_up(fraction: str, microsecond: int) -> None:
    assert read_rfc3339(f"2026-09-01T02:20:30{fraction}Z") == MOMENT.replace(microsecond=microsecond)


STRANGE: list[Any] = [
    "",
    "2026-09-01",
    "02:20:30Z",
    "2026-9-1T02:20:30Z",
    "2026-09-01T02:20Z",
    "2026-09-01T02:20:30.Z",
    "20260901T022030Z",
    "2026-09-01T02:20:30+0800",
    "2026-09-01T02:20:30+08",
    "2026-09-01T02:20:30 Z",
    "2026-09-01T02:20:30Z\n",
    "2026-W36-2T02:20:30Z",
    "２０２６-09-01T02:20:30Z",
    "2026-13-01T02:20:30Z",
    "2026-02-30T02:20:30Z",
    "2026-09-01T25:20:30Z",
    "2026-09-01T02:60:30Z",
    "2026-09-01T02:20:30+24:00",
    "2026-09-01T02:20:30+08:60",
    "Tue, 01 Sep 2026 02:20:30 GMT",
    "1788229230",
    "\ud800",
    "2026-09-01T02:20:30." + "0" * 10**6 + "Z",
    None,
    0,
    1_788_229_230,
    1.5,
    True,
    MOMENT,
    b"2026-09-01T02:20:30Z",
    [],
    {},
]


@pytest.mark.parametrize("strange", STRANGE, ids=lambda s: repr(s)[:30])
def test_what_is_no_moment_is_refused(strange: Any) -> None:
    with pytest.raises(BadTime):
        read_rfc3339(strange)


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(BadTime, match="offset"):
        read_rfc3339("2026-09-01T02:20:30")


@pytest.mark.parametrize("text", ["2016-12-31T23:59:60Z", "2017-01-01T07:59:60+08:00"])
def test_a_leap_second_is_refused(text: str) -> None:
    with pytest.raises(BadTime):
        read_rfc3339(text)


@pytest.mark.parametrize(
    "text",
    [
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-08:00",
        "1999-12-31T23:59:59.999999Z",
        "2000-01-01T00:00:00+00:01",
        "2100-01-01T00:00:00Z",
        "2099-12-31T23:59:59-00:01",
    ],
)
def test_moments_outside_of_this_century_are_refused(text: str) -> None:
    with pytest.raises(BadTime):
        read_rfc3339(text)


def test_the_first_and_the_last_moment_of_this_century_are_read() -> None:
    assert read_rfc3339("2000-01-01T08:00:00+08:00") == EARLIEST
    assert read_rfc3339("2099-12-31T23:59:59.999999Z") == LATEST - timedelta(microseconds=1)


@pytest.mark.parametrize("text", ["2026-09-01 10:20:30", "2026-09-01T10:20:30"])
def test_a_wall_clock_time_is_read_in_the_zone_that_is_given(text: str) -> None:
    assert read_local(text, BEIJING) == MOMENT


@pytest.mark.parametrize(
    "strange",
    [
        *STRANGE,
        "2026-09-01T10:20:30Z",
        "2026-09-01 10:20:30.5",
        "2026-09-01  10:20:30",
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
    ],
    ids=lambda s: repr(s)[:30],
)
def test_what_is_no_wall_clock_time_is_refused(strange: Any) -> None:
    with pytest.raises(BadTime):
        read_local(strange, BEIJING)


@pytest.mark.parametrize("seconds", [1_788_229_230, "1788229230", "001788229230"])
def test_unix_seconds_are_read(seconds: object) -> None:
    assert read_unix(seconds) == MOMENT


@pytest.mark.parametrize(
    "strange",
    [
        1_788_229_230_000,
        "1788229230000",
        1_788_229_230_000_000_000,
        "1" * 5_000,
        10**400,
        -1,
        0,
        "0",
        "-1",
        "+1788229230",
        " 1788229230",
        "1788229230\n",
        "1788229230.0",
        "1.788e9",
        "１７８８２２９２３０",
        1_788_229_230.0,
        float("nan"),
        True,
        None,
        "",
        b"1788229230",
        [],
        {},
        int(EARLIEST.timestamp()) - 1,
        int(LATEST.timestamp()),
    ],
    ids=lambda s: ascii(s)[:24] if not isinstance(s, int) else f"{s:.3e}" if abs(s) < 10**300 else "huge",
)
def test_milliseconds_and_other_numbers_are_no_unix_seconds(strange: Any) -> None:
    with pytest.raises(BadTime):
        read_unix(strange)


def test_clients_get_whole_seconds_or_milliseconds_in_utc() -> None:
    assert rfc3339(MOMENT.astimezone(BEIJING)) == "2026-09-01T02:20:30Z"
    assert rfc3339(MOMENT.replace(microsecond=999)) == "2026-09-01T02:20:30Z"
    assert rfc3339(MOMENT.replace(microsecond=120_999)) == "2026-09-01T02:20:30.120Z"


def test_a_naive_moment_is_not_shown_as_if_it_were_of_this_machine() -> None:
    with pytest.raises(BadTime):
        rfc3339(MOMENT.replace(tzinfo=None))

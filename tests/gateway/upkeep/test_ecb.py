"""The ECB's daily file: read exactly, bounded, and refused whole when it cannot be believed.

``samples/eurofxref-daily.xml`` has the form and the figures of 28 June 2024, written after a published copy of that file.
"""

import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.upkeep.ecb import MAX_BYTES, DayRates, check, read
from schema.model.errors import UpstreamGarbled
from schema.model.rates import OUTDATED, Rate

SAMPLE = (Path(__file__).parent / "samples" / "eurofxref-daily.xml").read_bytes()
DAY = date(2024, 6, 28)
USD = b"<Cube currency='USD' rate='1.0705'/>"


def spoiled(old: bytes, new: bytes) -> bytes:
    """The sample with one part replaced."""
    assert SAMPLE.count(old) == 1
    return SAMPLE.replace(old, new)


def known(day: date = DAY, **rates: str) -> list[Rate]:
    """Rates that are known already."""
    return [Rate.of_ecb(code, Decimal(value), day) for code, value in rates.items()]


def test_a_file_is_read_to_the_last_digit() -> None:
    found = read(SAMPLE)

    assert found.day == DAY
    assert len(found.rates) == SAMPLE.count(b"currency=") - 1  # without BGN, which the euro replaced in 2026
    assert [str(found.rates[code]) for code in ("USD", "JPY", "CNY", "IDR", "DKK")] == [
        "1.0705",
        "171.94",
        "7.7748",
        "17487.21",
        "7.4575",
    ]


def test_a_currency_that_we_do_not_know_is_left_out() -> None:
    found = read(spoiled(USD, USD + b"<Cube currency='XXX' rate='nonsense'/><Cube currency='usd' rate='2'/>"))

    assert found == read(SAMPLE)


def test_a_suspended_currency_is_simply_not_there() -> None:
    assert "RUB" not in read(SAMPLE).rates


STRANGE = (
    "", "0", "0.000", "-1.07", "+1.07", " 1.07", "1,07", "1.07e0", "1e9", "NaN", "Infinity", "0x1", "1_0", "１", ".5", "5.",
    "1." + "0" * 10, "1" * 10,
)  # fmt: skip


@pytest.mark.parametrize("rate", STRANGE)
def test_a_rate_that_is_no_plain_number_above_zero_spoils_the_file(rate: str) -> None:
    with pytest.raises(UpstreamGarbled, match="USD"):
        read(spoiled(b"1.0705", rate.encode()))


def test_a_currency_without_a_rate_spoils_the_file() -> None:
    with pytest.raises(UpstreamGarbled, match="USD"):
        read(spoiled(USD, b"<Cube currency='USD'/>"))


def test_a_currency_that_comes_twice_spoils_the_file() -> None:
    with pytest.raises(UpstreamGarbled, match="twice"):
        read(spoiled(USD, USD + USD))


@pytest.mark.parametrize("day", ["", "2024-02-30", "20240628", "2024-W26-5", "28.06.2024", "2024-06-28T00:00", "２０24-06-28"])
def test_a_file_without_a_day_is_refused(day: str) -> None:
    with pytest.raises(UpstreamGarbled, match="day"):
        read(spoiled(b"2024-06-28", day.encode()))


def test_a_file_of_several_days_is_refused() -> None:
    with pytest.raises(UpstreamGarbled, match="2 days"):
        read(spoiled(b"<Cube time='2024-06-28'>", b"<Cube time='2024-06-27'/><Cube time='2024-06-28'>"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no XML",
        b"\x00" * 100,
        b"{}",
        b"<html><body>We will be back soon</body></html>",
        SAMPLE[:-20],
        SAMPLE + SAMPLE,
        SAMPLE.replace(b"eurofxref", b"another"),
        SAMPLE.replace(b"UTF-8", b"no-such-encoding"),
        SAMPLE.replace(b"European", b"\xff\xfe"),
        SAMPLE.replace(b"European", b"&european;"),
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_not_that_file_is_refused(body: bytes) -> None:
    with pytest.raises(UpstreamGarbled):
        read(body)


BOMB = b"".join(
    [
        b'<!DOCTYPE x [<!ENTITY e0 "ha">',
        *(b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 20) for level in range(1, 12)),
        b"]><x>&e11;</x>",
    ]
)


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>',
        b'<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:1/x.dtd"> %e;]><x/>',
        b"<!DOCTYPE html><html></html>",
        SAMPLE.replace(b"<gesmes:Envelope", b'<!DOCTYPE x [<!ENTITY e "1">]><gesmes:Envelope'),
    ],
    ids=["a bomb", "a file", "an address", "a parameter", "a page", "before the rates"],
)
def test_a_document_type_is_refused_before_any_entity_is_read(body: bytes) -> None:
    with pytest.raises(UpstreamGarbled, match="document type"):
        read(body)


def test_a_file_over_its_bound_is_not_even_begun() -> None:
    with pytest.raises(UpstreamGarbled, match="bytes"):
        read(b" " * (MAX_BYTES + 1))


def test_a_file_within_its_bound_costs_little_however_it_is_nested() -> None:
    deep = b"<a>" * (MAX_BYTES // 3)
    began = time.process_time()
    with pytest.raises(UpstreamGarbled):
        read(deep)
    assert time.process_time() - began < 1


@given(st.binary(max_size=200), st.integers(0, len(SAMPLE)))
def test_whatever_comes_it_is_read_or_refused(noise: bytes, place: int) -> None:
    try:
        found = read(SAMPLE[:place] + noise + SAMPLE[place:])
    except UpstreamGarbled:
        return
    assert all(rate > 0 for rate in found.rates.values())


def test_a_file_of_today_is_believed_and_so_is_the_same_one_again() -> None:
    found = read(SAMPLE)

    check(found, [], DAY)
    check(found, [Rate.of_ecb(code, value, DAY) for code, value in found.rates.items()], DAY + timedelta(days=2))


def test_a_file_of_a_day_to_come_is_refused() -> None:
    with pytest.raises(UpstreamGarbled, match="to come"):
        check(read(SAMPLE), [], DAY - timedelta(days=1))


def test_a_file_that_is_older_than_what_is_known_is_refused() -> None:
    with pytest.raises(UpstreamGarbled, match="older"):
        check(read(SAMPLE), known(DAY + timedelta(days=1), USD="1.07"), DAY + timedelta(days=3))


def test_a_file_of_few_currencies_is_refused() -> None:
    rates = read(SAMPLE).rates
    few = {code: rates[code] for code in ("USD", "JPY", "CNY", "GBP")}

    with pytest.raises(UpstreamGarbled, match="4 currencies"):
        check(DayRates(DAY, few), [], DAY)
    check(DayRates(DAY, {**few, "KRW": rates["KRW"]}), [], DAY)


@pytest.mark.parametrize(("last", "is_believed"), [("0.2141", True), ("0.2140", False), ("5.3525", True), ("5.3526", False)])
def test_one_rate_that_moved_by_more_than_five_times_spoils_the_file(last: str, is_believed: bool) -> None:
    if is_believed:
        check(read(SAMPLE), known(USD=last), DAY)
    else:
        with pytest.raises(UpstreamGarbled, match="USD"):
            check(read(SAMPLE), known(USD=last), DAY)


def test_a_rate_that_is_known_from_long_ago_is_no_measure() -> None:
    check(read(SAMPLE), known(DAY - OUTDATED - timedelta(days=1), USD="100"), DAY)
    with pytest.raises(UpstreamGarbled, match="USD"):
        check(read(SAMPLE), known(DAY - OUTDATED, USD="100"), DAY)

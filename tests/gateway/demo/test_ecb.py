"""The understudy of the ECB publishes as the ECB does, and goes wrong when it is told to."""

from datetime import UTC, date, datetime, timedelta

import aiohttp
import pytest

from connectors.testing.fakes import FakeClock
from gateway.demo.ecb import AROUND, EcbEmulator, Fault
from gateway.upkeep.ecb import DayRates, read
from schema.model.errors import UpstreamGarbled

FRIDAY = date(2026, 8, 28)


def published(moment: datetime) -> date:
    """The day whose rates are out at a moment."""
    return EcbEmulator(clock=FakeClock(moment)).day()


async def fetched(emulator: EcbEmulator) -> bytes:
    """What it answers."""
    async with emulator.serve() as url, aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        return await answer.read()


def test_a_days_rates_come_at_four_in_the_afternoon_of_frankfurt() -> None:
    assert published(datetime(2026, 8, 28, 13, 59, tzinfo=UTC)) == FRIDAY - timedelta(days=1)
    assert published(datetime(2026, 8, 28, 14, 0, tzinfo=UTC)) == FRIDAY
    assert published(datetime(2026, 1, 7, 14, 30, tzinfo=UTC)) == date(2026, 1, 6)  # in winter an hour later in UTC
    assert published(datetime(2026, 1, 7, 15, 0, tzinfo=UTC)) == date(2026, 1, 7)


@pytest.mark.parametrize("days", [0, 1, 2])
def test_from_friday_to_monday_afternoon_fridays_rates_stay(days: int) -> None:
    assert published(datetime(2026, 8, 28, 15, 0, tzinfo=UTC) + timedelta(days=days)) == FRIDAY
    assert published(datetime(2026, 8, 31, 10, 0, tzinfo=UTC)) == FRIDAY


def test_nothing_is_published_on_closing_days() -> None:
    assert published(datetime(2026, 12, 27, 15, 30, tzinfo=UTC)) == date(2026, 12, 24)
    easter = EcbEmulator(clock=FakeClock(datetime(2026, 4, 6, 15, 0, tzinfo=UTC)))
    easter.holidays = {date(2026, 4, 3), date(2026, 4, 6)}
    assert easter.day() == date(2026, 4, 2)


def test_the_rates_of_a_day_are_the_same_for_ever_and_differ_from_those_of_the_next() -> None:
    one, other = EcbEmulator(), EcbEmulator()

    assert one.rates(FRIDAY) == other.rates(FRIDAY)
    assert one.rates(FRIDAY) != one.rates(FRIDAY + timedelta(days=3))
    assert EcbEmulator(seed=2).rates(FRIDAY) != one.rates(FRIDAY)


async def test_the_file_is_one_that_the_gateway_reads() -> None:
    emulator = EcbEmulator(clock=FakeClock(datetime(2026, 8, 29, tzinfo=UTC)))

    assert read(await fetched(emulator)) == DayRates(FRIDAY, emulator.rates(FRIDAY))


async def test_a_missing_currency_is_left_out() -> None:
    emulator = EcbEmulator()
    emulator.missing = {"TRY"}

    assert read(await fetched(emulator)).rates.keys() == AROUND.keys() - {"TRY"}


async def test_an_absurd_rate_is_a_hundred_times_another() -> None:
    emulator = EcbEmulator(clock=FakeClock(datetime(2026, 8, 29, tzinfo=UTC)))
    emulator.fault = Fault.ABSURD

    assert read(await fetched(emulator)).rates["USD"] == 100 * emulator.rates(FRIDAY)["USD"]


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.BOMB])
async def test_what_is_no_file_is_refused_by_the_gateway(fault: Fault) -> None:
    emulator = EcbEmulator()
    emulator.fault = fault

    with pytest.raises(UpstreamGarbled, match="document type"):
        read(await fetched(emulator))

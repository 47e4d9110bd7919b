"""Reference rates in Redis: the newest day of each currency, and word to every process when one has changed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.store import keys
from gateway.store.bus import RatesChanged
from gateway.store.connection import connect
from gateway.store.rates import RateShelf
from schema.model.errors import LedgerUnavailable
from schema.model.rates import Rate
from tests.gateway.store.test_bus import Ear, listening

FRIDAY = date(2026, 8, 28)
MONDAY = FRIDAY + timedelta(days=3)


def told(day: date, **rates: str) -> tuple[Rate, ...]:
    """As they are read, by code."""
    return tuple(Rate.of_ecb(code, Decimal(value), day) for code, value in sorted(rates.items()))


async def keep(client: Redis, day: date, **rates: str) -> bool:
    """What one euro was worth on a day."""
    return await RateShelf(client).keep(day, {code: Decimal(value) for code, value in rates.items()})


async def test_at_first_no_rate_is_known(client: Redis) -> None:
    assert await RateShelf(client).read() == ()


async def test_rates_are_read_as_they_were_kept(client: Redis) -> None:
    assert await keep(client, FRIDAY, USD="1.1600", IDR="19000.00", BHD="0.000000001")

    assert await RateShelf(client).read() == told(FRIDAY, USD="1.1600", IDR="19000.00", BHD="0.000000001")


async def test_a_currency_that_is_left_out_keeps_its_last_day(client: Redis) -> None:
    await keep(client, FRIDAY, RUB="117.201", USD="1.16")
    await keep(client, MONDAY, USD="1.17")

    assert await RateShelf(client).read() == (*told(FRIDAY, RUB="117.201"), *told(MONDAY, USD="1.17"))


async def test_what_is_known_of_a_later_day_stays_also_when_two_owners_meet(client: Redis) -> None:
    await keep(client, MONDAY, USD="1.17")

    assert not await keep(client, FRIDAY, USD="1.16")
    assert await RateShelf(client).read() == told(MONDAY, USD="1.17")


async def test_a_day_that_the_ecb_corrects_is_corrected(client: Redis) -> None:
    await keep(client, FRIDAY, USD="1.16")

    assert await keep(client, FRIDAY, USD="1.1601")
    assert await RateShelf(client).read() == told(FRIDAY, USD="1.1601")


async def test_every_process_hears_of_other_rates_and_nothing_of_the_same_ones(redis: Redis, redis_url: str) -> None:
    ear = Ear()
    async with listening(ear, redis_url):
        await ear.until(1)
        assert await keep(redis, FRIDAY, USD="1.16", CNY="8.31")
        assert not await keep(redis, FRIDAY, USD="1.16", CNY="8.31")
        assert await keep(redis, MONDAY, USD="1.17", CNY="8.31")
        await ear.until(3)
    assert ear.heard == ["lost", RatesChanged(), RatesChanged()]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("USD", "1.16"),
        ("USD", "2026-08-28"),
        ("USD", "2026-08-28 x"),
        ("USD", "2026-08-28 0"),
        ("XXX", "2026-08-28 1"),
        ("U", ""),
    ],
)
async def test_a_rate_of_another_version_hides_no_other(client: Redis, code: str, value: str) -> None:
    await keep(client, FRIDAY, CNY="8.31")
    await client.hset(keys.rates(), mapping={code: value, b"\xff": b"\xff"})

    with capture_logs() as logs:
        assert await RateShelf(client).read() == told(FRIDAY, CNY="8.31")
    assert [line["event"] for line in logs] == ["rates.unreadable"] * 2


async def test_without_a_server_it_is_said() -> None:
    nowhere = connect("redis://127.0.0.1:1")
    with pytest.raises(LedgerUnavailable):
        await RateShelf(nowhere).read()
    with pytest.raises(LedgerUnavailable):
        await keep(nowhere, FRIDAY, USD="1.16")
    await nowhere.aclose()

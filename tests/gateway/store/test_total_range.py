"""A counted total is at most 9 x 10^15 minor units, which doubles count exactly: what would lift it beyond is held."""

import asyncio
from typing import Final

import pytest
from redis.asyncio import Redis

from connectors.testing.fakes import FakeClock
from gateway.store.ledger import Ledger, Outcome
from schema.model.money import MAX_DONATION, MAX_TOTAL
from schema.model.total import Basis
from tests.gateway.store.model import LUNCH, NOW, back, balanced, paid, put

LARGEST: Final = MAX_TOTAL // MAX_DONATION
ROOM: Final = 700


@pytest.fixture
async def ledger(redis: Redis) -> Ledger:
    """A campaign with room for so many fen more."""
    found = Ledger(redis, FakeClock(NOW), "Asia/Shanghai")
    await found.open(LUNCH, Basis.COUNTED, "CNY")
    for first in range(1, LARGEST, 100):
        numbers = range(first, min(first + 100, LARGEST))
        told = await asyncio.gather(*(put(found, paid(number, MAX_DONATION, at=NOW)) for number in numbers))
        assert set(told) == {Outcome.APPLIED}
    assert await put(found, paid(LARGEST, MAX_DONATION - ROOM, at=NOW)) is Outcome.APPLIED
    return found


async def kept(redis: Redis) -> dict[bytes | str, bytes | None]:
    """All that is written, by key."""
    return {name: await redis.dump(name) for name in await redis.keys()}


async def test_at_the_most_one_fen_more_is_held_and_writes_nothing_and_counts_once_another_gift_went_back(
    ledger: Ledger, redis: Redis
) -> None:
    more = LARGEST + 1
    before = await kept(redis)
    assert await put(ledger, paid(more, ROOM + 1)) is Outcome.TOTALRANGE
    assert await kept(redis) == before

    assert await put(ledger, paid(more, ROOM)) is Outcome.APPLIED
    assert await balanced(redis) == (MAX_TOTAL, 0, more)
    assert await put(ledger, paid(more + 1, 1)) is Outcome.TOTALRANGE
    assert await balanced(redis) == (MAX_TOTAL, 0, more)

    assert await put(ledger, back(1, 1, 1)) is Outcome.APPLIED
    assert [await put(ledger, paid(more + 1, 1)) for _ in range(2)] == [Outcome.APPLIED, Outcome.KNOWN]
    assert await balanced(redis) == (MAX_TOTAL, 1, more + 1)

"""What may be missing in the ledger, as long as its server is another one than that on which all was known to be there."""

from datetime import timedelta
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from connectors.testing.fakes import FakeClock
from gateway.store import keys
from gateway.store.bus import Change, HealthChanged, parse
from gateway.store.connection import connect
from gateway.store.continuity import Continuity, Gap
from gateway.store.health import HealthBook
from schema.model.errors import LedgerUnavailable
from tests.gateway.acme import NOW

MINUTE = timedelta(minutes=1)
HEALTH = keys.health("lunch")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def continuity(redis: Redis, clock: FakeClock) -> Continuity:
    return Continuity(redis, clock)


async def closed(continuity: Continuity) -> str:
    """An account that is whole; gives the server."""
    server = (await continuity.look("lunch")).server
    assert await continuity.close("lunch", server)
    return server


async def restarted(redis: Redis) -> None:
    """As it looks when the server is another one by now."""
    await cast("Any", redis.hset(HEALTH, "whole_on", "a server that was"))


async def test_on_an_empty_ledger_anything_may_be_missing(redis: Redis, continuity: Continuity, clock: FakeClock) -> None:
    assert (await continuity.look("lunch")).gap == Gap(None, NOW)
    assert (await HealthBook(redis, clock).read("lunch")).is_behind


async def test_what_was_read_again_misses_nothing_and_each_look_marks_that(
    redis: Redis, continuity: Continuity, clock: FakeClock
) -> None:
    server = await closed(continuity)
    assert server == (await redis.info("server"))["run_id"]
    clock.turn(MINUTE)
    assert (await continuity.look("lunch")).gap is None
    assert not (await HealthBook(redis, clock).read("lunch")).is_behind
    await restarted(redis)
    clock.turn(MINUTE)
    assert (await continuity.look("lunch")).gap == Gap(NOW + MINUTE, NOW + 2 * MINUTE)


async def test_a_gap_stays_as_it_was_noticed_over_any_number_of_restarts(
    redis: Redis, continuity: Continuity, clock: FakeClock
) -> None:
    await closed(continuity)
    for _ in range(3):
        await restarted(redis)
        clock.turn(MINUTE)
        assert (await continuity.look("lunch")).gap == Gap(NOW, NOW + MINUTE)


async def test_it_is_not_closed_for_a_server_that_is_gone_meanwhile(redis: Redis, continuity: Continuity) -> None:
    await continuity.look("lunch")
    assert not await continuity.close("lunch", "a server that was")
    assert (await continuity.look("lunch")).gap is not None


async def test_every_process_is_told_when_it_begins_and_when_it_ends(redis: Redis, continuity: Continuity) -> None:
    async with redis.pubsub(ignore_subscribe_messages=True) as channel:
        await channel.subscribe(keys.CHANNEL)
        for _ in range(2):
            server = (await continuity.look("lunch")).server
        await continuity.close("lunch", server)
        await continuity.look("lunch")
        await redis.publish(keys.CHANNEL, "rates")
        told: list[Change | None] = []
        while len(told) < 3:
            if (message := await channel.get_message(timeout=5)) is not None:
                told.append(parse(message["data"]))
    assert told[:2] == [HealthChanged("lunch"), HealthChanged("lunch")]


async def test_a_ledger_that_does_not_answer_is_said_so(clock: FakeClock) -> None:
    nobody = Continuity(connect("redis://127.0.0.1:1"), clock)
    with pytest.raises(LedgerUnavailable):
        await nobody.look("lunch")
    with pytest.raises(LedgerUnavailable):
        await nobody.close("lunch", "x")

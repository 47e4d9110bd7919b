"""Reads that go out in one piece, each caller with its own answers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from gateway.store.together import BATCH, Together
from tests.gateway.counting import Counted, counted


@pytest.fixture
async def asked(redis: Redis, redis_url: str) -> AsyncIterator[Counted]:
    await redis.mset({f"k{number}": number for number in range(2 * BATCH)})
    async with counted(redis_url) as found:
        yield found


@pytest.fixture
def together(asked: Counted) -> Together:
    return Together(lambda: asked.redis)


async def test_whoever_asks_at_the_same_moment_shares_a_round_trip(asked: Counted, together: Together) -> None:
    answers = await asyncio.gather(*(together.answers([("GET", f"k{n}"), ("GET", f"k{n + 1}")]) for n in range(100)))
    assert answers == [[str(n).encode(), str(n + 1).encode()] for n in range(100)]
    assert asked.round_trips == 1
    await together.answers([("GET", "k1")])
    assert asked.round_trips == 2
    assert await together.answers([]) == []
    assert asked.round_trips == 2


async def test_equal_commands_are_sent_once(asked: Counted, together: Together, redis: Redis) -> None:
    before = (await redis.info("commandstats")).get("cmdstat_get", {"calls": 0})["calls"]
    answers = await asyncio.gather(*(together.answers([("GET", "k7")]) for _ in range(50)))
    assert answers == [[b"7"]] * 50
    assert (await redis.info("commandstats"))["cmdstat_get"]["calls"] - before == 1


@pytest.mark.parametrize(("number", "pieces"), [(BATCH, 1), (BATCH + 1, 2)])
async def test_more_than_a_piece_goes_out_one_after_the_other(
    asked: Counted, together: Together, number: int, pieces: int
) -> None:
    answers = await together.answers([("GET", f"k{n}") for n in range(number)])
    assert answers == [str(n).encode() for n in range(number)]
    assert asked.round_trips == pieces


async def test_an_error_reaches_whoever_caused_it(together: Together) -> None:
    answers = await asyncio.gather(
        together.answers([("GET", "k1")]), together.answers([("HGETALL", "k1")]), return_exceptions=True
    )
    assert answers[0] == [b"1"]
    assert isinstance(answers[1], ResponseError)


async def test_a_server_that_is_away_is_told_to_all() -> None:
    away = Redis.from_url("redis://127.0.0.1:1")
    together = Together(lambda: away)
    answers = await asyncio.gather(*(together.answers([("GET", f"k{n}")]) for n in range(3)), return_exceptions=True)
    assert all(isinstance(answer, RedisError) for answer in answers)
    await away.aclose()


async def test_whoever_has_gone_keeps_nobody_waiting(together: Together) -> None:
    gone = asyncio.create_task(together.answers([("GET", "k1")]))
    stays = asyncio.create_task(together.answers([("GET", "k2")]))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == [b"2"]
    assert gone.cancelled() or await asyncio.gather(gone, return_exceptions=True)

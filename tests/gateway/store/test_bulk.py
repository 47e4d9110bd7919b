"""Many commands in one piece, each answered by itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from gateway.store.bulk import in_bulk, in_pieces
from gateway.store.connection import TIMEOUT_SECONDS


@pytest.fixture(params=[in_bulk, in_pieces])
async def bulk(redis: Redis, redis_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Redis]:
    made: Redis = request.param(redis_url)
    yield made
    await made.aclose()


async def test_each_caller_gets_the_answer_to_its_own_command(bulk: Redis) -> None:
    async def turn(number: int) -> None:
        for step in range(20):
            await bulk.set(f"k{number}", f"{number} {step}")
            assert await bulk.get(f"k{number}") == f"{number} {step}".encode()

    await asyncio.gather(*(turn(number) for number in range(50)))


async def test_commands_that_wait_together_go_out_together(bulk: Redis, redis: Redis) -> None:
    await bulk.ping()
    before = (await redis.info("stats"))["total_commands_processed"]
    connections = (await redis.info("clients"))["connected_clients"]
    await asyncio.gather(*(bulk.incr("n") for _ in range(500)))
    assert (await redis.info("clients"))["connected_clients"] <= connections + 2
    assert (await redis.info("stats"))["total_commands_processed"] - before >= 500
    assert await redis.get("n") == b"500"


async def test_an_error_reaches_only_whoever_caused_it(bulk: Redis) -> None:
    await bulk.set("text", "x")
    answers = await asyncio.gather(bulk.set("a", 1), bulk.incr("text"), bulk.get("a"), return_exceptions=True)
    assert answers[0] is True
    assert isinstance(answers[1], ResponseError)
    assert answers[2] == b"1"


async def test_a_script_that_the_server_has_forgotten_is_loaded_again(bulk: Redis) -> None:
    script = bulk.register_script("return tonumber(ARGV[1]) + 1")
    assert await asyncio.gather(*(script(args=[number]) for number in range(20))) == list(range(1, 21))
    await bulk.script_flush()
    assert await asyncio.gather(*(script(args=[number]) for number in range(20))) == list(range(1, 21))


async def test_one_who_has_gone_keeps_nobody_waiting(bulk: Redis) -> None:
    async def ask() -> None:
        await bulk.set("a", 1)

    gone = asyncio.create_task(ask())
    await asyncio.sleep(0)
    gone.cancel()
    assert await bulk.set("b", 2) is True


async def test_of_one_who_has_gone_nothing_is_sent_any_more(bulk: Redis, redis: Redis) -> None:
    async def ask() -> None:
        await bulk.incr("n")

    gone = [asyncio.create_task(ask()) for _ in range(10)]
    await asyncio.sleep(0)  # all of them wait for their turn by now
    for task in gone:
        task.cancel()
    assert await bulk.get("n") is None
    assert await redis.get("n") is None


async def test_who_is_waited_for_has_no_patience() -> None:
    busy, patient = in_pieces("redis://127.0.0.1:9"), in_bulk("redis://127.0.0.1:9")
    assert busy.connection_pool.connection_kwargs["socket_timeout"] == TIMEOUT_SECONDS
    assert patient.connection_pool.connection_kwargs["socket_timeout"] > TIMEOUT_SECONDS


async def test_without_a_server_everybody_is_told() -> None:
    nowhere = in_bulk("unix:///nonexistent/redis.sock")
    answers = await asyncio.gather(*(nowhere.ping() for _ in range(10)), return_exceptions=True)
    assert all(isinstance(answer, RedisError | OSError) for answer in answers)
    await nowhere.aclose()

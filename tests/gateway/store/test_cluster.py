"""A client of a Redis Cluster keeps the promises of the client of one server."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from gateway.store import bus
from gateway.store.bulk import in_bulk
from gateway.store.cluster import cluster
from gateway.store.confirmed import NotConfirmed
from gateway.store.connection import connect, drop_idle, listener
from gateway.store.server import examine, run_ids, shortcomings
from schema.model.errors import StoreUnsuitable
from tests.end_to_end.configuration import free_port
from tests.end_to_end.waiting import until
from tests.faults.redis_cluster import SERVERS, SLOTS, address, clustered
from tests.faults.redis_server import RedisServer

PATIENCE = 20


@pytest.fixture
async def servers(tmp_path: Path, seed: int) -> AsyncIterator[list[RedisServer]]:
    async with clustered(tmp_path, random.Random(seed), cluster_node_timeout="2000") as made:
        yield made


def key_on(number: int, name: str = "k") -> str:
    """A key that lies on this one of the servers."""
    return next(key for key in (f"{name}{n}" for n in range(1_000)) if key_slot(key.encode()) * SERVERS // SLOTS == number)


async def patiently(redis: Redis, key: str) -> Any:
    """Reads until it is answered, through a pipeline as readers do."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with redis.pipeline(transaction=False) as pipe:
                    pipe.execute_command("GET", key)
                    return (await pipe.execute())[0]
            except (RedisError, OSError):
                await asyncio.sleep(0.05)


async def test_many_callers_share_few_connections_and_each_gets_its_own_answer(servers: list[RedisServer]) -> None:
    async with connect(address(servers)) as redis:

        async def turn(number: int) -> None:
            key = f"k{number}"
            await redis.set(key, number)
            async with redis.pipeline(transaction=False) as pipe:
                for other in (key, "none", key):
                    pipe.execute_command("GET", other)
                assert await pipe.execute() == [str(number).encode(), None, str(number).encode()]

        turns = [asyncio.create_task(turn(number)) for number in range(500)]
        for each in turns[::3]:
            asyncio.get_running_loop().call_later(random.random() / 5, each.cancel)
        ended = await asyncio.gather(*turns, return_exceptions=True)
        assert {type(each) for each in ended} <= {type(None), asyncio.CancelledError}
        assert await redis.get("k1") == b"1"
        for server in servers:
            async with server.client() as past:
                assert len(await past.client_list()) <= 33 + 8


async def test_a_cluster_is_fit_when_each_server_is(servers: list[RedisServer]) -> None:
    async with connect(address(servers[:1])) as redis:
        await examine(redis, "ledger_url")
        assert len((await run_ids(redis)).split()) == SERVERS
        await servers[2].command("CONFIG", "SET", "appendfsync", "everysec")
        [problem] = await shortcomings(redis, 0)
        assert "Set appendfsync always" in problem


async def test_one_server_of_it_by_an_address_of_one_server_is_refused(servers: list[RedisServer]) -> None:
    async with connect(servers[0].url) as redis:
        with pytest.raises(StoreUnsuitable, match=r"Begin the address with redis\+cluster://"):
            await examine(redis, "ledger_url")


async def test_where_none_answers_that_is_told() -> None:
    redis = connect("redis+cluster://127.0.0.1:1,127.0.0.1:2")
    with pytest.raises(StoreUnsuitable, match="no Redis server answers there"):
        await examine(redis, "ledger_url")
    with pytest.raises(RedisError):
        await redis.get("k")
    await redis.aclose()


async def test_where_no_cluster_answers_that_is_told(tmp_path: Path, seed: int) -> None:
    async with RedisServer(tmp_path / "alone", free_port(random.Random(seed))).running() as alone:
        redis = connect(address([alone]))
        with pytest.raises(StoreUnsuitable, match="no Redis server answers there"):
            await examine(redis, "ledger_url")
        await redis.aclose()


@pytest.mark.parametrize("replicas", [0, 1])
async def test_a_slot_that_has_moved_is_followed(servers: list[RedisServer], replicas: int) -> None:
    for server in servers:
        await server.command("CONFIG", "SET", "appendfsync", "always")
    key = key_on(0)
    async with connect(address(servers), replicas=replicas) as redis:
        assert await redis.get(key) is None
        there = await servers[1].command("CLUSTER", "MYID")
        for server in servers[::-1]:
            await server.command("CLUSTER", "SETSLOT", key_slot(key.encode()), "NODE", there.decode())
        if replicas:
            with pytest.raises(NotConfirmed):  # written there, and there is no replica
                await redis.set(key, "x")
        else:
            await redis.set(key, "x")
        async with servers[1].client() as past:
            assert await past.get(key) == b"x"


async def test_a_write_is_confirmed_by_replicas_of_the_server_that_has_its_key(
    servers: list[RedisServer], tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed + 1)
    bus_port = str(free_port(rng))
    replica = RedisServer(tmp_path / "replica", free_port(rng), cluster_enabled="yes", cluster_port=bus_port)
    async with replica.running(), asyncio.timeout(PATIENCE):
        await replica.command("CLUSTER", "MEET", "127.0.0.1", servers[0].port, servers[0].options["cluster-port"])
        first = (await servers[0].command("CLUSTER", "MYID")).decode()
        while True:
            try:
                await replica.command("CLUSTER", "REPLICATE", first)
                break
            except RedisError:  # it does not know that one yet
                await asyncio.sleep(0.05)
        for make in (connect, in_bulk):
            async with make(address(servers), replicas=1) as redis:
                while True:
                    try:
                        await redis.set(key_on(0), "x")
                        break
                    except NotConfirmed:
                        await asyncio.sleep(0.05)
                script = redis.register_script("return redis.call('SET', KEYS[1], ARGV[1])")
                assert await script([key_on(0, "s")], ["y"]) == b"OK"
                with pytest.raises(NotConfirmed, match="0 of 1"):
                    await script([key_on(1, "s")], ["y"])
                assert await redis.get(key_on(1, "s")) == b"y"


async def test_a_server_that_was_away_is_found_again_by_whoever_reads_and_listens(servers: list[RedisServer]) -> None:
    heard: list[bus.Change] = []
    readings = 0

    async def lost() -> None:
        nonlocal readings
        readings += 1

    async with connect(address(servers)) as redis, listener(address(servers)) as ears:
        hearing = asyncio.create_task(bus.listen(ears, heard.append, lost, lambda: None, ping_seconds=1))
        await until(lambda: readings == 1)
        await redis.set(key_on(0), "x")
        for number, server in enumerate(servers):
            await server.kill()
            with pytest.raises((RedisError, OSError)):
                await redis.get(key_on(number))
            await server.start()
            assert await patiently(redis, key_on(0)) == b"x"
            await drop_idle(redis)
        await until(lambda: readings > 1)
        async with asyncio.timeout(PATIENCE):
            while not heard:
                await redis.publish("changes", "rates")
                await asyncio.sleep(0.05)
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


async def test_its_connections_are_those_that_let_no_cancellation_get_lost(servers: list[RedisServer]) -> None:
    async with connect(address(servers)) as redis:
        await redis.get("k")
        many = cluster(redis)
        assert many is not None
        assert {node.connection_class.__name__ for node in many.get_nodes()} == {"_Tcp"}

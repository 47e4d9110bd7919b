"""What the ledger's server must be like: an unfit one stops the start, and one that became unfit is told."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.observe import Metrics
from gateway.store.connection import connect
from gateway.store.server import examine, shortcomings
from gateway.upkeep.suitability import Suitability
from schema.model.errors import StoreUnsuitable
from tests.end_to_end.configuration import free_port
from tests.faults.redis_server import RedisServer


async def test_a_durable_server_passes(redis_url: str) -> None:
    client = connect(redis_url)
    await examine(client, "ledger_url")
    await client.aclose()


async def test_a_server_that_is_not_there_is_named_by_its_setting() -> None:
    client = connect("redis://127.0.0.1:1")
    with pytest.raises(StoreUnsuitable, match=r"^ledger_url: no Redis server answers there \(ConnectionError\)"):
        await examine(client, "ledger_url")
    await client.aclose()


@pytest.mark.parametrize(
    ("setting", "wrong", "right", "said"),
    [
        ("maxmemory-policy", "allkeys-lru", "noeviction", r"evicts keys \(allkeys-lru\).*Set maxmemory-policy noeviction"),
        ("appendonly", "no", "yes", r"forgets on a restart\. Set appendonly yes"),
        ("appendfsync", "everysec", "always", r"before a write is on disk \(everysec\)\. Set appendfsync always"),
    ],
)
async def test_a_server_that_evicts_or_forgets_is_refused(
    redis: Redis, setting: str, wrong: str, right: str, said: str
) -> None:
    await redis.config_set(setting, wrong)
    try:
        with pytest.raises(StoreUnsuitable, match=f"cache_url: the server .*{said}"):
            await examine(redis, "cache_url")
    finally:
        await redis.config_set(setting, right)


async def test_everything_that_is_wrong_is_told_at_once(redis: Redis) -> None:
    await redis.config_set("maxmemory-policy", "volatile-ttl")
    await redis.config_set("appendfsync", "no")
    try:
        assert len(await shortcomings(redis, 0)) == 2
    finally:
        await redis.config_set("maxmemory-policy", "noeviction")
        await redis.config_set("appendfsync", "always")


async def test_with_replicas_a_server_that_takes_writes_without_them_is_refused(redis: Redis) -> None:
    assert await shortcomings(redis, 1) == [
        "the server takes writes that no replica could confirm (0). Set min-replicas-to-write 1."
    ]
    await redis.config_set("min-replicas-to-write", "1")
    try:
        assert await shortcomings(redis, 1) == []
        assert len(await shortcomings(redis, 2)) == 1
    finally:
        await redis.config_set("min-replicas-to-write", "0")


async def test_a_server_that_keeps_its_configuration_to_itself_is_believed(redis: Redis, redis_url: str) -> None:
    await redis.acl_setuser("guest", enabled=True, passwords=["+guest"], keys=["*"], categories=["+@all"], commands=["-config"])
    try:
        client = Redis.from_url(redis_url, username="guest", password="guest")
        await examine(client, "ledger_url", 1)
        await client.aclose()
    finally:
        await redis.acl_deluser("guest")


async def test_a_replica_is_no_ledger_until_it_is_promoted(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    primary = RedisServer(tmp_path / "primary", free_port(rng))
    async with primary.running():
        replica = RedisServer(tmp_path / "replica", free_port(rng), replicaof=f"127.0.0.1 {primary.port}")
        async with replica.running(), replica.client() as client:
            [problem] = await shortcomings(client, 0)
            assert "is a replica, which takes no writes" in problem
            await replica.command("REPLICAOF", "NO", "ONE")
            assert await shortcomings(client, 0) == []


@contextmanager
def saying(client: Redis, **words: Any) -> Iterator[None]:
    """The server says other things of itself."""
    asked = client.execute_command

    async def other(*args: Any, **options: Any) -> Any:
        answer = await asked(*args, **options)  # type: ignore[no-untyped-call]
        return answer | words if args[0] == "INFO" else answer

    client.execute_command = other  # type: ignore[method-assign]
    yield


@pytest.mark.parametrize(("version", "fits"), [("6.0.16", False), ("6.2.0", True), ("7.4.1", True), ("10.0.0", True)])
async def test_a_server_that_is_too_old_is_refused(version: str, *, fits: bool, redis: Redis) -> None:
    with saying(redis, redis_version=version):
        found = await shortcomings(redis, 0)
    assert found == ([] if fits else ["the server is older than Redis 6.2."])


async def test_one_server_of_a_cluster_is_no_ledger(redis: Redis) -> None:
    with saying(redis, cluster_enabled=1):
        [problem] = await shortcomings(redis, 0)
    assert "Begin the address with redis+cluster://" in problem


async def test_a_server_that_became_unfit_is_told_until_it_is_fit_again(redis: Redis) -> None:
    metrics, slept = Metrics(), list[timedelta]()
    suitability = Suitability(redis, 0, metrics)
    seen: list[list[str]] = []
    steps = iter(["everysec", "always"])

    async def sleep(duration: timedelta) -> None:
        slept.append(duration)
        seen.append(suitability.problems)
        setting = next(steps, None)
        if setting is None:
            raise InterruptedError
        await redis.config_set("appendfsync", setting)

    with pytest.raises(InterruptedError):
        await suitability.run(sleep)
    assert [len(problems) for problems in seen] == [0, 1, 0]
    assert slept == [timedelta(seconds=10)] * 3


async def test_of_a_server_that_is_away_nothing_new_is_known() -> None:
    client = connect("redis://127.0.0.1:1")
    suitability = Suitability(client, 0, Metrics())
    suitability.problems = ["as before"]
    await suitability.look()
    assert suitability.problems == ["as before"]
    await client.aclose()

"""The gateway's user of ``deploy/redis/users.acl`` may do what the gateway does, and nothing else."""

import random
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError

from gateway.store import confirmed
from gateway.store.connection import connect, listener
from tests.end_to_end.configuration import free_port
from tests.faults.redis_cluster import address, clustered
from tests.faults.redis_server import RedisServer
from tests.faults.users import GATEWAY, OPERATOR, SHIPPED, filled_in
from tests.gateway.store.life import live
from tests.gateway.store.test_slots import every_key

SELDOM = {"auth", "select", "asking", "unsubscribe", "zpopmin"}
"""Asked for with an older server, a database of one's own, while slots move, and with over 10,000 listed donations."""
OF_A_CLUSTER = {"cluster|slots", "command"}
GATEWAYS = next(line for line in SHIPPED.read_text("utf-8").splitlines() if line.startswith("user gateway "))
COMMANDS = set(re.findall(r"\+(\S+)", GATEWAYS))
PATTERNS = re.findall(r"~(\S+)", GATEWAYS)


async def refusals(server: RedisServer) -> list[Any]:
    """What it has refused to anybody."""
    async with server.client() as redis:
        return [{"who": each["username"], "what": each["object"]} for each in await redis.acl_log()]


@pytest.fixture
async def server(tmp_path: Path, seed: int) -> AsyncIterator[RedisServer]:
    """One with the users of the file."""
    made = RedisServer(tmp_path / "redis", free_port(random.Random(seed)), login=OPERATOR, **filled_in(tmp_path))
    async with made.running():
        yield made


@pytest.fixture
async def gateways(server: RedisServer) -> AsyncIterator[Redis]:
    """The gateway's client of it."""
    async with connect(f"redis://{GATEWAY}@127.0.0.1:{server.port}") as redis:
        yield redis


async def test_the_file_opens_nothing_before_passwords_are_in_it(tmp_path: Path, seed: int) -> None:
    unfilled = RedisServer(tmp_path / "redis", free_port(random.Random(seed)), aclfile=str(SHIPPED))
    with pytest.raises(AssertionError, match="the server ended at once with 1"):
        await unfilled.start()


async def test_a_whole_life_is_refused_nothing_and_needs_every_command(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmed, "CONFIRMED_WITHIN_MILLISECONDS", 10_000)  # how slow a disk is, is not looked for here
    rng, options = random.Random(seed), filled_in(tmp_path)
    primary = RedisServer(tmp_path / "primary", free_port(rng), login=OPERATOR, repl_diskless_sync_delay="0", **options)
    async with primary.running():
        follows = f"127.0.0.1 {primary.port}"
        replica = RedisServer(tmp_path / "replica", free_port(rng), login=OPERATOR, replicaof=follows, **options)
        async with replica.running(), primary.client() as operator:
            while not await operator.set("confirm:{0}", 1) or not await operator.wait(1, 100):
                pass
            await operator.config_resetstat()
            url = f"redis://{GATEWAY}@127.0.0.1:{primary.port}"
            async with connect(url, replicas=1) as redis, listener(url) as ears:
                await live(redis, ears)
            used = {name.removeprefix("cmdstat_") for name in await operator.info("commandstats")}
        assert await refusals(primary) == []
    assert COMMANDS - used == SELDOM | OF_A_CLUSTER


async def test_a_whole_life_in_a_cluster_is_refused_nothing_and_needs_one_slot_each_time(tmp_path: Path, seed: int) -> None:
    async with clustered(tmp_path, random.Random(seed), login=OPERATOR, **filled_in(tmp_path)) as servers:
        url = address(servers, GATEWAY)
        async with connect(url) as redis, listener(url) as ears:
            await live(redis, ears)
        used = {name.removeprefix("cmdstat_") for each in servers for name in await each.command("INFO", "commandstats")}
        assert [await refusals(each) for each in servers] == [[], [], []]
    assert used >= OF_A_CLUSTER


@pytest.mark.parametrize(
    "words",
    [
        *("KEYS *", "FLUSHALL", "SCRIPT FLUSH", "ACL LIST", "SHUTDOWN NOSAVE", "MONITOR", "CLIENT LIST"),
        *(
            "CONFIG SET appendfsync no",
            "REPLICAOF NO ONE",
            "MODULE LIST",
            "FUNCTION LIST",
            "CLUSTER RESET",
            "RENAME zone rates",
        ),
        *("INCRBY zone 5", "GET foreign", "SET foreign 1", "HGET place wechat_pay", "PUBLISH foreign x", "DEL tot"),
    ],
)
async def test_what_is_foreign_is_refused(gateways: Redis, words: str) -> None:
    with pytest.raises(NoPermissionError):
        await gateways.execute_command(*words.split())  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("call", ["'GET', 'foreign'", "'FLUSHALL'", "'INCRBY', 'zone', 5", "'PUBLISH', 'foreign', 'x'"])
async def test_within_a_script_it_is_refused_as_well(gateways: Redis, call: str) -> None:
    with pytest.raises(ResponseError, match=r"(?i)permission|can't run|cannot|not allowed"):
        await gateways.eval(f"return redis.call({call})", 0)


async def test_nobody_comes_in_without_a_name(server: RedisServer) -> None:
    async with Redis.from_url(f"redis://127.0.0.1:{server.port}") as redis:
        with pytest.raises(AuthenticationError):
            await redis.ping()


def test_every_key_that_the_code_can_build_is_allowed_and_no_other_kind() -> None:
    fitting = {pattern: re.compile(re.escape(pattern).replace(r"\*", ".*")) for pattern in PATTERNS}
    names = every_key()
    assert [name for name in names if not any(each.fullmatch(name) for each in fitting.values())] == []
    assert [pattern for pattern, each in fitting.items() if not any(each.fullmatch(name) for name in names)] == []

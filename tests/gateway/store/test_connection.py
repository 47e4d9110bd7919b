"""Clients of the ledger: nothing is tried twice behind our back, and an unfit server stops the start."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.store.connection import connect, examine, listener
from schema.model.errors import StoreUnsuitable


class Counting:
    """A server that hears commands, counts connections and drops each at its first byte."""

    def __init__(self) -> None:
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client."""
        self.connections += 1
        await reader.read(1)
        writer.close()


@asynccontextmanager
async def dropping() -> AsyncIterator[tuple[Counting, str]]:
    """Such a server with its address."""
    counting = Counting()
    server = await asyncio.start_server(counting.serve, "127.0.0.1", 0)
    async with server:
        yield counting, f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("make", [connect, listener])
async def test_a_command_whose_answer_is_lost_is_not_sent_again(make: Callable[[str], Redis]) -> None:
    async with dropping() as (counting, url):
        client = make(url)
        with pytest.raises(RedisError):
            await client.incrby("money", 5)
        await client.aclose()
    assert counting.connections == 1


async def test_many_callers_share_few_connections(redis_url: str, redis: Redis) -> None:
    client = connect(redis_url)
    before = len(await redis.client_list())
    assert await asyncio.gather(*(client.incr("n") for _ in range(500)))
    assert await client.get("n") == b"500"
    assert len(await redis.client_list()) - before <= 32
    await client.aclose()


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
        ("maxmemory-policy", "allkeys-lru", "noeviction", r"evicts keys \(allkeys-lru\).*Set noeviction"),
        ("appendonly", "no", "yes", "forgets on a restart. Set appendonly yes"),
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


async def test_a_server_that_keeps_its_configuration_to_itself_is_believed(redis: Redis, redis_url: str) -> None:
    await redis.acl_setuser("guest", enabled=True, passwords=["+guest"], keys=["*"], categories=["+@all"], commands=["-config"])
    try:
        client = Redis.from_url(redis_url, username="guest", password="guest")
        await examine(client, "ledger_url")
        await client.aclose()
    finally:
        await redis.acl_deluser("guest")


class Old(Redis):
    """A server of another day."""

    version = "6.0.16"

    async def info(self, section: str | None = None, *args: object, **kwargs: object) -> dict[str, str]:
        """Its version."""
        return {"redis_version": self.version}


@pytest.mark.parametrize(("version", "fits"), [("6.0.16", False), ("6.2.0", True), ("7.4.1", True), ("10.0.0", True)])
async def test_a_server_that_is_too_old_is_refused(version: str, *, fits: bool, redis_url: str) -> None:
    client: Redis = Old.from_url(redis_url)
    assert isinstance(client, Old)
    client.version = version
    try:
        if fits:
            await examine(client, "ledger_url")
        else:
            with pytest.raises(StoreUnsuitable, match=r"older than Redis 6\.2"):
                await examine(client, "ledger_url")
    finally:
        await client.aclose()

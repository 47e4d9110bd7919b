"""With replicas nothing is answered before they have it: not the write, not its repetition, on whichever connection."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from connectors.contract import Delivery
from connectors.http import Headers
from connectors.testing.fakes import FakeClock
from gateway.intake.placement import Placed, Placements
from gateway.intake.quarantine import Quarantine
from gateway.store.bulk import in_bulk
from gateway.store.cache import Cache
from gateway.store.confirmed import NotConfirmed
from gateway.store.connection import connect
from gateway.store.erased import Erased
from gateway.store.ledger import Ledger
from gateway.store.seal import Sealer, new_data_key
from schema.model.errors import LedgerUnavailable, TryLater
from schema.model.ids import CampaignId
from schema.model.total import Basis
from tests.end_to_end.configuration import free_port
from tests.faults.link import Link
from tests.faults.redis_server import RedisServer

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CAMPAIGN = CampaignId("twitch", "reef")
WHO = b"e" * 16


@dataclass
class Pair:
    """A primary and its replica, with the line between them."""

    primary: RedisServer
    replica: RedisServer
    line: Link


@pytest.fixture
async def pair(tmp_path: Path, seed: int) -> AsyncIterator[Pair]:
    rng = random.Random(seed)
    primary = RedisServer(tmp_path / "primary", free_port(rng), repl_diskless_sync_delay="0")
    async with primary.running(), Link(primary.port, rng).open() as line:
        replica = RedisServer(tmp_path / "replica", free_port(rng), replicaof=f"127.0.0.1 {line.near}")
        async with replica.running():
            await confirming(primary)
            yield Pair(primary, replica, line)


async def confirming(primary: RedisServer) -> None:
    """Returns once its replica follows: right after it came that takes a second or two."""
    async with asyncio.timeout(20), primary.client() as redis:
        while True:
            await redis.set("warm", "up")
            if await redis.wait(1, 100):
                return


@asynccontextmanager
async def client(pair: Pair, make: Callable[..., Redis]) -> AsyncIterator[Redis]:
    """A client of the primary that asks for one confirmation."""
    made = make(pair.primary.url, replicas=1)
    async with aclosing(made):
        yield made


@pytest.mark.parametrize("make", [connect, in_bulk])
async def test_what_a_replica_has_is_answered(pair: Pair, make: Callable[..., Redis]) -> None:
    async with client(pair, make) as redis:
        answers = await asyncio.gather(*(redis.incr("n") for _ in range(50)))
        assert sorted(answers) == list(range(1, 51))


@pytest.mark.parametrize("make", [connect, in_bulk])
async def test_what_no_replica_has_is_not_answered_nor_is_its_repetition(pair: Pair, make: Callable[..., Redis]) -> None:
    async with client(pair, make) as redis:
        await redis.get("n")
        pair.line.black_hole = True
        for _ in range(3):
            with pytest.raises(NotConfirmed, match="0 of 1 replicas"):
                await redis.setnx("n", 1)  # from the second time on it writes nothing


async def test_a_repetition_on_another_connection_is_not_answered_either(pair: Pair) -> None:
    async with client(pair, connect) as redis, client(pair, connect) as other:
        pair.line.black_hole = True
        with pytest.raises(NotConfirmed):
            await redis.setnx("n", 1)
        with pytest.raises(NotConfirmed):
            await other.setnx("n", 1)


@pytest.mark.parametrize("make", [connect, in_bulk])
async def test_reading_needs_no_replica(pair: Pair, make: Callable[..., Redis]) -> None:
    async with client(pair, make) as redis:
        await redis.set("n", 1)
        pair.line.black_hole = True
        assert await redis.get("n") == b"1"
        assert await redis.ping()


async def test_a_piece_is_answered_in_its_parts(pair: Pair) -> None:
    async with client(pair, in_bulk) as redis:
        await redis.set("text", "x")
        pair.line.black_hole = True
        answers = await asyncio.gather(redis.set("a", 1), redis.incr("text"), redis.get("text"), return_exceptions=True)
        assert isinstance(answers[0], NotConfirmed)
        assert isinstance(answers[1], RedisError)
        assert not isinstance(answers[1], NotConfirmed)
        assert answers[2] == b"x"


async def test_a_server_that_refuses_writes_without_replicas_has_written_nothing(pair: Pair) -> None:
    await pair.primary.command("CONFIG", "SET", "min-replicas-to-write", "2")
    async with client(pair, connect) as redis:
        with pytest.raises(LedgerUnavailable):
            await Ledger(redis, FakeClock(NOW), "UTC").open(CAMPAIGN, Basis.COUNTED, "EUR")
    async with pair.primary.client() as past:
        assert await past.keys("tot:*") == []


def durable_writes(redis: Redis) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Whatever stands between a delivery and its 2xx."""
    sealer = Sealer(new_data_key())
    ledger, quarantine = Ledger(redis, FakeClock(NOW), "UTC"), Quarantine(redis, sealer, FakeClock(NOW))
    delivery = Delivery("POST", "", Headers({}), b"{}", NOW)
    return {
        "the ledger": lambda: ledger.open(CAMPAIGN, Basis.COUNTED, "EUR"),
        "a placement": lambda: Placements(redis).keep("twitch", WHO, Placed(CAMPAIGN)),
        "quarantine": lambda: quarantine.hold("reef", delivery, "unplaced"),
        "an erasure": lambda: Erased(redis).remember("twitch", [WHO]),
        "a token": lambda: Cache(redis).tokens("reef", sealer).save("app", b"token"),
    }


@pytest.mark.parametrize("what", durable_writes(Redis()))
async def test_all_that_must_last_waits_for_the_replica(pair: Pair, what: str) -> None:
    async with client(pair, connect) as redis:
        await durable_writes(redis)[what]()
        pair.line.black_hole = True
        await pair.primary.command("SET", "moved", "on")
        for _ in range(2):
            with pytest.raises(TryLater) as caught:
                await durable_writes(redis)[what]()
            assert isinstance(caught.value.__cause__, NotConfirmed)

"""One owner of a job at a time, whoever of the equal processes it is. On a real Redis."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.store import keys
from gateway.store.cache import Cache
from gateway.store.connection import connect
from gateway.upkeep.lease import owning
from schema.model.errors import TryLater
from tests.gateway.world import PATIENCE

JOB = "upkeep:lunch"
LASTS, RENEWED_EVERY = timedelta(milliseconds=400), timedelta(milliseconds=40)
LONG = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Watched(Cache):
    """Remembers what was asked of it; while ``down`` holds anything, renewing gets no answer."""

    asked: list[bool] = field(default_factory=list)
    renewed: list[bool] = field(default_factory=list)
    down: list[bool] = field(default_factory=list)

    async def lease(self, name: str, holder: str, ttl: timedelta) -> bool:
        """As it is, and noted."""
        self.asked.append(await Cache.lease(self, name, holder, ttl))
        return self.asked[-1]

    async def renew(self, name: str, holder: str, ttl: timedelta) -> bool:
        """As it is, and noted."""
        if self.down:
            raise TryLater("the server went away")
        self.renewed.append(await Cache.renew(self, name, holder, ttl))
        return self.renewed[-1]


class Work:
    """Goes on until it is stopped."""

    def __init__(self) -> None:
        self.began = 0
        self.stopped = 0

    @property
    def going_on(self) -> int:
        """How many times it is being done now."""
        return self.began - self.stopped

    async def __call__(self) -> None:
        """Does it."""
        self.began += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped += 1


async def until(holds: Callable[[], bool]) -> None:
    """Waits for something that comes by itself."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def process(
    cache: Cache, work: Callable[[], Awaitable[None]], *, lasts: timedelta = LASTS, renewed_every: timedelta = RENEWED_EVERY
) -> AsyncIterator[asyncio.Task[None]]:
    """One of the equal processes."""
    task = asyncio.create_task(owning(cache, JOB, work, lasts=lasts, renewed_every=renewed_every))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def holder(client: Redis) -> object:
    """Who has the lease."""
    return await client.get(keys.lease(JOB))


async def test_of_two_processes_one_works_also_when_its_first_lease_is_long_over(client: Redis) -> None:
    first, second, late = Work(), Work(), Watched(client)
    async with process(Cache(client), first):
        await until(lambda: first.going_on == 1)
        async with process(late, second):
            began = asyncio.get_running_loop().time()
            await until(lambda: asyncio.get_running_loop().time() > began + 2 * LASTS.total_seconds())
            assert len(late.asked) > 5
            assert not any(late.asked)
    assert (first.began, second.began) == (1, 0)


async def test_of_two_processes_that_begin_together_one_works(client: Redis) -> None:
    works, caches = [Work(), Work()], [Watched(client), Watched(client)]
    async with process(caches[0], works[0]), process(caches[1], works[1]):
        await until(lambda: all(len(cache.asked) + len(cache.renewed) > 3 for cache in caches))
        assert sorted(work.began for work in works) == [0, 1]


async def test_who_leaves_hands_over_at_once(client: Redis) -> None:
    first, second = Work(), Work()
    async with process(Cache(client), first, lasts=LONG):
        await until(lambda: first.going_on == 1)
    assert first.stopped == 1
    async with process(Cache(client), second, lasts=LONG):
        await until(lambda: second.going_on == 1)


async def test_the_lease_of_a_dead_process_is_taken_over_when_it_has_expired(client: Redis) -> None:
    work, cache = Work(), Watched(client)
    assert await Cache(client).lease(JOB, "dead", LASTS)
    async with process(cache, work):
        await until(lambda: work.going_on == 1)
    assert cache.asked[0] is False


async def test_a_lost_lease_stops_the_work_and_is_left_to_its_new_holder(client: Redis) -> None:
    work = Work()
    with capture_logs() as logs:
        async with process(Cache(client), work):
            await until(lambda: work.going_on == 1)
            await client.set(keys.lease(JOB), "other", px=LONG)
            await until(lambda: work.stopped == 1)
        assert await holder(client) == b"other"
    assert [line["event"] for line in logs] == ["lease.lost"]
    assert work.began == 1


async def test_work_that_ends_gives_the_lease_back(client: Redis) -> None:
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    async with process(Cache(client), work, lasts=LONG, renewed_every=LONG):
        await asyncio.wait_for(done.wait(), PATIENCE)
        async with asyncio.timeout(PATIENCE):
            while not await Cache(client).lease(JOB, "other", LONG):
                await asyncio.sleep(0.005)


async def test_work_that_fails_is_told_and_gives_the_lease_back(client: Redis) -> None:
    async def work() -> None:
        raise ValueError("a fault")

    async with process(Cache(client), work, lasts=LONG) as task:
        with pytest.raises(ValueError, match="a fault"):
            await asyncio.wait_for(task, PATIENCE)
    assert await holder(client) is None


async def test_without_a_server_nobody_works_and_it_is_said_and_tried_again() -> None:
    work = Work()
    with socket.socket() as unheard:  # bound and not listening, so that it refuses
        unheard.bind(("127.0.0.1", 0))
        client = connect(f"redis://127.0.0.1:{unheard.getsockname()[1]}")
        with capture_logs() as logs:
            async with process(Cache(client), work) as task:
                await until(lambda: len(logs) >= 3)
                assert not task.done()
        await client.aclose()
    assert {(line["event"], line["lease"]) for line in logs} == {("lease.unreachable", JOB)}
    assert work.began == 0


async def test_a_server_that_goes_away_stops_the_work_until_it_is_back(client: Redis) -> None:
    work, cache = Work(), Watched(client)
    with capture_logs() as logs:
        async with process(cache, work):
            await until(lambda: work.going_on == 1)
            cache.down.append(True)
            await until(lambda: work.stopped == 1)
            cache.down.clear()
            await until(lambda: work.going_on == 1)
    assert "lease.unreachable" in {line["event"] for line in logs}

"""Jobs beside the abilities of accounts: each at its own interval, by the clock it was given, and sooner after a failure."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.read.directory import LISTENING_EVERY
from gateway.store.cache import Cache
from gateway.upkeep.feeds import Feeds
from gateway.upkeep.upkeep import Job, Upkeep
from schema.model.errors import UpstreamUnavailable
from schema.model.facts import Fact, FeedStarted
from tests.gateway.acme import Acme, Listening
from tests.gateway.world import PATIENCE, World

TWO = {"accounts": {"lunch": {"connector": "acme"}, "tea": {"connector": "acme"}}}
HOUR = timedelta(hours=1)
SOON = timedelta(seconds=3)


class Turnstile:
    """A clock on which time passes when a test says so. Remembers who wants to wait for how long."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[timedelta] = asyncio.Queue()
        self.may = asyncio.Semaphore(0)

    async def sleep(self, duration: timedelta) -> None:
        """Until the test lets it pass."""
        self.asked.put_nowait(duration)
        await self.may.acquire()

    async def wanted(self) -> timedelta:
        """The next one who wants to wait."""
        return await asyncio.wait_for(self.asked.get(), PATIENCE)


class Work:
    """Counts how often it was done, and fails in its turn."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.done = 0

    async def __call__(self) -> None:
        """One time."""
        self.done += 1
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome


class Quiet:
    """A network without any ability."""


@asynccontextmanager
async def kept(world: World, clock: Turnstile, jobs: Sequence[Job]) -> AsyncIterator[None]:
    """While the work is done."""
    upkeep = Upkeep(
        world.current,
        world.ingest,
        world.webhooks(),
        world.quarantine,
        world.book,
        Cache(world.redis),
        world.metrics,
        jobs=lambda _: jobs,
        after_failure=SOON,
        sleep=clock.sleep,
    )
    task = asyncio.create_task(upkeep.run())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_job_is_done_at_once_and_then_at_its_interval_by_the_clock_it_was_given(client: Redis) -> None:
    work, clock = Work(), Turnstile()
    async with kept(World(client, Quiet()), clock, [Job("lunch", "posts", HOUR, work)]):
        assert (await clock.wanted(), work.done) == (HOUR, 1)
        clock.may.release()
        assert (await clock.wanted(), work.done) == (HOUR, 2)


@pytest.mark.parametrize(
    ("error", "outcome"), [(UpstreamUnavailable("silent"), "upstream_unavailable"), (KeyError("a fault"), "fault")]
)
async def test_a_job_that_failed_is_tried_again_sooner_and_then_keeps_its_pace(
    client: Redis, error: Exception, outcome: str
) -> None:
    world, work, clock = World(client, Quiet()), Work(error), Turnstile()
    async with kept(world, clock, [Job("lunch", "posts", HOUR, work)]):
        assert await clock.wanted() == SOON
        assert world.counted("giving_jobs_total", account="lunch", job="posts", outcome=outcome) == 1
        clock.may.release()
        assert await clock.wanted() == HOUR
        assert world.counted("giving_jobs_total", account="lunch", job="posts", outcome="done") == 1


async def test_a_job_that_is_done_often_is_not_slowed_down_by_a_failure(client: Redis) -> None:
    often, clock = timedelta(seconds=1), Turnstile()
    async with kept(World(client, Quiet()), clock, [Job("lunch", "posts", often, Work(KeyError("a fault")))]):
        assert await clock.wanted() == often


async def test_jobs_are_their_accounts_and_disturb_no_other(client: Redis) -> None:
    one, other, nobodys, clock = Work(KeyError("a fault")), Work(), Work(), Turnstile()
    jobs = [
        Job("lunch", "posts", HOUR, one),
        Job("tea", "bills", 2 * HOUR, other),
        Job("dinner", "posts", HOUR, nobodys),
    ]
    async with kept(World(client, Quiet(), Quiet(), values=TWO), clock, jobs):
        assert {await clock.wanted(), await clock.wanted()} == {SOON, 2 * HOUR}
        assert (one.done, other.done, nobodys.done) == (1, 1, 0)


async def test_of_equal_processes_one_does_the_job(client: Redis) -> None:
    work, clock = Work(), Turnstile()
    jobs = [Job("lunch", "posts", HOUR, work)]
    async with kept(World(client, Quiet()), clock, jobs):
        await clock.wanted()
        async with kept(World(client, Quiet()), clock, jobs):
            clock.may.release()
            assert await clock.wanted() == HOUR
            assert work.done == 2
            assert clock.asked.empty()


async def test_what_waits_in_quarantine_is_tried_by_the_same_clock(client: Redis) -> None:
    clock = Turnstile()
    async with kept(World(client, Acme()), clock, []):
        assert await clock.wanted() == timedelta(seconds=30)


async def test_a_line_on_which_nothing_comes_is_confirmed_by_the_same_clock(client: Redis) -> None:
    class Silent(Listening):
        """Ready, and then nothing."""

        async def listen(self, campaigns: Sequence[str]) -> AsyncIterator[Fact]:  # type: ignore[override]
            """As it says."""
            yield FeedStarted()
            await asyncio.Event().wait()

    clock = Turnstile()
    world = World(client, Silent())
    task = asyncio.create_task(Feeds(world.account, world.ingest, None, world.webhooks().hold, sleep=clock.sleep).listen())
    try:
        assert await clock.wanted() == LISTENING_EVERY
        world.clock.turn(LISTENING_EVERY)
        clock.may.release()
        await clock.wanted()
        assert (await world.book.read("lunch")).feed_ok_at == world.clock.now()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_jobs_that_another_configuration_brings_begin_and_those_that_it_keeps_go_on(client: Redis) -> None:
    world, clock, new = World(client, Quiet()), Turnstile(), Work()
    kept_on, gone = Work(), Work()
    wanted = [Job("lunch", "posts", HOUR, kept_on), Job("lunch", "bills", HOUR, gone)]
    async with kept(world, clock, wanted):
        assert [await clock.wanted() for _ in wanted] == [HOUR, HOUR]
        wanted[:] = [Job("lunch", "posts", HOUR, Work(KeyError("it is not begun"))), Job("lunch", "notes", 2 * HOUR, new)]
        world.current.become(world.reading())
        assert await clock.wanted() == 2 * HOUR
        clock.may.release()
        clock.may.release()
        assert {await clock.wanted(), await clock.wanted()} == {HOUR, 2 * HOUR}
        assert (kept_on.done, gone.done, new.done) == (2, 1, 2)

"""What networks push keeps coming, and while it does not, that is said."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.store.connection import connect
from gateway.upkeep.feeds import LONGEST_PAUSE, STEADY, Feeds, pause
from schema.model.errors import CredentialsRefused, LedgerUnavailable, UpstreamUnavailable
from schema.model.facts import Fact, FeedStarted, FeedStopped
from tests.gateway.acme import Pushing, given
from tests.gateway.world import PATIENCE, World

CALLBACK = "https://giving.example/webhooks/acme/lunch"


class Keeping:
    """Is asked to send. ``outcome`` is raised."""

    def __init__(self) -> None:
        self.outcome: Exception | None = None
        self.asked: list[tuple[Sequence[str], str]] = []

    async def keep_feed(self, campaigns: Sequence[str], callback: str) -> None:
        """What the test said."""
        self.asked.append((campaigns, callback))
        if self.outcome is not None:
            raise self.outcome


class Holding:
    """Plays one script a connection, to its error or its end; the last one stays open and silent after that."""

    def __init__(self, *scripts: Sequence[Fact | Exception]) -> None:
        self.scripts = list(scripts)
        self.silent = asyncio.Event()
        self.opened = 0
        self.closed = 0

    async def listen(self, campaigns: Sequence[str]) -> AsyncGenerator[Fact, None]:
        """What the test said."""
        self.opened += 1
        try:
            for fact in self.scripts.pop(0):
                if isinstance(fact, Exception):
                    raise fact
                yield fact
            if not self.scripts:
                self.silent.set()
                await asyncio.Event().wait()
        finally:
            self.closed += 1


class Pauses:
    """No time passes. Remembers after how many failures it was asked for."""

    def __init__(self) -> None:
        self.failures: list[int] = []

    def __call__(self, failures: int) -> float:
        """None at all."""
        self.failures.append(failures)
        return 0.0


@asynccontextmanager
async def held(world: World, network: Holding, pauses: Pauses, steady: timedelta = STEADY) -> AsyncIterator[None]:
    """Listens, from the moment on at which the last script has been played."""
    task = asyncio.create_task(
        Feeds(world.account, world.ingest, None, world.webhooks().hold, pause=pauses, steady=steady).listen()
    )
    try:
        await asyncio.wait_for(network.silent.wait(), PATIENCE)
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def stopped(world: World) -> str | None:
    """Why the feed is not healthy; what is counted agrees with what is written."""
    noted = (await world.book.read("lunch")).feed_stopped
    assert world.counted("giving_feed_stopped", account="lunch") == (noted is not None)
    return noted


# subscriptions at the network


async def test_without_a_public_address_nothing_is_asked_and_that_is_the_reason(client: Redis) -> None:
    network = Keeping()
    world = World(client, network)
    await Feeds(world.account, world.ingest, None, world.webhooks().hold).keep()
    assert await stopped(world) == "no_public_url"
    assert network.asked == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (UpstreamUnavailable("the network is silent"), "upstream_unavailable"),
        (CredentialsRefused("no"), "credentials_refused"),
        (KeyError("a fault"), "fault"),
    ],
)
async def test_a_failure_stops_the_feed_by_its_name_and_a_success_clears_it(
    client: Redis, error: Exception, reason: str
) -> None:
    network = Keeping()
    world = World(client, network)
    feeds = Feeds(world.account, world.ingest, CALLBACK, world.webhooks().hold)
    network.outcome = error
    with pytest.raises(type(error)):
        await feeds.keep()
    assert await stopped(world) == reason
    network.outcome = None
    await feeds.keep()
    assert await stopped(world) is None
    assert network.asked == [([], CALLBACK)] * 2


async def test_a_network_without_feeds_has_none_to_keep(client: Redis) -> None:
    world = World(client, Pushing())
    feeds = Feeds(world.account, world.ingest, None, world.webhooks().hold)
    await feeds.keep()
    await feeds.listen()
    assert await stopped(world) is None


# a connection that we hold


async def test_a_connection_that_is_ready_makes_the_feed_healthy_and_its_facts_count(client: Redis) -> None:
    network = Holding([FeedStarted(), given(1, 400)])
    world = World(client, network)
    await world.book.feed("lunch", "connecting")
    async with held(world, network, Pauses()):
        assert await stopped(world) is None
        assert await world.raised() == 400


async def test_an_error_stops_the_feed_and_it_comes_back(client: Redis) -> None:
    network = Holding([FeedStarted(), UpstreamUnavailable("cut")], [])
    world = World(client, network)
    async with held(world, network, Pauses()):
        assert await stopped(world) == "upstream_unavailable"
    again = Holding([FeedStarted(), UpstreamUnavailable("cut")], [FeedStarted(), given(1, 400)])
    world = World(client, again)
    async with held(world, again, Pauses()):
        assert await stopped(world) is None
        assert await world.raised() == 400
    assert again.opened == 2


async def test_what_the_network_itself_says_of_its_feed_is_kept(client: Redis) -> None:
    network = Holding([FeedStarted(), FeedStopped("authorization_revoked")])
    world = World(client, network)
    async with held(world, network, Pauses()):
        assert await stopped(world) == "authorization_revoked"


async def test_pauses_grow_while_the_line_breaks_soon_whatever_it_says_before(client: Redis) -> None:
    error = UpstreamUnavailable("cut")
    network = Holding([error], [error], [error], [FeedStarted(), error], [error], [FeedStarted()])
    pauses = Pauses()
    async with held(World(client, network), network, pauses):
        assert pauses.failures == [1, 2, 3, 4, 5]


async def test_after_a_line_that_held_pauses_are_short_again(client: Redis) -> None:
    error = UpstreamUnavailable("cut")
    network = Holding([error], [error], [FeedStarted()])
    pauses = Pauses()
    async with held(World(client, network), network, pauses, steady=timedelta(0)):
        assert pauses.failures == [1, 1]


def test_a_pause_is_never_none_nor_longer_than_a_minute() -> None:
    for failures in (1, 2, 5, 6, 5_000):
        assert all(0.5 <= pause(failures) <= LONGEST_PAUSE.total_seconds() for _ in range(100))
    assert max(pause(1) for _ in range(100)) <= 2


async def test_a_fault_stops_the_feed_and_is_told(client: Redis) -> None:
    network = Holding([FeedStarted(), KeyError("a fault")])
    world = World(client, network)
    with pytest.raises(KeyError):
        await Feeds(world.account, world.ingest, None, world.webhooks().hold, pause=Pauses()).listen()
    assert await stopped(world) == "fault"


async def test_who_stops_listening_closes_the_connection_before_that_ends(client: Redis) -> None:
    network = Holding([FeedStarted(), given(1, 400)])
    async with held(World(client, network), network, Pauses()):
        assert (network.opened, network.closed) == (1, 0)
    assert (network.opened, network.closed) == (1, 1)


async def test_a_connection_is_closed_when_neither_its_facts_nor_its_end_can_be_written() -> None:
    network = Holding([given(1, 400)])
    with socket.socket() as unheard:  # bound and not listening, so that it refuses
        unheard.bind(("127.0.0.1", 0))
        ledger = connect(f"redis://127.0.0.1:{unheard.getsockname()[1]}")
        world = World(ledger, network)
        with pytest.raises(LedgerUnavailable):
            await Feeds(world.account, world.ingest, None, world.webhooks().hold, pause=Pauses()).listen()
        assert (network.opened, network.closed) == (1, 1)
        await ledger.aclose()

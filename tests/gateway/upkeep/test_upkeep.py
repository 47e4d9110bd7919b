"""Scheduled work: every account its own, one owner among the equal processes, and nobody's fault disturbs another's."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from connectors.contract import Receipt
from gateway.store import keys
from gateway.store.cache import Cache
from gateway.store.connection import connect
from gateway.upkeep.repeat import AFTER_FAILURE
from gateway.upkeep.upkeep import Upkeep
from schema.model.errors import UpstreamUnavailable
from schema.model.facts import CampaignState, Fact
from schema.model.ids import CampaignId
from tests.gateway.acme import NOW, Listing, Pushing, delivery, given, spec, state
from tests.gateway.world import PATIENCE, UNDECLARED, World

TWO: Mapping[str, Any] = {"accounts": {"lunch": {"connector": "acme"}, "tea": {"connector": "acme"}}}
OFTEN = timedelta(milliseconds=10)
MEMBER = CampaignId("acme", "member")
BODY = b"good"


class Asked(Listing):
    """Counts how often it was asked for its campaigns."""

    def __init__(self, *states: CampaignState | Exception) -> None:
        super().__init__()
        self.states = list(states)
        self.polls = 0

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """What the test said."""
        self.polls += 1
        async for found in super().campaigns():
            yield found


class Ringing(Pushing):
    """Has keys that can be fetched, and a feed that must be asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.refreshed = 0
        self.callbacks: list[str] = []

    async def refresh_keys(self) -> None:
        """Fetches them."""
        self.refreshed += 1

    async def keep_feed(self, campaigns: Sequence[str], callback: str) -> None:
        """Notes where it would send."""
        self.callbacks.append(callback)


class Silent:
    """Holds a connection on which nothing comes, not even that it is ready."""

    async def listen(self, campaigns: Sequence[str]) -> AsyncGenerator[Fact, None]:
        """Nothing."""
        await asyncio.Event().wait()
        for fact in list[Fact]():
            yield fact


def world_of(redis: Redis, *connectors: object, values: Mapping[str, Any] = UNDECLARED) -> World:
    """Networks with campaigns of their own, asked all the time."""
    return World(redis, *connectors, spec=spec(declares=False, poll=OFTEN), values=values)


def upkeep_of(world: World, after_failure: timedelta = AFTER_FAILURE, cache: Cache | None = None) -> Upkeep:
    """Of these networks."""
    return Upkeep(
        world.current,
        world.ingest,
        world.webhooks(),
        world.quarantine,
        world.book,
        cache or Cache(world.redis),
        world.metrics,
        after_failure=after_failure,
    )


@asynccontextmanager
async def kept(world: World, after_failure: timedelta = AFTER_FAILURE, cache: Cache | None = None) -> AsyncIterator[None]:
    """While the work is done."""
    task = asyncio.create_task(upkeep_of(world, after_failure, cache).run())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    """Waits for something that comes by itself."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)


def jobs(world: World, job: str, outcome: str, account: str = "lunch") -> float:
    """How often a job had this outcome."""
    return world.counted("giving_jobs_total", account=account, job=job, outcome=outcome)


async def test_a_fault_of_one_network_stops_neither_another_nor_its_own_next_attempt(client: Redis) -> None:
    broken, sound = Asked(KeyError("a fault")), Asked(state(0, code="CNY"))
    world = world_of(client, broken, sound, values=TWO)
    with capture_logs() as logs:
        async with kept(world):
            await until(lambda: broken.polls >= 3 and sound.polls >= 3)
    assert jobs(world, "poll", "fault", "lunch") >= 2
    assert jobs(world, "poll", "done", "tea") >= 2
    assert (await world.book.read("tea")).polled_at == NOW
    assert {(line["event"], line["account"]) for line in logs} == {("job.fault", "lunch")}


async def test_a_fault_of_one_job_leaves_the_others_of_its_account(client: Redis) -> None:
    class Both(Asked, Pushing):
        def __init__(self) -> None:
            Pushing.__init__(self)
            Asked.__init__(self, KeyError("a fault"))

    world = world_of(client, Both())
    async with kept(world):
        await until(lambda: jobs(world, "poll", "fault") >= 1 and jobs(world, "quarantine", "done") >= 1)


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        ([state(0, code="CNY")], "done"),
        ([UpstreamUnavailable("the network is silent")], "upstream_unavailable"),
        ([KeyError("a fault")], "fault"),
    ],
)
async def test_each_outcome_of_a_job_is_counted_once(
    client: Redis, states: list[CampaignState | Exception], outcome: str
) -> None:
    network = Asked(*states)
    world = world_of(client, network)
    async with kept(world):
        await until(lambda: network.polls >= 3)
    assert network.polls - 1 <= jobs(world, "poll", outcome) <= network.polls


async def test_a_job_that_failed_is_tried_again_sooner_than_its_interval(client: Redis) -> None:
    network = Asked(UpstreamUnavailable("the network is silent"))
    world = World(client, network, spec=spec(declares=False, poll=timedelta(hours=1)), values=UNDECLARED)
    async with kept(world, after_failure=OFTEN):
        await until(lambda: network.polls >= 2)
        network.states = []
        await until(lambda: jobs(world, "poll", "done") == 1)


async def test_at_the_start_keys_are_fetched_and_the_feed_is_asked_for_at_the_accounts_address(client: Redis) -> None:
    network = Ringing()
    async with kept(world_of(client, network, values={**UNDECLARED, "public_url": "https://giving.example/"})):
        await until(lambda: bool(network.refreshed and network.callbacks))
    assert network.refreshed == 1
    assert network.callbacks == ["https://giving.example/webhooks/acme/lunch"]


async def test_every_process_fetches_keys_and_one_of_them_does_the_rest(client: Redis) -> None:
    networks = [Ringing(), Ringing()]
    worlds = [world_of(client, network) for network in networks]
    async with kept(worlds[0]):
        await until(lambda: jobs(worlds[0], "quarantine", "done") == 1)
        async with kept(worlds[1]):
            await until(lambda: jobs(worlds[1], "keys", "done") == 1)
    assert [network.refreshed for network in networks] == [1, 1]
    assert [jobs(world, "quarantine", "done") for world in worlds] == [1, 0]


async def test_a_connection_that_is_not_ready_yet_counts_as_connecting(client: Redis) -> None:
    world = world_of(client, Silent())
    async with kept(world):
        async with asyncio.timeout(PATIENCE):
            while (await world.book.read("lunch")).feed_stopped != "connecting":
                await asyncio.sleep(0.005)


async def test_a_ledger_that_is_down_while_an_account_begins_ends_no_work(client: Redis) -> None:
    class Heard(Silent, Asked):
        """Lists too."""

    with socket.socket() as unheard:  # bound and not listening, so that it refuses
        unheard.bind(("127.0.0.1", 0))
        ledger = connect(f"redis://127.0.0.1:{unheard.getsockname()[1]}")
        network = Heard(state(0, code="CNY"))
        async with kept(world_of(ledger, network), cache=Cache(client), after_failure=OFTEN):
            await until(lambda: network.polls >= 3)
        await ledger.aclose()


async def test_what_waits_in_quarantine_counts_when_its_campaign_opens(client: Redis) -> None:
    network = Pushing()
    world = world_of(client, network)
    upkeep = upkeep_of(world)
    network.receipts[BODY] = Receipt((given(1, 400, "member"),))
    _, outcome = await world.webhooks().take(world.account, network, delivery(BODY))
    assert outcome == "held"
    await world.ingest.apply(world.account, [state(0, native="member", code="CNY")])
    await settled(upkeep)
    assert await world.raised(MEMBER) == 400
    assert await world.quarantine.all("lunch") == []


async def test_a_fault_while_that_is_tried_is_told_and_keeps_it(client: Redis) -> None:
    network = Pushing()
    world = world_of(client, network)
    upkeep = upkeep_of(world)
    network.receipts[BODY] = Receipt((given(1, 400, "member"),))
    await world.webhooks().take(world.account, network, delivery(BODY))
    network.receipts[BODY] = KeyError("a fault")
    with capture_logs() as logs:
        await world.ingest.apply(world.account, [state(0, native="member", code="CNY")])
        await settled(upkeep)
    assert "quarantine.fault" in {line["event"] for line in logs}
    assert len(await world.quarantine.all("lunch")) == 1


async def test_quarantine_that_cannot_be_read_does_not_count_as_done(client: Redis) -> None:
    world = world_of(client, Pushing())
    await client.set(keys.held("lunch")[1], "another type")
    async with kept(world):
        await until(lambda: jobs(world, "quarantine", "ledger_unavailable") == 1)
    assert jobs(world, "quarantine", "done") == 0


async def settled(upkeep: Upkeep) -> None:
    """Waits for what nobody waits for."""
    await asyncio.gather(*upkeep._errands)

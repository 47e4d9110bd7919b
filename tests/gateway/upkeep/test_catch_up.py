"""After the ledger's server was started again: what is read once more, in which order, and until when figures are STALE."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, BinaryIO, cast

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from connectors.contract import Receipt, Row
from gateway.store import keys
from gateway.store.continuity import Continuity
from gateway.upkeep.catch_up import AGAIN, CatchUp
from gateway.upkeep.polls import Polls
from gateway.upkeep.watch import Watch
from schema.model.errors import UpstreamUnavailable
from schema.model.facts import CampaignState, Clues
from schema.model.freshness import Freshness
from schema.model.time import micros
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, NOW, OTHER, REEF, Acme, Listing, given, spec, state
from tests.gateway.intake.sending import send
from tests.gateway.upkeep.billing import DAY, Billing, bill, catch_up_of, gift, replay_of, world_of
from tests.gateway.world import PATIENCE, UNDECLARED, World, known

ONE = timedelta(days=1)
SILENT = UpstreamUnavailable("silent")


async def is_behind(world: World) -> bool:
    return (await world.book.read("lunch")).is_behind


async def restarted(world: World) -> None:
    """As it looks when the server is another one by now."""
    await cast("Any", world.redis.hset(keys.health("lunch"), "whole_on", "a server that was"))


def of(world: World, polls: Polls | None = None) -> CatchUp:
    """What an account without bills reads again, as a process has it after a restart. Waiting turns its clock."""

    async def sleep(duration: timedelta) -> None:
        world.clock.turn(duration)

    continuity = Continuity(world.redis, world.clock)
    return CatchUp(world.account, continuity, replay_of(world), world.clock, polls=polls, sleep=sleep)


class Naming(Acme):
    """Its deliveries name a donation, and nothing else tells of it."""

    def __init__(self) -> None:
        super().__init__()
        for number in range(1, 6):
            self.receipts[f"{number}".encode()] = Receipt(fetch=(f"{number}",))
            self.known[f"{number}"] = [given(number, 100)]


async def test_what_a_network_forgets_comes_back_by_itself_after_all_was_lost(client: Redis) -> None:
    network = Naming()
    world = World(client, network)
    for body in network.receipts:
        await send(world.webhooks(), body)
    await client.flushall()
    await of(world).once()
    assert (await world.raised(), await is_behind(world)) == (500, False)


async def test_after_a_restart_only_what_came_since_the_last_mark_is_read_again(client: Redis) -> None:
    network = Naming()
    world = World(client, network)
    catching = of(world)
    await send(world.webhooks(), b"1")
    world.clock.turn(timedelta(hours=1))
    await catching.once()
    for body in (b"2", b"3"):
        world.clock.turn(timedelta(seconds=20))
        await send(world.webhooks(), body)
    await restarted(world)
    network.asked.clear()

    await catching.once()

    assert network.asked == ["2", "3"]
    assert not await is_behind(world)


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The servers that there were, of which the last one answers."""
    known = ["first"]

    async def running(_: Redis) -> str:
        return known[-1]

    monkeypatch.setattr("gateway.store.continuity.run_ids", running)
    return known


async def test_a_restart_while_it_reads_is_not_slept_over(
    client: Redis, servers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Naming()
    world = World(client, network)
    catching = of(world)
    for body in network.receipts:
        await send(world.webhooks(), body)
    network.asked.clear()

    async def lost(lookup: str) -> Any:
        network.asked.append(lookup)
        if len(network.asked) == 2:
            servers.append("second")
            await client.flushall()
        return network.known[lookup]

    monkeypatch.setattr(network, "donation", lost)
    await catching.once()
    assert (len(network.asked), await world.raised(), await is_behind(world)) == (10, 500, False)


async def test_bills_come_after_what_deliveries_told_of_them(client: Redis) -> None:
    network = Billing()
    network.receipts[b"1"] = Receipt((gift(1, 400, Clues(attach="lunch;star=1")),))
    network.bills[DAY] = bill("tea 1 400", "tea 2 300")
    world = world_of(client, network)
    await send(world.webhooks(), b"1")
    await client.flushall()
    catching = catch_up_of(world)
    await asyncio.gather(catching.bills(), catching.once(), catching.bills())
    assert (await world.raised(), await world.raised(OTHER)) == (400, 300)
    assert len(network.billed) == 7  # once, whoever began


async def test_the_bills_of_days_whose_rows_may_be_lost_are_read_again_once(client: Redis) -> None:
    network = Billing()
    world = world_of(client, network)
    catching = catch_up_of(world)
    await catching.bills()
    world.clock.turn(timedelta(minutes=1))
    await catching.once()
    network.billed.clear()
    network.bills[DAY] = bill("gift 1 400")
    world.clock.turn(timedelta(minutes=1))
    await restarted(world)
    for _ in range(3):
        await catching.bills()
    assert network.billed == [DAY - ONE, DAY]
    assert (await world.raised(), await is_behind(world)) == (400, False)


async def test_where_all_was_lost_it_is_stale_until_the_bill_of_that_day_is_read(client: Redis) -> None:
    network = Billing()
    network.bills[DAY] = bill("gift 1 400")
    world = world_of(client, network)
    catching = catch_up_of(world)
    await catching.bills()
    assert (await world.raised(), await is_behind(world)) == (400, False)
    world.clock.turn(timedelta(days=1_000))  # files are dated by the machine's clock
    await client.flushall()
    await catching.bills()
    assert (await world.raised(), await is_behind(world)) == (400, True)
    async with known(world) as followed:
        total = followed.reads.total(LUNCH)
        assert total is not None
        assert total.freshness is Freshness.STALE

    world.clock.turn(ONE)
    await catching.bills()
    await catching.once()
    assert not await is_behind(world)


async def test_a_new_account_is_whole_as_soon_as_its_bills_are_read(client: Redis) -> None:
    world = world_of(client, Billing())
    await catch_up_of(world).bills()
    assert not await is_behind(world)


async def test_a_bill_that_cannot_be_had_is_asked_for_after_minutes_and_until_then_it_is_behind(client: Redis) -> None:
    network, before = Billing(), DAY - ONE
    network.bills[before] = SILENT
    world = world_of(client, network)
    catching = catch_up_of(world)
    await catching.once()
    network.billed.clear()
    await catching.once()
    assert (network.billed, await is_behind(world)) == ([], True)

    network.bills[before] = bill("gift 1 400")
    world.clock.turn(AGAIN)
    await catching.once()
    assert (network.billed, await world.raised(), await is_behind(world)) == ([before], 400, False)


async def test_a_newest_bill_in_the_making_keeps_an_account_behind_only_where_something_of_its_day_may_be_lost(
    client: Redis,
) -> None:
    network = Billing()
    network.bills[DAY] = SILENT
    world = world_of(client, network)
    catching = catch_up_of(world)
    await catching.once()
    assert not await is_behind(world)  # it is new: what is on that bill comes with it

    await restarted(world)  # today, of which there is no bill yet
    await catching.once()
    assert not await is_behind(world)

    await cast("Any", world.redis.hset(keys.health("lunch"), "whole_at", (NOW - ONE).timestamp()))
    await restarted(world)
    await catching.once()
    assert await is_behind(world)


@pytest.fixture
def listing() -> Listing:
    network = Listing()
    network.states = [state(400, version=micros(NOW + ONE))]
    network.movements = {"reef": [given(1, 400, "reef", code="EUR")]}
    return network


def listed(redis: Redis, network: Listing) -> tuple[World, CatchUp]:
    """A network that is asked, and states totals."""
    world = World(redis, network, spec=spec(Basis.REPORTED, declares=False, poll=ONE), values=UNDECLARED)
    return world, of(world, Polls(world.account, world.ingest, world.book))


async def test_a_network_that_lists_is_asked_for_all_of_it_and_is_behind_until_it_has_answered(
    redis: Redis, listing: Listing
) -> None:
    world, catching = listed(redis, listing)
    for _ in range(3):
        await catching.poll()
    await catching.once()
    listing.states.append(SILENT)
    world.clock.turn(timedelta(minutes=1))
    await redis.flushall()
    waiting = asyncio.create_task(catching.once())
    with pytest.raises(UpstreamUnavailable):
        await catching.poll()
    assert await is_behind(world)

    listing.states.pop()
    await catching.poll()
    await asyncio.wait_for(waiting, PATIENCE)
    assert not await is_behind(world)
    assert await world.raised(REEF) == 400
    assert [since is None for since in listing.since] == [True, False, True, True]


async def test_a_network_that_dates_what_it_tells_some_time_back_is_asked_once_more(redis: Redis) -> None:
    class Lagging(Listing):
        """Says what holds, as of ten seconds ago."""

        async def campaigns(self) -> AsyncIterator[CampaignState]:
            """What it has raised."""
            yield state(400, version=micros(world.clock.now() - timedelta(seconds=10)))

    world, catching = listed(redis, Lagging())
    await world.open(REEF, Basis.REPORTED, "EUR")
    await world.ledger.total(REEF, state(350, version=micros(NOW - timedelta(seconds=5))))  # a newer one was lost with the tail
    await asyncio.gather(catching.poll(), catching.once())
    assert (await world.raised(REEF), await is_behind(world)) == (400, False)


async def test_lists_that_were_read_for_what_was_missing_before_are_not_enough(redis: Redis, servers: list[str]) -> None:
    class Losing(Listing):
        """All is lost while it is listed for the first time."""

        async def campaigns(self) -> AsyncIterator[CampaignState]:
            """What it has raised."""
            async for each in super().campaigns():
                yield each
            if len(servers) == 1:
                servers.append("second")
                await redis.flushall()

    world, catching = listed(redis, Losing())
    waiting = asyncio.create_task(catching.once())
    while not await is_behind(world):
        await asyncio.sleep(0)
    await catching.poll()
    assert (await asyncio.wait({waiting}, timeout=0.2))[1] == {waiting}
    assert await is_behind(world)
    await catching.poll()
    await asyncio.wait_for(waiting, PATIENCE)
    assert not await is_behind(world)


async def test_what_people_imported_comes_back_as_well(client: Redis) -> None:
    class Handed:
        """Hands over files and nothing else."""

        def read_export(self, source: BinaryIO) -> Iterator[Row]:
            """As a bill."""
            return Billing().read_export(source)

    world = World(client, Handed())
    with io.BytesIO(bill("gift 1 400").encode()) as file:
        await world.archive.keep("lunch", file)
    await of(world).once()
    assert (await world.raised(), await is_behind(world)) == (400, False)


async def test_an_archive_that_cannot_be_read_leaves_the_account_behind_and_is_told(client: Redis) -> None:
    network = Naming()
    world = World(client, network)
    for body in (b"1", b"2"):
        await send(world.webhooks(), body)
    [name] = world.archive.deliveries("lunch")
    file = world.archive.folder / "lunch" / name
    spoiled = bytearray(file.read_bytes())
    spoiled[50] ^= 1
    file.write_bytes(spoiled)
    await client.flushall()
    with capture_logs() as logs:
        await of(world).once()
    assert [line["failed"] for line in logs if line["event"] == "archive.read"] == ["UNREADABLE"]
    assert await is_behind(world)


async def test_no_job_sleeps_on_when_the_server_is_another_one(client: Redis) -> None:
    world = World(client)
    continuity, never = Continuity(client, world.clock), asyncio.Event()

    async def sleep(_: timedelta) -> None:
        await never.wait()

    watch = Watch(continuity, world.current, sleep)
    await watch.look()
    sleeping = asyncio.create_task(watch.sleep(ONE))
    await watch.look()
    await asyncio.sleep(0)
    assert not sleeping.done()

    class Another(Continuity):
        """Its server was started again."""

        async def look(self, account: str) -> Any:
            """The same under another id."""
            found = await super().look(account)
            return type(found)("another", found.gap)

    watch._continuity = Another(client, world.clock)
    with capture_logs() as logs:
        await watch.look()
        await asyncio.wait_for(sleeping, PATIENCE)
    assert [line["event"] for line in logs] == ["ledger.restarted"]

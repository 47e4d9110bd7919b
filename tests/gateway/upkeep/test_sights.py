"""What is asked of a network for campaigns that no setting lists."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from connectors.spec import Pace
from gateway.accounts import finder
from gateway.http.limits import Limits
from gateway.store.cache import Cache
from gateway.store.tracked import KEPT, Tracked
from gateway.upkeep import jobs
from gateway.upkeep.polls import Polls
from gateway.upkeep.sights import Sights
from schema.model.errors import NotFound, TryLater, Unreadable, UpstreamUnavailable
from schema.model.facts import CampaignState
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder
from schema.model.total import Basis
from tests.gateway.acme import REEF, Listing, given, spec, state
from tests.gateway.world import PATIENCE, UNDECLARED, World, known

SILENT = UpstreamUnavailable("the network is silent")
PACE = timedelta(minutes=1)


class Network(Listing):
    """Says of single campaigns what a test says. Whoever asks waits while it is ``held``."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, CampaignState | Exception] = {}
        self.asked: list[str] = []
        self.free = asyncio.Event()
        self.free.set()

    async def campaign(self, native_id: str) -> CampaignState:
        """One of them."""
        self.asked.append(native_id)
        await self.free.wait()
        found = self.told.get(native_id, NotFound("no such campaign"))
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def world(client: Redis, network: Network) -> World:
    values = {"accounts": {"lunch": {**UNDECLARED["accounts"]["lunch"], "lookup": True}}}
    return World(client, network, spec=spec(Basis.REPORTED, declares=False, poll=PACE), values=values)


@pytest.fixture
def tracked(world: World) -> Tracked:
    return Tracked(Cache(world.redis), "lunch", world.clock, most=100, a_minute=100)


@pytest.fixture
def sights(world: World, tracked: Tracked) -> Sights:
    return Sights(world.account, tracked, world.ingest, world.book, world.shelf, world.metrics)


@asynccontextmanager
async def looking(sights: Sights) -> AsyncIterator[None]:
    """While it is looked for what is wanted."""
    task = asyncio.create_task(sights.look())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def seen(world: World, outcome: str, times: int = 1) -> None:
    """Returns when so many were looked for, with that outcome."""
    async with asyncio.timeout(PATIENCE):
        while world.counted("giving_first_sights_total", account="lunch+", outcome=outcome) < times:
            await asyncio.sleep(0.005)


def raised(minor: int, native: str, *, version: int = 1) -> CampaignState:
    """What the network says."""
    return state(minor, native=native, version=version)


async def test_what_is_wanted_is_asked_for_once_and_is_the_finders(
    world: World, network: Network, tracked: Tracked, sights: Sights
) -> None:
    network.told["reef"] = raised(400, "reef")
    network.movements["reef"] = [given(1, 400, "reef", code="EUR")]
    await tracked.want("reef")
    async with looking(sights):
        await seen(world, "found")
        await tracked.want("reef")
        await asyncio.sleep(0.5)
    assert network.asked == ["reef"]
    assert await world.raised(REEF) == 400
    assert await world.ledger.teller(REEF) == finder("lunch")
    assert network.listed == []


async def test_one_that_hangs_keeps_no_other_waiting(world: World, network: Network, tracked: Tracked, sights: Sights) -> None:
    network.free.clear()
    await tracked.want("slow")
    async with looking(sights):
        async with asyncio.timeout(PATIENCE):
            while not network.asked:
                await asyncio.sleep(0.005)
        network.told["wood"] = raised(1, "wood")
        network.free.set()
        await tracked.want("wood")
        await seen(world, "found")


async def test_what_is_not_there_is_remembered_and_what_was_not_reached_only_for_a_moment(
    redis: Redis, world: World, network: Network, tracked: Tracked, sights: Sights
) -> None:
    network.told |= {"silent": SILENT, "odd": Unreadable("title"), "alias": raised(1, "proper"), "fault": ValueError("x")}
    with capture_logs() as logs:
        for native in ("nobody", *network.told):
            await tracked.want(native)
        async with looking(sights):
            await seen(world, "absent", 2)
            await seen(world, "failed", 3)
    lasts = {key.decode().rpartition(":")[2]: await redis.pttl(key) / 1_000 async for key in redis.scan_iter("cache:denied:*")}
    assert {native for native, seconds in lasts.items() if seconds > 15} == {"nobody", "alias"}
    assert lasts.keys() == {"nobody", "silent", "odd", "alias", "fault"}
    assert await tracked.all() == set()
    told = [(each["event"], each.get("code")) for each in logs]
    assert sorted(told, key=str) == [
        ("first_sight.failed", "UNREADABLE"),
        ("first_sight.failed", "UPSTREAM_UNAVAILABLE"),
        ("first_sight.fault", None),
    ]
    assert await world.shelf.known("acme") == []


async def test_who_takes_the_work_over_looks_for_what_the_former_had_under_way(
    world: World, network: Network, tracked: Tracked, sights: Sights
) -> None:
    network.told["reef"] = raised(400, "reef")
    network.free.clear()
    await tracked.want("reef")
    async with looking(sights), asyncio.timeout(PATIENCE):
        while not network.asked:
            await asyncio.sleep(0.005)
    network.free.set()
    next_one = Sights(world.account, tracked, world.ingest, world.book, world.shelf, world.metrics)
    async with looking(next_one):
        await seen(world, "found")
    assert network.asked == ["reef", "reef"]


async def test_without_redis_looking_ends_and_begins_anew(world: World) -> None:
    nowhere = Tracked(Cache(Redis.from_url("unix:///nowhere.sock")), "lunch", world.clock, most=1, a_minute=1)
    with pytest.raises(TryLater):
        await Sights(world.account, nowhere, world.ingest, world.book, world.shelf, world.metrics).look()


async def test_half_of_what_the_network_allows_is_for_what_the_settings_list(world: World) -> None:
    base: Any = SimpleNamespace(current=world.current, cache=Cache(world.redis), clock=world.clock)
    slow = replace(world.spec, pace=Pace(PACE, budgets={"default": 4, "other": 60}))
    few = jobs.tracked(base, replace(world.account, spec=slow))
    assert [await few.want(native) for native in "abc"] == [None, None, "first_sights_per_minute"]
    many = jobs.tracked(base, replace(world.account, name="other"))
    refused = [await many.want(str(number)) for number in range(11)]
    assert refused == [None] * Limits().first_sights_per_minute + ["first_sights_per_minute"]


# tracking


async def found(world: World, network: Network, tracked: Tracked, sights: Sights, *natives: str) -> None:
    """Campaigns that were looked for and found."""
    for native in natives:
        network.told[native] = raised(100, native)
        await tracked.want(native)
    async with looking(sights):
        await seen(world, "found", len(natives))
    network.asked.clear()


async def test_what_is_tracked_is_asked_for_once_a_cycle_while_somebody_asks_for_it(
    world: World, network: Network, tracked: Tracked, sights: Sights
) -> None:
    await found(world, network, tracked, sights, "reef", "wood")
    await sights.track()
    assert network.asked == []  # it was read in this cycle
    world.clock.turn(PACE)
    network.told["reef"] = raised(500, "reef", version=2)
    await sights.track()
    await sights.track()
    assert sorted(network.asked) == ["reef", "wood"]
    assert await world.raised(REEF) == 500
    world.clock.turn(KEPT)
    await tracked.keep("reef")
    await sights.track()
    assert sorted(network.asked) == ["reef", "reef", "wood"]


async def test_a_campaign_of_the_settings_is_not_tracked_beside_its_polls(
    world: World, network: Network, tracked: Tracked, sights: Sights
) -> None:
    await found(world, network, tracked, sights, "reef")
    network.states = [raised(100, "reef", version=2)]
    await Polls(world.account, world.ingest, world.book).once()
    assert await world.ledger.teller(REEF) == "lunch"
    world.clock.turn(PACE)
    await sights.track()
    assert network.asked == []


async def test_one_that_cannot_be_read_keeps_no_other_waiting_and_is_told_last(
    world: World, network: Network, tracked: Tracked, sights: Sights
) -> None:
    await found(world, network, tracked, sights, "a", "b", "c")
    world.clock.turn(PACE)
    network.told |= {"a": SILENT, "b": NotFound("gone"), "c": raised(200, "c", version=2)}
    with capture_logs() as logs, pytest.raises(UpstreamUnavailable):
        await sights.track()
    assert await world.raised(CampaignId("acme", "c")) == 200
    assert [each["event"] for each in logs] == ["tracked.gone"]
    network.asked.clear()
    with pytest.raises(UpstreamUnavailable):
        await sights.track()
    assert sorted(network.asked) == ["a", "b"]  # what was read in this cycle is not read again


async def test_a_fall_of_what_is_tracked_is_doubted_as_any_other(
    world: World, network: Network, tracked: Tracked, sights: Sights
) -> None:
    await found(world, network, tracked, sights, "reef")
    for version in (2, 3, 4):
        assert await world.raised(REEF) == 100
        world.clock.turn(PACE)
        await tracked.keep("reef")
        network.told["reef"] = raised(1, "reef", version=version)
        await sights.track()
    assert await world.raised(REEF) == 1


async def test_what_the_ledger_has_lost_is_looked_for_again(
    redis: Redis, world: World, network: Network, tracked: Tracked, sights: Sights
) -> None:
    await found(world, network, tracked, sights, "reef")
    async with looking(sights):
        await asyncio.sleep(0.3)
        await redis.delete(*(f"{kind}:{{acme:reef}}" for kind in ("words", "tot", "said", "log")))
        await sights.track()
        await seen(world, "found", 2)
    assert await world.raised(REEF) == 100


# what becomes of it


async def test_what_was_found_is_shown_and_is_on_no_list_and_in_no_season(
    world: World, network: Network, tracked: Tracked, sights: Sights
) -> None:
    await found(world, network, tracked, sights, "reef")
    async with known(world) as followed:
        reading = await followed.reads.campaign(REEF)
        assert reading is not None
        assert followed.follower.by_account["lunch"] == set()
        listed = await followed.reads.campaigns(CampaignFilter(), CampaignOrder.RAISED_DESC, first=9, after=None)
        assert listed.total == 0
        assert await followed.reads.donations(REEF, since=None, until=None, first=1, after=None) is None


async def test_a_gift_that_is_told_with_a_team_stays_there_although_its_member_was_found(
    world: World, network: Network, tracked: Tracked, sights: Sights
) -> None:
    team = CampaignId("acme", "team")
    network.states = [raised(100, "team")]
    network.movements["team"] = [given(1, 100, ("reef", "team"), code="EUR")]
    await found(world, network, tracked, sights, "reef")
    await Polls(world.account, world.ingest, world.book).once()
    async with known(world) as followed:
        page = await followed.reads.donations(team, since=None, until=None, first=9, after=None)
        assert page is not None
        assert page.total == 1

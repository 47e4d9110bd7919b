"""Milestones are read of the account's own campaigns that go on, and what cannot be read stays as it was."""

from collections.abc import Sequence

import pytest
from redis.asyncio import Redis

from gateway.store.milestones import MilestoneShelf
from gateway.upkeep.milestones import MOST, MilestoneReader
from schema.model.campaign import CampaignStatus, Milestone
from schema.model.errors import NotFound, UpstreamGarbled, UpstreamUnavailable
from schema.model.facts import CampaignState
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import AmountSource, Basis
from tests.gateway.acme import REEF, Listing, spec, state
from tests.gateway.world import UNDECLARED, World, following, known


def song(minor: int, *, reached: bool | None = None) -> Milestone:
    return Milestone(f"A song at {minor}", Money.of_minor(minor, "CNY"), reached)


class Promising(Listing):
    """A network whose fundraisers promise something. What is an error is raised."""

    def __init__(self) -> None:
        super().__init__()
        self.promises: dict[str, list[Milestone] | Exception] = {}
        self.asked: list[str] = []

    async def milestones(self, native_id: str) -> Sequence[Milestone]:
        """What the test said."""
        self.asked.append(native_id)
        found = self.promises.get(native_id, [])
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def network() -> Promising:
    return Promising()


@pytest.fixture
def world(redis: Redis, network: Promising) -> World:
    return World(redis, network, spec=spec(Basis.REPORTED, declares=False, promises=True), values=UNDECLARED)


@pytest.fixture
def reader(world: World) -> MilestoneReader:
    return MilestoneReader(world.account, world.shelf, MilestoneShelf(world.redis))


async def told(world: World, *natives: str, ended: bool = False) -> None:
    """These campaigns were listed."""
    for native in natives:
        await world.ingest.apply(world.account, [state(40_000, native=native, code="CNY")])
        if ended:
            gone = CampaignState(native, 9, AmountSource.PLATFORM_API, status=CampaignStatus.ENDED)
            await world.ingest.apply(world.account, [gone])


async def test_they_are_shown_with_their_campaign_as_soon_as_they_are_read(
    world: World, network: Promising, reader: MilestoneReader, redis_url: str
) -> None:
    await told(world, "reef")
    network.promises["reef"] = [song(50_000), song(10_000)]
    async with following(world, redis_url) as followed:
        assert await followed.reads.milestones(REEF) is None
        await reader.once()
        await followed.until(lambda: REEF in followed.follower.milestones)
        assert await followed.reads.milestones(REEF) == (song(10_000), song(50_000))
    async with known(world) as another:
        assert await another.reads.milestones(REEF) == (song(10_000), song(50_000))


@pytest.mark.parametrize("error", [NotFound("gone"), UpstreamGarbled("absurd")])
async def test_one_that_cannot_be_read_keeps_what_was_known_and_no_other_waiting(
    world: World, network: Promising, reader: MilestoneReader, error: Exception
) -> None:
    await told(world, "reef", "wood")
    network.promises = {"reef": [song(1)], "wood": [song(2)]}
    await reader.once()
    network.promises = {"reef": error, "wood": [song(3)]}
    await reader.once()
    shelf = MilestoneShelf(world.redis)
    assert await shelf.one(REEF) == (song(1),)
    assert await shelf.one(CampaignId("acme", "wood")) == (song(3),)


async def test_a_silent_network_is_told(world: World, network: Promising, reader: MilestoneReader) -> None:
    await told(world, "reef")
    network.promises["reef"] = UpstreamUnavailable("silent")
    with pytest.raises(UpstreamUnavailable):
        await reader.once()


async def test_campaigns_that_have_ended_are_not_asked_for(world: World, network: Promising, reader: MilestoneReader) -> None:
    await told(world, "reef")
    await told(world, "wood", ended=True)
    await reader.once()
    assert network.asked == ["reef"]


@pytest.mark.parametrize(("given", "kept"), [(MOST, MOST), (MOST + 1, MOST)])
async def test_of_too_many_the_smallest_are_kept(
    world: World, network: Promising, reader: MilestoneReader, given: int, kept: int
) -> None:
    await told(world, "reef")
    network.promises["reef"] = [song(minor) for minor in range(given, 0, -1)]
    await reader.once()
    found = await MilestoneShelf(world.redis).one(REEF)
    assert found is not None
    assert [each.amount.minor for each in found] == list(range(1, kept + 1))

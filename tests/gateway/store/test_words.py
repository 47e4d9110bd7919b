"""Descriptions: what is not said stays as it is known."""

from dataclasses import replace
from datetime import timedelta

from redis.asyncio import Redis

from gateway.store.words import read, written
from schema.model.campaign import Campaign, CampaignStatus
from schema.model.charity import Charity
from schema.model.facts import CampaignState
from schema.model.money import Currency, Money
from schema.model.total import AmountSource
from tests.gateway.acme import NOW, REEF, state
from tests.gateway.world import World

WHOLE = CampaignState(
    native_id="reef",
    version=5,
    source=AmountSource.PLATFORM_API,
    title="Reef: 珊瑚",
    summary="Corals = fish\nand more",
    url="https://acme.example/reef",
    donate_url="https://acme.example/reef/donate",
    image="https://acme.example/reef.png",
    status=CampaignStatus.ACTIVE,
    starts_at=NOW - timedelta(days=1),
    ends_at=NOW + timedelta(days=1),
    charity=Charity("ocean", "Ocean", "DE-1", "https://ocean.example", None),
    categories=("ocean", "climate"),
    goal=Money.of_minor(1_000_000, "EUR"),
)


async def known(world: World) -> Campaign | None:
    """The description in the ledger."""
    [campaign] = await world.shelf.described([REEF])
    return campaign


async def describe(world: World, told: CampaignState) -> None:
    """One saying of the network."""
    await world.ledger.describe(REEF, told.version, written(told, "lunch"))


async def test_everything_that_is_said_is_read_back(redis: Redis) -> None:
    world = World(redis)
    await describe(world, WHOLE)
    assert await known(world) == Campaign(
        id=REEF,
        title="Reef: 珊瑚",
        currency=Currency.of("EUR"),
        account="lunch",
        as_of=NOW,
        summary="Corals = fish\nand more",
        url="https://acme.example/reef",
        donate_url="https://acme.example/reef/donate",
        image="https://acme.example/reef.png",
        stated=CampaignStatus.ACTIVE,
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=1),
        charity=Charity("ocean", "Ocean", "DE-1", "https://ocean.example", None),
        categories=("ocean", "climate"),
        goal=Money.of_minor(1_000_000, "EUR"),
        changed_at=NOW,
    )


async def test_none_is_not_said_and_overwrites_nothing(redis: Redis) -> None:
    world = World(redis)
    await describe(world, WHOLE)
    await describe(world, replace(state(None, version=9), title=None))
    campaign = await known(world)
    assert campaign is not None
    assert (campaign.title, campaign.goal, campaign.charity) == (WHOLE.title, WHOLE.goal, WHOLE.charity)


async def test_an_empty_list_is_said(redis: Redis) -> None:
    world = World(redis)
    await describe(world, WHOLE)
    await describe(world, replace(WHOLE, version=6, categories=()))
    campaign = await known(world)
    assert campaign is not None
    assert campaign.categories == ()


async def test_an_older_saying_fills_gaps_and_changes_nothing(redis: Redis) -> None:
    world = World(redis)
    await describe(world, state(None, version=7, title="New"))
    world.clock.turn(timedelta(minutes=1))
    await describe(world, replace(WHOLE, version=6))
    campaign = await known(world)
    assert campaign is not None
    assert (campaign.title, campaign.summary, campaign.as_of) == ("New", WHOLE.summary, NOW)


async def test_only_goal_and_status_count_as_a_change(redis: Redis) -> None:
    world = World(redis)
    await describe(world, WHOLE)
    for told, moment in (
        (replace(WHOLE, version=6, title="Another"), NOW),
        (replace(WHOLE, version=7, goal=Money.of_minor(5, "EUR")), NOW + timedelta(minutes=2)),
        (replace(WHOLE, version=8, goal=Money.of_minor(5, "EUR"), status=CampaignStatus.ENDED), NOW + timedelta(minutes=3)),
    ):
        world.clock.turn(timedelta(minutes=1))
        await describe(world, told)
        campaign = await known(world)
        assert campaign is not None
        assert campaign.changed_at == moment
        assert campaign.as_of == world.clock.now()


async def test_the_currency_is_that_of_the_money_raised(redis: Redis) -> None:
    assert "currency" not in written(state(None), "lunch")
    assert written(state(100, code="JPY"), "lunch")["currency"] == "JPY"
    assert written(WHOLE, "lunch")["currency"] == "EUR"
    world = World(redis)
    await describe(world, state(None))
    campaign = await known(world)
    assert campaign is not None
    assert campaign.currency is None


def test_a_campaign_that_was_never_described_is_none() -> None:
    assert read(REEF, {}) is None
    assert read(REEF, {b"version": b"1"}) is None


async def test_every_described_campaign_is_known_by_its_network(redis: Redis) -> None:
    world = World(redis)
    await describe(world, WHOLE)
    assert await world.shelf.known("acme") == [REEF]
    assert await world.shelf.known("other") == []

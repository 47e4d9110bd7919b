"""One process follows the ledger: what it hears becomes visible in steps, and what it may have missed is read again."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.read.follower import STEP_SECONDS
from gateway.store import bus
from gateway.store.bus import HealthChanged, TotalMoved
from gateway.store.shelf import Head, Shelf
from gateway.store.words import written
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, NOW, OTHER, REEF, given, spec, state
from tests.gateway.world import PATIENCE, UNDECLARED, World, following, parts


@pytest.fixture
def world(client: Redis) -> World:
    return World(client)


@pytest.fixture
def reported(client: Redis) -> World:
    return World(client, spec=spec(Basis.REPORTED, declares=False), values=UNDECLARED)


async def told(world: World, minor: int, *, version: int = 1, title: str = "Reef") -> None:
    """A state of the reef, as intake takes it in."""
    await world.ingest.apply(world.account, [state(minor, version=version, title=title)])


async def test_it_is_ready_once_everything_was_read(world: World, redis_url: str) -> None:
    await world.open()
    await world.put(given(1, 400))
    async with following(world, redis_url) as followed:
        assert followed.raised() == 400
        assert followed.raised(OTHER) is None
        assert set(followed.follower.campaigns) == {LUNCH, OTHER}
        assert followed.follower.connected
        assert followed.steps[0].reset
        assert followed.steps[0].moved == {LUNCH, OTHER}


async def test_a_change_becomes_visible_with_its_news(world: World, redis_url: str) -> None:
    await world.open()
    async with following(world, redis_url) as followed:
        await world.put(given(1, 400))
        await followed.until(lambda: followed.raised() == 400)
        [*_, step] = followed.steps
        assert step.moved == {LUNCH}
        assert not step.reset
        assert [(news.campaign, news.kind, news.raised) for news in step.news] == [(LUNCH, "received", 400)]
        found, _, _ = followed.follower.catalog.page(CampaignFilter(), CampaignOrder.RAISED_DESC, first=1, after=None, now=NOW)
        assert found[0][1] == LUNCH


async def test_late_donations_move_the_total_and_are_no_news(world: World, redis_url: str) -> None:
    await world.open()
    async with following(world, redis_url) as followed:
        await world.put(given(1, 400, at=NOW - timedelta(days=3)))
        await followed.until(lambda: followed.raised() == 400)
        assert followed.steps[-1].news == ()


async def test_a_burst_of_changes_is_few_steps(world: World, redis_url: str) -> None:
    await world.open()
    loop, moments = asyncio.get_running_loop(), list[float]()
    async with following(world, redis_url) as followed:
        followed.follower.observers.append(lambda _: moments.append(loop.time()))
        began = loop.time()
        for number in range(200):
            await world.put(given(number, 1))
        await followed.until(lambda: followed.raised() == 200)
        took = loop.time() - began
    assert len(moments) <= took / STEP_SECONDS + 2
    news = [change.entity for step in followed.steps for change in step.news]
    assert len(news) == len(set(news)) == 200


async def test_the_first_change_after_a_pause_is_visible_at_once(world: World) -> None:
    await world.open()
    await world.put(given(1, 400))
    followed = parts(world)
    await followed.follower.lost()
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(followed.follower._step_for_ever())
    followed.stepped.clear()
    began = loop.time()
    followed.follower.hear(HealthChanged("lunch"))
    await asyncio.wait_for(followed.stepped.wait(), PATIENCE)
    assert loop.time() - began < STEP_SECONDS
    task.cancel()
    followed.follower.catalog.close()


async def test_a_campaign_never_seen_is_read_and_listed_with_its_total(reported: World, redis_url: str) -> None:
    async with following(reported, redis_url) as followed:
        assert followed.follower.campaigns == {}
        await told(reported, 5_000)
        await followed.until(lambda: REEF in followed.follower.campaigns)
        assert followed.follower.campaigns[REEF].title == "Reef"
        assert followed.raised(REEF) == 5_000  # it is never seen without the total that came with it
        found, _, total = followed.follower.catalog.page(
            CampaignFilter(), CampaignOrder.UPDATED_AT_DESC, first=1, after=None, now=NOW
        )
        assert (found[0][1], total) == (REEF, 1)


async def test_a_total_of_a_campaign_never_read_is_loaded_whole(reported: World) -> None:
    """Its messages say no basis and no currency."""
    await told(reported, 5_000)
    followed = parts(reported)
    [entry] = await reported.shelf.entries(REEF, "-", 1)
    moved = TotalMoved(REEF, entry.place, 5_000, None, None, NOW, 1, None, "", b"")
    await followed.follower._step([moved], 0)
    assert followed.raised(REEF) == 5_000
    followed.follower.catalog.close()


async def test_words_that_change_show_up(reported: World, redis_url: str) -> None:
    await told(reported, 5_000)
    async with following(reported, redis_url) as followed:
        await told(reported, 5_000, version=2, title="Coral reef")
        await followed.until(lambda: followed.follower.campaigns[REEF].title == "Coral reef")
        assert followed.steps[-1].moved == {REEF}


async def test_health_that_changes_moves_every_campaign_of_its_account(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        await world.book.feed("lunch", "revoked")
        await followed.until(lambda: followed.follower.health["lunch"].feed_stopped == "revoked")
        assert followed.steps[-1].moved == {LUNCH, OTHER}


async def test_what_is_not_ours_is_passed_over(world: World, redis_url: str) -> None:
    stranger = CampaignId("acme", "stranger")
    async with following(world, redis_url) as followed:
        await world.book.feed("nobody", "revoked")
        await world.open(stranger)
        await world.put(given(1, 5), stranger)
        await world.ledger.describe(stranger, 1, written(state(1, native="stranger"), "account-of-another-gateway"))
        await world.open()
        await world.put(given(2, 400))
        await followed.until(lambda: followed.raised() == 400)
        assert stranger not in followed.follower.campaigns
        assert set(followed.follower.health) == {"lunch"}


async def test_while_a_read_is_under_way_newer_states_win(world: World, redis_url: str, client: Redis) -> None:
    """What is published between subscribing and reading is in both, and the higher place decides."""

    class Slow(Shelf):
        """Reads, and lets the ledger move on before it answers."""

        async def heads(self, campaigns: Sequence[CampaignId]) -> list[Head | None]:
            found = await super().heads(campaigns)
            if LUNCH in campaigns and not moved:
                moved.append(True)
                await world.put(given(2, 100))
            return found

    moved: list[bool] = []
    await world.open()
    await world.put(given(1, 400))
    world.shelf = Slow(client)
    async with following(world, redis_url) as followed:
        await followed.until(lambda: followed.raised() == 500)
        assert moved


def test_a_step_is_50_ms() -> None:
    assert STEP_SECONDS == 0.05
    assert bus.RETRY_SECONDS <= 0.5


async def test_a_description_that_cannot_be_read_costs_that_campaign_and_nothing_else(world: World, redis_url: str) -> None:
    await world.open()
    async with following(world, redis_url) as followed:
        await world.redis.sadd("known:{acme}", "odd")
        await world.redis.hset("words:{acme:odd}", mapping={"account": "lunch", "status": "PAUSED_BY_A_NEWER_VERSION"})
        await world.redis.publish("changes", "words\nacme:odd")
        await world.put(given(1, 400))
        await followed.until(lambda: followed.raised() == 400)
        assert followed.follower.connected

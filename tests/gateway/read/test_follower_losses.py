"""What one process does when messages may have been missed, data were lost, or the ledger does not answer."""

import asyncio
from collections.abc import Sequence

import pytest
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.bus import TotalMoved
from gateway.store.health import HealthBook, Noted
from gateway.store.shelf import Head, Shelf
from schema.model.errors import LedgerUnavailable
from schema.model.ids import CampaignId
from schema.model.total import Place
from tests.gateway.acme import LUNCH, NOW, Acme, given
from tests.gateway.world import PATIENCE, World, following, parts


@pytest.fixture
def world(client: Redis) -> World:
    return World(client)


async def test_after_a_broken_connection_everything_is_read_again(world: World, redis_url: str, redis: Redis) -> None:
    await world.open()
    await world.put(given(1, 400))
    async with following(world, redis_url) as followed:
        await redis.client_kill_filter(_type="pubsub")
        await world.put(given(2, 100))  # nobody hears this one
        await followed.until(lambda: followed.raised() == 500)
        assert followed.steps[-1].reset
        assert followed.follower.connected


async def test_after_lost_data_what_is_read_holds_even_where_it_is_lower(world: World, redis_url: str, redis: Redis) -> None:
    await world.open()
    await world.put(given(1, 400))
    async with following(world, redis_url) as followed:
        await redis.flushall()
        await world.open()
        await world.put(given(2, 100))
        await followed.until(lambda: followed.raised() == 100)
        await redis.flushall()
        await redis.client_kill_filter(_type="pubsub")
        await followed.until(lambda: followed.steps[-1].reset and followed.raised() is None)


async def test_changes_from_before_a_reading_never_come_back_after_it(world: World, client: Redis) -> None:
    """A step that waits for the ledger while everything is read again has nothing to add, also where data were lost."""
    stranger = CampaignId("acme", "stranger")
    asked, answered = asyncio.Event(), asyncio.Event()

    class Slow(Shelf):
        """Takes its time with the stranger."""

        async def heads(self, campaigns: Sequence[CampaignId]) -> list[Head | None]:
            found = await super().heads(campaigns)
            if stranger in campaigns:
                asked.set()
                await answered.wait()
            return found

    world.shelf = Slow(client)
    await world.open()
    await world.put(given(1, 400))
    followed = parts(world)
    await followed.follower.lost()
    row = followed.follower.totals[LUNCH]
    assert row is not None
    newer = Place(row.place.milliseconds + 10**9)
    old = TotalMoved(LUNCH, newer, 9_999, 0, 9, NOW, 1, None, "received", b"e" * 16)
    strange = TotalMoved(stranger, Place(1), 1, 0, 1, NOW, 1, None, "received", b"e" * 16)
    step = asyncio.create_task(followed.follower._step([old, strange], followed.follower._losses))
    await asyncio.wait_for(asked.wait(), PATIENCE)
    await client.flushall()
    await world.open()
    await followed.follower.lost()
    answered.set()
    await step
    assert followed.raised() is None
    assert followed.steps[-1].reset
    followed.follower.catalog.close()


async def test_a_ledger_that_does_not_answer_for_a_moment_costs_nothing(world: World, redis_url: str, client: Redis) -> None:
    class Failing(Shelf):
        """Fails twice."""

        failures = 2

        async def heads(self, campaigns: Sequence[CampaignId]) -> list[Head | None]:
            if self.failures and followed_once:
                self.failures -= 1
                raise LedgerUnavailable("not now")
            return await super().heads(campaigns)

    followed_once: list[bool] = []
    world.shelf = Failing(client)
    await world.open()
    async with following(world, redis_url) as followed:
        followed_once.append(True)
        await world.put(given(1, 400))
        await world.put(given(2, 100))
        await followed.until(lambda: followed.raised() == 500)
        assert len([news for step in followed.steps for news in step.news]) == 2


async def test_health_that_cannot_be_read_for_a_moment_does_not_end_the_following(client: Redis, redis_url: str) -> None:
    class Watched(HealthBook):
        """Says when it was asked, and did not answer."""

        failed = asyncio.Event()

        async def read(self, account: str) -> Noted:
            try:
                return await super().read(account)
            except LedgerUnavailable:
                self.failed.set()
                raise

    world = World(client, Acme())
    world.book = Watched(client, world.clock)
    async with following(world, redis_url) as followed:
        world.book.redis = Redis.from_url("redis://127.0.0.1:1")
        await client.publish(keys.CHANNEL, "health\nlunch")
        await asyncio.wait_for(Watched.failed.wait(), PATIENCE)
        world.book.redis = client
        await world.book.feed("lunch", "revoked")
        await followed.until(lambda: followed.follower.health["lunch"].feed_stopped == "revoked")


async def test_without_the_channel_nothing_is_called_connected(world: World) -> None:
    followed = parts(world)
    follower, connected = followed.follower, list[bool]()
    await follower.lost()
    connected.append(follower.connected)
    follower.silent()
    connected.append(follower.connected)
    await follower.lost()
    world.shelf.redis = Redis.from_url("redis://127.0.0.1:1")
    with pytest.raises(LedgerUnavailable):
        await follower.lost()
    connected.append(follower.connected)
    assert connected == [True, False, False]
    follower.catalog.close()

"""Milestones as they lie in Redis: whole when read again, and told to every process where they are others."""

import asyncio

import pytest
from redis.asyncio import Redis

from gateway.store import bus, keys
from gateway.store.milestones import MilestoneShelf
from schema.model.campaign import Milestone
from schema.model.ids import CampaignId
from schema.model.money import Money
from tests.gateway.acme import REEF
from tests.gateway.world import PATIENCE

SONG = Milestone("A song 🎵 of your choice", Money.of_minor(10_000, "CNY"))
COSTUME = Milestone("A shark costume", Money.of_minor(50_000, "CNY"), reached=True)


async def test_they_come_back_whole_smallest_first(redis: Redis) -> None:
    shelf = MilestoneShelf(redis)
    await shelf.keep(REEF, [COSTUME, SONG])
    assert await shelf.one(REEF) == (SONG, COSTUME)
    assert await shelf.all(REEF.platform) == {REEF: (SONG, COSTUME)}


async def test_none_is_something_else_than_never_asked(redis: Redis) -> None:
    shelf = MilestoneShelf(redis)
    await shelf.keep(REEF, [])
    assert await shelf.one(REEF) == ()
    assert await shelf.one(CampaignId(REEF.platform, "never-asked")) is None


async def test_every_process_is_told_where_they_are_others_and_only_then(redis: Redis) -> None:
    shelf = MilestoneShelf(redis)
    async with redis.pubsub() as channel:
        await channel.subscribe(keys.CHANNEL)
        await channel.get_message(timeout=PATIENCE)
        for milestones in ([SONG], [SONG], [SONG, COSTUME]):
            await shelf.keep(REEF, milestones)
        await redis.publish(keys.CHANNEL, "rates\n")
        heard = []
        async with asyncio.timeout(PATIENCE):
            while bus.RatesChanged() not in heard:
                message = await channel.get_message(ignore_subscribe_messages=True, timeout=PATIENCE)
                heard.append(bus.parse(message["data"]) if message else None)
    assert heard == [bus.MilestonesChanged(REEF), bus.MilestonesChanged(REEF), bus.RatesChanged()]


@pytest.mark.parametrize("packed", [b"7", b"[7]", b"\xff", b'[["a",1,"NOT A CURRENCY",null]]', b'[["a","x","CNY",null]]'])
async def test_what_another_version_wrote_is_left_out_alone(redis: Redis, packed: bytes) -> None:
    shelf = MilestoneShelf(redis)
    await shelf.keep(REEF, [SONG])
    await redis.hset(keys.milestones(REEF.platform), "other", packed)
    assert await shelf.all(REEF.platform) == {REEF: (SONG,)}

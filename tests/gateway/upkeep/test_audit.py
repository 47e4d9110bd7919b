"""Many records are added up in small steps, and come to one moment whatever is counted meanwhile."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.books import STEP
from gateway.upkeep.audit import Audit
from schema.model.ids import CampaignId
from tests.gateway.acme import LUNCH, NOW, back, given
from tests.gateway.world import World

MANY = 3 * STEP


@pytest.fixture
def world(client: Redis) -> World:
    return World(client)


def audit(world: World) -> Audit:
    return Audit(world.redis, world.clock, share=1)


async def total(redis: Redis) -> None:
    """By hand."""
    await cast("Any", redis.hincrby(keys.total(LUNCH), "raised", 1))


async def filled(world: World) -> None:
    """More gifts than are read at once."""
    facts = [given(number, 100, at=NOW - timedelta(minutes=number)) for number in range(MANY)]
    for start in range(0, MANY, 500):
        await asyncio.gather(*(world.ingest.apply(world.account, [fact]) for fact in facts[start : start + 500]))


async def test_many_records_are_read_in_small_steps_and_come_to_the_same(world: World) -> None:
    await filled(world)
    await total(world.redis)
    [found] = await audit(world).drifts(LUNCH) or []
    assert (found.what, found.off) == ("total", (1, 0, 0))


async def test_while_gifts_flow_nothing_is_told_that_is_not_so(world: World) -> None:
    await filled(world)
    done = asyncio.Event()

    async def flow() -> None:
        number = MANY
        while not done.is_set():
            gifts = [given(number + more, 100, at=NOW - timedelta(minutes=more)) for more in range(20)]
            refunds = [back(number + more, 30 + more) for more in range(0, 20, 3)]
            await world.ingest.apply(world.account, [*gifts, *refunds])
            number += 20

    flowing = [asyncio.create_task(flow())]
    try:
        for _ in range(10):
            assert await audit(world).drifts(LUNCH) == []
        await total(world.redis)
        [found] = await audit(world).drifts(LUNCH) or []
        assert found.off == (1, 0, 0)
    finally:
        done.set()
        await asyncio.gather(*flowing)


async def test_a_log_that_does_not_reach_back_is_read_past_from_the_beginning(world: World) -> None:
    await filled(world)
    looked, lost = audit(world), 0
    inner = looked._shelf.records

    async def losing(campaign: CampaignId) -> Any:
        nonlocal lost
        async for pairs in inner(campaign):
            yield pairs
        if lost < 2:
            lost += 1
            await cast("Any", world.redis.xtrim(keys.log(campaign), maxlen=0, approximate=False))
            await world.put(given(MANY + lost, 100))

    looked._shelf.records = losing  # type: ignore[method-assign]
    assert await looked.drifts(LUNCH) == []
    assert lost == 2

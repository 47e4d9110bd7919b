"""What is in quarantine now is a figure, in every process."""

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.intake.quarantine import KEPT
from gateway.upkeep.holdings import EVERY, Holdings
from tests.gateway.acme import delivery
from tests.gateway.upkeep.test_jobs import Turnstile
from tests.gateway.world import World


@pytest.fixture
def world(redis: Redis) -> World:
    return World(redis)


def holdings(world: World) -> Holdings:
    return Holdings(world.quarantine, world.current, world.clock, world.metrics)


def entries(world: World) -> dict[tuple[str, str], float]:
    """What is told, by account and reason."""
    [family] = world.metrics.quarantine_entries.collect()
    return {(sample.labels["account"], sample.labels["reason"]): sample.value for sample in family.samples}


async def test_what_is_held_is_told_by_account_and_reason_with_its_size_and_age(world: World) -> None:
    await world.quarantine.hold("lunch", delivery(b"1"), "unplaced")
    world.clock.turn(timedelta(minutes=2))
    await world.quarantine.hold("lunch", delivery(b"2"), "unplaced")
    await world.quarantine.hold("lunch", delivery(b"3"), "clash")
    await holdings(world).once()
    assert entries(world) == {("lunch", "unplaced"): 2, ("lunch", "clash"): 1}
    assert world.counted("giving_quarantine_oldest_seconds", account="lunch") == 120
    assert world.counted("giving_quarantine_bytes", account="lunch") == (await world.quarantine.holding("lunch")).size > 300


async def test_a_reason_that_is_gone_is_told_no_more_and_an_empty_account_has_neither_size_nor_age(world: World) -> None:
    told = holdings(world)
    await world.quarantine.hold("lunch", delivery(), "unplaced")
    await told.once()
    [held] = await world.quarantine.all("lunch")
    await world.quarantine.again(held, "clash")
    await told.once()
    assert entries(world) == {("lunch", "clash"): 1}
    await world.quarantine.release(held)
    world.clock.turn(timedelta(minutes=2))
    await told.once()
    assert entries(world) == {}
    assert world.counted("giving_quarantine_bytes", account="lunch") == 0
    assert world.counted("giving_quarantine_oldest_seconds", account="lunch") == 0


async def test_of_an_account_that_was_removed_it_is_told_too_and_given_up_in_its_time(world: World) -> None:
    await world.quarantine.hold("gone", delivery(), "clash")
    await holdings(world).once()
    assert entries(world) == {("gone", "clash"): 1}
    world.clock.turn(KEPT)
    await holdings(world).once()
    assert await world.quarantine.all("gone") == []


async def test_it_is_told_every_half_minute(world: World) -> None:
    clock = Turnstile()
    task = asyncio.create_task(holdings(world).run(clock.sleep))
    try:
        assert await clock.wanted() == EVERY
        await world.quarantine.hold("lunch", delivery(), "clash")
        clock.may.release()
        assert await clock.wanted() == EVERY
        assert entries(world) == {("lunch", "clash"): 1}
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

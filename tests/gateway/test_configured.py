"""Which reading of the configuration holds: one at a time, and whoever follows is told of the newest."""

import asyncio

from redis.asyncio import Redis

from gateway.accounts import Account
from tests.gateway.acme import LUNCH, OTHER, Acme, given, spec
from tests.gateway.world import PATIENCE, World, soon


async def test_who_follows_is_told_of_what_holds_and_of_the_newest_after_it(redis: Redis) -> None:
    world = World(redis)
    current, first = world.current, world.current.now
    told = current.each()
    assert await soon(told) is first
    current.become(world.reading(endorsers=[{"id": "star", "name": "Another star"}]))
    last = world.reading(charities=[{"id": "meals", "name": "Free meals"}])
    current.become(last)
    assert await soon(told) is last
    waiting = asyncio.ensure_future(anext(told))
    await asyncio.sleep(0)
    assert not waiting.done()
    current.become(first)
    assert await asyncio.wait_for(waiting, PATIENCE) is first


async def test_facts_that_come_together_go_by_one_reading_from_the_first_to_the_last(redis: Redis) -> None:
    world = World(redis)
    without = world.reading({}, accounts={}, campaigns=[])
    placed = world.placements.keep

    async def keep(*place: object) -> object:
        """The configuration changes while the first one is placed."""
        world.current.become(without)
        return await placed(*place)  # type: ignore[arg-type]

    world.placements.keep = keep  # type: ignore[assignment, method-assign]
    assert await world.ingest.apply(world.account, [given(1, 400), given(2, 100)]) == []
    assert await world.raised() == 500
    assert await world.ingest.apply(world.account, [given(3, 100)]) == ["unplaced"]


def test_an_account_built_again_is_another_one() -> None:
    built = [Account("lunch", spec(), Acme()) for _ in range(2)]
    assert built[0] != built[1]
    assert len(set(built)) == 2


def test_the_directory_keeps_what_former_accounts_told(redis: Redis) -> None:
    world = World(redis)
    left = world.reading({}, accounts={}, campaigns=[{**world.values["campaigns"][1]}]).directory
    assert (left.accounts["lunch"].is_gone, set(left.platforms)) == (True, {"acme"})
    assert (left.is_declared(LUNCH), left.is_declared(OTHER)) == (False, True)

"""Scores as either version of the protocol tells them: a client is of one, and nobody notices which."""

import pytest
from redis.asyncio import Redis

from gateway.store.shelf import Shelf
from tests.gateway.acme import LUNCH, given, who
from tests.gateway.world import World


@pytest.mark.parametrize("protocol", [2, 3])
async def test_donations_are_listed_over_both_versions_of_the_protocol(redis: Redis, redis_url: str, protocol: int) -> None:
    world = World(redis)
    await world.open()
    for number in (1, 2, 3):
        await world.put(given(number, 100))
    client = Redis.from_url(redis_url, protocol=protocol)
    rows, more, total = await Shelf(client).listed(LUNCH, since=None, until=None, first=2, after=None)
    assert ([row.entity for row in rows], more, total) == ([who(1), who(2)], True, 3)
    await client.aclose()

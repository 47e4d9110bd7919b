"""Work that is told to stop while it talks to the ledger stops, at whatever moment it is told."""

import asyncio

import pytest
from redis.asyncio import Redis

from gateway.store.connection import connect

TURNS = 60
"""More turns of the event loop than two commands take."""


async def ask_for_ever(client: Redis) -> None:
    """Work like a job of upkeep, which ends by being cancelled only."""
    while True:
        await client.set("key", "value")


@pytest.mark.parametrize("turns", range(TURNS))
async def test_a_task_that_is_cancelled_in_the_middle_of_a_command_ends(redis_url: str, turns: int) -> None:
    client = connect(redis_url)
    await client.set("key", "value")  # so that the connection is open
    work = asyncio.create_task(ask_for_ever(client))
    for _ in range(turns):
        await asyncio.sleep(0)

    work.cancel()

    done, _ = await asyncio.wait({work}, timeout=2)
    work.cancel()
    assert done == {work}
    assert work.cancelled()
    assert await client.get("key") == b"value"  # no answer of what was cancelled is left for the next one
    await client.aclose()

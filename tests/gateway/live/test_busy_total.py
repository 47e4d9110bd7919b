"""A total that changes as fast as the ledger writes: viewers get it at the rate they asked for, and it costs no more."""

import asyncio
from contextlib import aclosing
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from gateway.http.limits import Limits
from gateway.http.operations import Operations
from gateway.http.requests import OperationRequest
from gateway.live.running import RunningOperations
from gateway.read.follower import Follower
from gateway.store.bus import Change
from schema.api import ids
from schema.api.build import build
from schema.api.ports import Context
from tests.gateway.acme import LUNCH, given
from tests.gateway.live.reading import results_of
from tests.gateway.world import PATIENCE, World, following

QUERY = """
subscription ($id: ID!) { campaignTotal(id: $id) { recovered campaign { total { raised { amount } donationCount } } } }
"""
CHANGES = 1_000
VIEWERS = 20
STEPS, RATE = 20, 10
"""Most a second."""


async def test_a_thousand_changes_cost_steps_and_executions_by_the_clock_and_end_on_the_true_value(
    client: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, hear = list[Change](), Follower.hear

    def count(follower: Follower, change: Change) -> None:
        heard.append(change)
        hear(follower, change)

    monkeypatch.setattr(Follower, "hear", count)
    loop = asyncio.get_running_loop()
    world = World(client)
    await world.open()
    await world.put(given(0, 100))
    async with following(world, redis_url, monotonic=loop.time) as followed:
        operations = Operations(build(), lambda: Context(followed.reads, followed.hub), Limits())
        running = RunningOperations(operations)

        async def watch() -> list[dict[str, Any]]:
            operation = operations.prepare(OperationRequest(QUERY, None, {"id": ids.campaign_id(LUNCH)}), "request")
            seen: list[dict[str, Any]] = []
            async with aclosing(results_of(running, operation)) as results:
                async for result in results:
                    seen.append(orjson.loads(result.body)["data"]["campaignTotal"])
                    if seen[-1]["campaign"]["total"]["donationCount"] == CHANGES + 1:
                        return seen
            return seen

        viewers = [asyncio.create_task(watch()) for _ in range(VIEWERS)]
        async with asyncio.timeout(PATIENCE):
            while running.viewers < VIEWERS or not running.executed:
                await asyncio.sleep(0.01)
        began, steps, executed = loop.time(), followed.follower.steps, running.executed
        for start in range(1, CHANGES, 50):
            await asyncio.gather(*(world.put(given(number, 100)) for number in range(start, start + 50)))
        async with asyncio.timeout(PATIENCE):
            told = await asyncio.gather(*viewers)
        took = loop.time() - began
    amount = f"{(CHANGES + 1) * 1}.00"
    for seen in told:
        figures = [update["campaign"]["total"]["donationCount"] for update in seen]
        assert figures == sorted(set(figures))
        assert seen[-1]["campaign"]["total"]["raised"]["amount"] == amount
        assert len(seen) <= RATE * took + 3
        assert all(update["recovered"] for update in seen[1:])
    assert len(heard) == CHANGES
    assert running.executed - executed <= RATE * took + 2
    assert followed.follower.steps - steps <= STEPS * took + 2

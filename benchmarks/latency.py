"""From the moment a network sends a notification to the frame on one viewer's screen."""

import asyncio
import statistics
import time
from dataclasses import dataclass

import aiohttp

from benchmarks.world import World

FOLLOW = """
subscription ($id: ID!) { campaignTotal(id: $id, maxRate: 20) { campaign { total { raised { amount } } } position } }
"""
FIND = '{ campaignByExternalId(platform: "wechat_pay", externalId: "school-lunch") { id } }'


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds. ``answered`` is the notification's own answer, ``shown`` the viewer's frame."""

    notifications: int
    answered_p50: float
    shown_p50: float
    shown_p99: float


async def latency(world: World, count: int) -> Latency:
    """One notification after the other, each sent when the frame of the one before has come and the step is over."""
    answered: list[float] = []
    shown: list[float] = []
    async with aiohttp.ClientSession() as session:
        async with session.post(world.graphql, json={"query": FIND}) as found:
            campaign = (await found.json())["data"]["campaignByExternalId"]["id"]
        async with session.ws_connect(world.graphql, protocols=["graphql-transport-ws"]) as viewer:
            await viewer.send_json({"type": "connection_init"})
            await viewer.receive_json()
            await viewer.send_json(
                {"type": "subscribe", "id": "1", "payload": {"query": FOLLOW, "variables": {"id": campaign}}}
            )
            await viewer.receive_json()
            for _ in range(count):
                outgoing = world.wechat.outgoing(await world.wechat.pay(400, notify=False))
                began = time.perf_counter()
                async with session.post(world.webhook, data=outgoing.body, headers=dict(outgoing.headers)) as answer:
                    await answer.read()
                    answered.append(time.perf_counter() - began)
                await viewer.receive_json()
                shown.append(time.perf_counter() - began)
                await asyncio.sleep(0.1)
    hundredths = statistics.quantiles(shown, n=100)
    return Latency(count, statistics.median(answered) * 1e3, statistics.median(shown) * 1e3, hundredths[98] * 1e3)

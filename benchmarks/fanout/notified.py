"""Signed WeChat Pay notifications at a steady rate, whatever becomes of them, until the last viewer has seen each."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from typing import Final

import aiohttp

from benchmarks.fanout.crowd import Crowd, crowd
from benchmarks.fanout.document import LEAST
from benchmarks.fanout.figures import Notified
from benchmarks.fanout.gateway import Gateway, gateway
from benchmarks.fanout.run import Pace, percentile
from benchmarks.world import cpu_seconds
from connectors.testing.emulation import Outgoing

RATE: Final = 200
"""Notifications a second."""
AT_ONCE: Final = 64
FEN: Final = 100


async def notified(viewers: int, pace: Pace, core: int, other: int) -> Notified:
    """The gateway is on ``core``. A notification counts as sent when its turn has come, also where the sender is late."""
    async with gateway(1, core, other) as server, crowd(server.place, other) as following:
        await following.connect(viewers)
        sender = _Sender(server, following)
        await sender.send(int(RATE * pace.warm))
        before, began = cpu_seconds(server.place.pid), time.monotonic()
        took = await sender.send(int(RATE * pace.measured))
        spent = (cpu_seconds(server.place.pid) - before) / (time.monotonic() - began)
        await following.leave()
    return Notified(viewers, RATE, statistics.median(took), percentile(took, 99), spent)


class _Sender:
    """Each notification is of one yuan more, so a frame tells how many were counted; one that is overtaken by the next one
    is taken for it."""

    def __init__(self, server: Gateway, viewers: Crowd) -> None:
        self._world = server.world
        self._attach = f"campaign={server.campaigns[0].native}"
        self._viewers = viewers
        self._amount = LEAST

    async def send(self, count: int) -> list[float]:
        """Milliseconds that each of them took, signed before."""
        wechat = self._world.wechat
        signed = [wechat.outgoing(await wechat.pay(FEN, attach=self._attach, notify=False)) for _ in range(count)]
        amounts = range(self._amount + 1, self._amount + 1 + count)
        self._amount += count
        async with asyncio.TaskGroup() as tasks:
            reaching = tasks.create_task(self._viewers.reached(amounts))
            due = await self._post(signed)
        reached = reaching.result()
        return [(reached[amount][0] - moment) / 1e6 for amount, moment in zip(amounts, due, strict=True)]

    async def _post(self, signed: Sequence[Outgoing]) -> list[int]:
        """When each was due, in nanoseconds of the monotonic clock."""
        due: list[int] = []
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

            async def post(outgoing: Outgoing) -> None:
                async with session.post(self._world.webhook, data=outgoing.body, headers=dict(outgoing.headers)) as answer:
                    if answer.status != 200:
                        raise RuntimeError(f"refused with {answer.status}")

            async with asyncio.TaskGroup() as tasks:
                start = time.monotonic_ns()
                for number, outgoing in enumerate(signed):
                    due.append(start + number * 1_000_000_000 // RATE)
                    await asyncio.sleep(max(0.0, (due[-1] - time.monotonic_ns()) / 1e9))
                    tasks.create_task(post(outgoing))
        return due

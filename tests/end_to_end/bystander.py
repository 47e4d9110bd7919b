"""Somebody who follows a total on a socket of its own, while others misbehave on theirs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from websockets.asyncio.client import ClientConnection

from tests.end_to_end.viewers import TOTAL
from tests.end_to_end.world import World
from tests.gateway.live.test_websocket import hear, introduce, raw, say

CAMPAIGN: Final = "school-lunch"
SECONDS: Final = 5.0
"""How long a gift may take to a viewer."""


class Bystander:
    """On ``socket``, in a world whose only donations are made here."""

    def __init__(self, world: World, socket: ClientConnection) -> None:
        self._world = world
        self._socket = socket
        self._gifts = 0

    async def is_unhurt(self) -> None:
        """Is told of a gift that is made now, on the socket that it has had from the beginning; and nothing failed inside."""
        await self._world.wechat.pay(100, book=CAMPAIGN)
        self._gifts += 1
        async with asyncio.timeout(SECONDS):
            while await self._told() != self._gifts:
                pass
        log = self._world.gateway.log.read_text()
        for trace in ("Traceback", "ERROR", '"level": "error"'):
            assert trace not in log, log

    async def is_alone(self) -> None:
        """Is soon the only one who is connected."""
        async with asyncio.timeout(SECONDS):
            while await self._world.count("giving_live_sockets") != 1:
                await asyncio.sleep(0.02)

    async def _told(self) -> int | None:
        message = await hear(self._socket)
        total = message["payload"]["data"]["campaignTotal"]["campaign"]["total"]
        return total["donationCount"] if total else None


@asynccontextmanager
async def bystander(world: World) -> AsyncIterator[Bystander]:
    """One who has just begun."""
    campaign = (await world.campaigns())[CAMPAIGN]["id"]
    async with raw(f"{world.url}/graphql") as socket:
        await introduce(socket)
        await say(socket, type="subscribe", id="1", payload={"query": TOTAL, "variables": {"id": campaign}})
        await hear(socket)
        yield Bystander(world, socket)

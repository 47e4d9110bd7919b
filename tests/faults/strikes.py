"""``kill -9`` of the gateway and of its ledger's server at random moments, and whether the books balance right after."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from connectors.testing.emulation import ScaledClock
from gateway.store.connection import connect
from gateway.store.shelf import Shelf
from gateway.upkeep.audit import Audit
from tests.faults.flow import Flow
from tests.faults.redis_server import RedisServer
from tests.faults.sim import Sim

MOST_CUT: Final = 6_000
"""Bytes of an AOF's tail."""
PAUSE: Final = 0.5
"""The longest time, in seconds, between a gift and the blow that it was chosen for."""
PATIENCE: Final = 5
"""How often books are looked at that change too fast to be told."""


@dataclass(repr=False)
class Strikes:
    """``gateways`` and ``servers`` count kills; ``cut`` is how many bytes each server lost. ``unbalanced`` says what did not
    balance, and after which strike. ``tell`` hears of each one.
    """

    sim: Sim
    flow: Flow
    rng: random.Random
    tell: Callable[[int, str], None]
    gateways: int = 0
    servers: int = 0
    cut: list[int] = field(default_factory=list)
    audits: int = 0
    unbalanced: list[str] = field(default_factory=list)

    async def run(self, kills: int) -> None:
        """So many, spread over all gifts. One in five takes both processes at once, as when the power fails."""
        assert self.sim.server is not None
        for number, at in enumerate(sorted(self.rng.sample(range(1, self.flow.donations), kills))):
            await self.flow.reach(at)
            await asyncio.sleep(self.rng.uniform(0, PAUSE))
            [what] = self.rng.choices(("gateway", "server", "both"), (2, 2, 1))
            self.tell(number, what)
            if what == "gateway":
                await self._gateway()
            else:
                await self._server(self.sim.server, with_gateway=what == "both")
        self.tell(kills, "")

    async def audit(self, after: str) -> None:
        """Adds up every record, and holds all sums against them."""
        assert self.sim.server is not None
        async with connect(self.sim.server.url) as redis:
            audit = Audit(redis, ScaledClock(), share=1)
            for campaign in await Shelf(redis).opened():
                for _ in range(PATIENCE):
                    drifts = await audit.drifts(campaign)
                    if drifts is not None:
                        break
                if drifts is None:
                    self.unbalanced.append(f"{after}: {campaign} could not be told")
                else:
                    self.unbalanced += [f"{after}: {campaign} {each.what} {each.kept}, not {each.due}" for each in drifts]
        self.audits += 1

    async def _gateway(self) -> None:
        await self.sim.gateway.kill()
        self.gateways += 1
        await self.sim.gateway.begin()
        await self.audit(f"gateway {self.gateways}")
        await self.sim.gateway.ready()

    async def _server(self, server: RedisServer, *, with_gateway: bool) -> None:
        wire = self.sim.wire
        assert wire is not None
        wire.refuse = True  # the books are looked at as they were found, before anybody writes
        await server.kill()
        self.servers += 1
        if with_gateway:
            await self.sim.gateway.kill()
            self.gateways += 1
        self.cut.append(server.lose_tail(self.rng, MOST_CUT))
        await server.start()
        await self.audit(f"server {self.servers}")
        wire.refuse = False
        if with_gateway:
            await self.sim.gateway.start()

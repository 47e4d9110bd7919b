"""This gateway by its ordinary command, in a process of its own, with its private Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

from benchmarks.process import pin
from benchmarks.query.campaigns import YUAN, campaign, fill, give
from benchmarks.query.server import Place
from benchmarks.world import World, world
from gateway.clock import SystemClock
from gateway.store.bulk import in_pieces
from gateway.store.embedded import joined
from gateway.store.ledger import Ledger


class Gateway:
    """A running one. Totals move by the ledger's own script."""

    def __init__(self, started: World, ledger: Ledger) -> None:
        self.place = Place(urlsplit(started.address).port or 0, "/graphql", started.gateway, (started.redis,))
        self.address = started.graphql
        self._ledger = ledger
        self._given = 0

    async def move(self, number: int) -> None:
        """A donation of one yuan, durable when this returns."""
        self._given += 1
        await give(self._ledger, campaign(number), self._given, YUAN)


@asynccontextmanager
async def gateway(campaigns: int, core: int, other: int) -> AsyncIterator[Gateway]:
    """Starts it with so many campaigns. Its Redis is on the ``other`` core, as the peers have none."""
    async with world((), core=core, fill=partial(fill, campaigns)) as started:
        pin(started.redis, other)
        async with joined(started.folder / "redis") as url, in_pieces(url) as redis:
            yield Gateway(started, Ledger(redis, SystemClock(), "UTC"))

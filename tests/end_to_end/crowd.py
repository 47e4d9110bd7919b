"""Thousands of viewers in one process, most of them over WebSocket and some over every other transport."""

import asyncio
import random
import resource
from collections.abc import Callable, Iterable
from itertools import cycle, islice
from typing import Final
from urllib.parse import urlsplit

from tests.end_to_end.crowd_viewers import ConnectionViewer, Door, EventsViewer, PartsViewer, SocketViewer, Viewer
from tests.end_to_end.world import at_once

AT_ONCE: Final = 64
PATIENCE: Final = 60.0
KINDS: Final[tuple[type[Viewer], ...]] = (EventsViewer, PartsViewer, ConnectionViewer, *[SocketViewer] * 38)
"""In turns. Streams take a connection for each operation, and a gateway that is busy telling lets one in at a time."""


def room_for(viewers: int) -> None:
    """Lets this process, and those that it starts, have so many connections."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(most, 2 * viewers)), most))


class Crowd:
    """Those that were connected together. ``faults`` is all that no viewer should ever have been told."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname is not None
        assert address.port is not None
        self._door = Door(address.hostname, address.port)
        self.faults = self._door.faults
        self.viewers: list[Viewer] = []

    async def connect(self, count: int) -> None:
        """Returns when each of them has been let in."""
        self.viewers = [kind(self._door) for kind in islice(cycle(KINDS), count)]
        async with asyncio.timeout(PATIENCE):
            await at_once((viewer.enter() for viewer in self.viewers), AT_ONCE)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until it is so. Fails when it does not come, or at any fault."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                assert not self.faults, self.faults[:3]
                await asyncio.sleep(0.01)

    async def cut(self, rng: random.Random, seconds: float) -> None:
        """Every line at a random time within so many seconds."""

        async def one(viewer: Viewer) -> None:
            await asyncio.sleep(rng.uniform(0, seconds))
            viewer.cut()

        await asyncio.gather(*map(one, self.viewers))

    def leave(self) -> None:
        """All lines at once."""
        for viewer in self.viewers:
            viewer.cut()

    def all_told(self, names: Iterable[str]) -> bool:
        """Whether each of them has been told something of each of these."""
        names = tuple(names)
        return all(viewer.told[name] for viewer in self.viewers for name in names)

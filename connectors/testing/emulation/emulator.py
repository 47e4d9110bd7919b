"""The base of emulators."""

import random
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette

from connectors.testing.emulation.book import Book
from connectors.testing.emulation.clock import ScaledClock
from connectors.testing.emulation.sender import Sender
from connectors.testing.emulation.serving import serve


class Emulator(ABC):
    """One network's understudy. ``callback`` is where its deliveries go; whoever runs it says so."""

    key: str
    """The connector's key."""

    def __init__(self, *, clock: ScaledClock | None = None, seed: int = 1) -> None:
        self.clock = clock or ScaledClock()
        self.rng = random.Random(seed)
        self._books: dict[str, Book] = {}
        self.callback: str | None = None
        self.url = ""
        self._silent = Sender(self.clock, (), timedelta(seconds=5), lambda _: True, self.rng)

    @property
    def books(self) -> dict[str, Book]:
        """What it knows to be true of each campaign, by the native id that the gateway has for it."""
        return self._books

    @property
    @abstractmethod
    def app(self) -> Starlette:
        """The network's API with its control door under ``/control``."""

    @property
    def sender(self) -> Sender:
        """What delivers its webhooks. A network that sends none leaves it as it is."""
        return self._silent

    @abstractmethod
    def account(self) -> dict[str, Any]:
        """The settings, by the connector's names, of an account that talks to this emulator at ``self.url``."""

    async def close(self) -> None:
        """Ends what it started."""
        await self.sender.close()

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Runs it on loopback within this event loop; gives its address, which is also in ``url``."""
        async with serve(self.app, port) as self.url:
            try:
                yield self.url
            finally:
                await self.close()

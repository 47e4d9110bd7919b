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
from connectors.testing.emulation.serving import Server


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
        self._server: Server | None = None
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

    @property
    def is_up(self) -> bool:
        """Whether it is served, and was not killed."""
        return self._server is not None and self._server.is_up

    async def kill(self) -> None:
        """Its servers are gone, as if killed: every line is cut, nobody answers at its address, and what it was about to
        deliver waits. What it knows stays. A network that is not served has no servers.
        """
        self.sender.hold()
        if self._server is not None:
            await self._server.kill()

    async def start(self) -> None:
        """They are back, at the same address, and what waited leaves. Nothing happens where they never left."""
        if self._server is not None:
            await self._server.start()
        self.sender.release()

    async def close(self) -> None:
        """Ends what it started."""
        await self.sender.close()

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Runs it on loopback within this event loop; gives its address, which is also in ``url``."""
        async with Server(self.app, port) as self._server:
            self.url = self._server.url
            try:
                yield self.url
            finally:
                await self.close()

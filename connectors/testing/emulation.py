"""The base of emulators: a network's understudy with **one state** behind its API, its deliveries and its statements.

A donation made through ``donate`` or the control door appears everywhere, signed, under one id, and in the books, which are
what a gateway's totals are held against. An emulator shares no mapping or signing code with its connector.
"""

import asyncio
import random
import socket
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import uvicorn
from starlette.applications import Starlette


class ScaledClock:
    """A wall clock that runs ``speed`` times as fast from ``start`` on, and can be turned forward."""

    def __init__(self, start: datetime | None = None, *, speed: float = 1.0) -> None:
        self.speed = speed
        self._start = start or datetime.now(UTC)
        self._began = datetime.now(UTC)

    def now(self) -> datetime:
        """This moment on it, aware, in UTC."""
        return self._start + (datetime.now(UTC) - self._began) * self.speed

    def turn(self, by: timedelta) -> None:
        """Turns it forward, or back."""
        self._start += by

    async def sleep(self, duration: timedelta) -> None:
        """Sleeps until that much has passed on it."""
        await asyncio.sleep(duration.total_seconds() / self.speed)


@dataclass(slots=True)
class Book:
    """What an emulator knows to be true of one campaign, in minor units. ``raised`` is net of ``refunded``.

    ``endorsers`` holds, by name, what the payments that name an endorser gave, net of refunds.
    """

    currency: str
    raised: int = 0
    refunded: int = 0
    count: int = 0
    endorsers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One attempt of a delivery."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Mischief:
    """How often deliveries go wrong: shares of 1. ``delay`` is the most that a reordered one is held back, in seconds."""

    duplicate: float = 0.0
    reorder: float = 0.0
    lose: float = 0.0
    delay: float = 0.5


@dataclass(slots=True)
class Attempt:
    """What came of one attempt: the receiver's status (0: none) and body."""

    status: int
    body: bytes
    content_type: str = ""


@dataclass
class Sender:
    """Delivers webhooks with a network's own retry table on its clock, and with mischief on request.

    ``accepts`` judges an answer as the network does. ``attempts`` keeps what was answered, newest last.
    """

    clock: ScaledClock
    retries: tuple[timedelta, ...]
    timeout: timedelta
    accepts: Callable[[Attempt], bool]
    rng: random.Random
    mischief: Mischief = field(default_factory=Mischief)
    attempts: list[Attempt] = field(default_factory=list)
    abandoned: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _session: aiohttp.ClientSession | None = None

    def send(self, url: str, make: Callable[[int], Outgoing | None], heard: Callable[[Attempt], None] | None = None) -> None:
        """Starts delivering. ``make`` builds each attempt, counted from 0, as some networks sign every one anew; None ends
        it. ``heard`` is told what came of each attempt.
        """
        copies = 2 if self.rng.random() < self.mischief.duplicate else 1
        for _ in range(copies):
            late = self.rng.uniform(0, self.mischief.delay) if self.rng.random() < self.mischief.reorder else 0.0
            task = asyncio.create_task(self._deliver(url, make, heard, late))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def attempt(self, url: str, outgoing: Outgoing) -> Attempt:
        """One attempt, at once and without mischief."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(self.timeout.total_seconds()))
        try:
            async with self._session.post(
                url, data=outgoing.body, headers=dict(outgoing.headers), allow_redirects=False
            ) as answer:
                made = Attempt(answer.status, await answer.read(), answer.headers.get("Content-Type", ""))
        except (aiohttp.ClientError, TimeoutError, OSError):
            made = Attempt(0, b"")
        self.attempts.append(made)
        del self.attempts[:-10_000]
        return made

    async def _deliver(
        self, url: str, make: Callable[[int], Outgoing | None], heard: Callable[[Attempt], None] | None, late: float
    ) -> None:
        await asyncio.sleep(late)
        for number, pause in enumerate((*self.retries, None)):
            lost = number < len(self.retries) and self.rng.random() < self.mischief.lose
            if not lost:
                outgoing = make(number)
                if outgoing is None:
                    return
                made = await self.attempt(url, outgoing)
                if heard is not None:
                    heard(made)
                if self.accepts(made):
                    return
            if pause is not None:
                await self.clock.sleep(pause)
        self.abandoned += 1

    async def settle(self) -> None:
        """Waits until nothing is under way any more."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Gives up what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


class Emulator(ABC):
    """One network's understudy. ``callback`` is where its deliveries go; whoever runs it says so."""

    key: str
    """The connector's key."""

    def __init__(self, *, clock: ScaledClock | None = None, seed: int = 1) -> None:
        self.clock = clock or ScaledClock()
        self.rng = random.Random(seed)
        self.books: dict[str, Book] = {}
        self.callback: str | None = None
        self.url = ""

    @property
    @abstractmethod
    def app(self) -> Starlette:
        """The network's API with its control door under ``/control``."""

    @property
    @abstractmethod
    def sender(self) -> Sender:
        """What delivers its webhooks."""

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


@asynccontextmanager
async def serve(app: Any, port: int = 0) -> AsyncIterator[str]:
    """Serves an ASGI application on loopback within this event loop, and ends it with the context."""
    # The protocol is named because asyncio sets TCP_NODELAY only where it is: without, each answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        app, log_level="warning", lifespan="off", access_log=False, ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = _Guest(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.leaving.set()
        await task
        listener.close()


class _Guest(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leaving = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.leaving.wait()  # uvicorn's own looks ten times a second, which a test's end would wait for

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals stay with whoever runs the loop

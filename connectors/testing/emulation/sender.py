"""Delivers webhooks as a network does, and as badly as one is asked to."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import aiohttp

from connectors.testing.emulation.clock import ScaledClock

REPEATED: Final = timedelta(minutes=1)
"""When a delivery is made again whose answer was not heard, of a network that does not try again: by a proxy on the way."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One attempt of a delivery."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Mischief:
    """How often deliveries go wrong: shares of 1. ``delay`` is the most that a reordered one is held back, in seconds.

    ``unheard`` is the share of deliveries that were answered once without the network's hearing it, so that it comes again
    after its own pause, with the next attempt.
    """

    duplicate: float = 0.0
    reorder: float = 0.0
    lose: float = 0.0
    unheard: float = 0.0
    delay: float = 0.5


@dataclass(slots=True)
class Attempt:
    """What came of one attempt: the receiver's status (0: none) and body."""

    status: int
    body: bytes
    content_type: str = ""
    number: int = 0
    """Which one it was of its delivery, counted from 0."""
    given_up: bool = False
    """Whether it was the last one, and not taken either."""


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
    _due: dict[asyncio.Task[None] | None, datetime] = field(default_factory=dict)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _leaves: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._leaves.set()

    def hold(self) -> None:
        """No attempt begins any more, until ``release``: those that are due wait. One that is under way may still arrive."""
        self._leaves.clear()

    def release(self) -> None:
        """What was held leaves."""
        self._leaves.set()

    _session: aiohttp.ClientSession | None = None

    def send(self, url: str, make: Callable[[int], Outgoing | None], heard: Callable[[Attempt], None] | None = None) -> None:
        """Starts delivering. ``make`` builds each attempt, counted from 0, as some networks sign every one anew; None ends
        it. ``heard`` is told what came of each attempt that left.
        """
        copies = 2 if self.rng.random() < self.mischief.duplicate else 1
        for _ in range(copies):
            late = self.rng.uniform(0, self.mischief.delay) if self.rng.random() < self.mischief.reorder else 0.0
            task = asyncio.create_task(self._deliver(url, make, heard, late))
            self._tasks.add(task)
            task.add_done_callback(self._end)

    async def attempt(self, url: str, outgoing: Outgoing, number: int = 0) -> Attempt:
        """One attempt, at once and without mischief."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(self.timeout.total_seconds()))
        try:
            async with self._session.post(
                url, data=outgoing.body, headers=dict(outgoing.headers), allow_redirects=False
            ) as answer:
                made = Attempt(answer.status, await answer.read(), answer.headers.get("Content-Type", ""), number)
        except (aiohttp.ClientError, TimeoutError, OSError):
            made = Attempt(0, b"", number=number)
        self.attempts.append(made)
        del self.attempts[:-10_000]
        return made

    async def _deliver(
        self, url: str, make: Callable[[int], Outgoing | None], heard: Callable[[Attempt], None] | None, late: float
    ) -> None:
        await asyncio.sleep(late)
        # drawn only where it is asked for, as some networks draw their ids from the same generator
        unheard = self.mischief.unheard > 0 and self.rng.random() < self.mischief.unheard
        retries = self.retries or ((REPEATED,) if unheard else ())
        for number, pause in enumerate((*retries, None)):
            lost = pause is not None and self.rng.random() < self.mischief.lose
            if not lost:
                await self._leaves.wait()
                outgoing = make(number)
                if outgoing is None:
                    return
                made = await self.attempt(url, outgoing, number)
                missed, unheard = unheard and pause is not None, False
                made = Attempt(0, b"", number=number) if missed else made
                taken = not missed and self.accepts(made)
                made.given_up = pause is None and not taken
                if heard is not None:
                    heard(made)
                if taken:
                    return
            if pause is not None:
                await self._pause(pause)
        self.abandoned += 1

    async def _pause(self, pause: timedelta) -> None:
        task = asyncio.current_task()
        self._due[task] = self.clock.now() + pause
        self._moved.set()
        try:
            await self.clock.sleep(pause)
        finally:
            del self._due[task]

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._moved.set()

    async def rest(self) -> timedelta | None:
        """Waits until all that is under way only waits for its next attempt, and says how long the first of them still does;
        None where nothing is under way any more. For whoever turns the clock instead of waiting.
        """
        while self._tasks:
            now = self.clock.now()
            waiting = [due for due in self._due.values() if due > now]
            if len(waiting) == len(self._tasks):
                return min(waiting) - now
            self._moved.clear()
            await self._moved.wait()
        return None

    async def room(self, most: int) -> None:
        """Waits until fewer than ``most`` deliveries are under way. For whoever has very many to make."""
        while len(self._tasks) >= most:
            self._moved.clear()
            await self._moved.wait()

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

"""All servers at once, asked in turns: what disturbs the machine for a while disturbs all of them."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from benchmarks.query.answers import AnswersDiffer, amounts, answer, compare
from benchmarks.query.cases import Case, cases
from benchmarks.query.documents import HOT, ROWS
from benchmarks.query.figures import OURS, Figures
from benchmarks.query.gateway import Gateway
from benchmarks.query.load import Load, Pace, load
from benchmarks.query.rows import rows, write
from benchmarks.query.server import Server, Start

CAUGHT_UP_SECONDS: Final = 3
"""By when each server must show what its campaigns were given."""


class Compared:
    """Running servers, of which it is known that they answer the same."""

    def __init__(self, servers: Mapping[str, Server], compared: list[Case], core: int, other: int) -> None:
        self.cases = compared
        self._servers = servers
        self._cores = core, other
        self._moved = dict.fromkeys(servers, 0)

    def servers(self, case: Case) -> list[str]:
        """Those that are in it."""
        return [name for name in self._servers if name not in case.without]

    async def measure(self, case: Case, pace: Pace, told: Callable[[str], None]) -> list[Figures]:
        """Each server several times. Raises AnswersDiffer for one that does not show what has changed."""
        loads: dict[str, list[Load]] = {name: [] for name in self.servers(case)}
        turns = [replace(pace, measured=pace.first), *[pace] * pace.repeats]
        for turn, each in enumerate(turns):
            start = turn * case.requests.length // len(turns)
            for name, found in loads.items():
                told(f"{name}, {case.name}")
                found.append(await self._load(name, case, each, start))
        return [Figures(name, case.name, tuple(found[1:])) for name, found in loads.items()]

    async def _load(self, name: str, case: Case, pace: Pace, start: int) -> Load:
        server = self._servers[name]
        if not case.rate:
            return await load(server.place, case.requests, pace, *self._cores, start=start)
        before = await amounts(server.place, HOT)
        first = self._moved[name]
        async with self._moving(name, case.rate) as reached:
            found = await load(server.place, case.requests, pace, *self._cores, start=start)
            changes = reached()
        await _shows(name, server, before, range(first, self._moved[name]))
        return replace(found, changes=changes)

    @asynccontextmanager
    async def _moving(self, name: str, rate: int) -> AsyncIterator[Callable[[], float]]:
        """Moves the campaigns of the first page in turns, at a steady rate as far as the server keeps up with it.

        Gives what tells the rate that was reached so far.
        """
        begun, first = time.monotonic(), self._moved[name]

        async def move() -> None:
            while not left.is_set():
                await self._servers[name].move(self._moved[name] % ROWS)
                self._moved[name] += 1
                due = begun + (self._moved[name] - first) / rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))

        left = asyncio.Event()
        moving = asyncio.create_task(move())
        try:
            yield lambda: (self._moved[name] - first) / (time.monotonic() - begun)
        finally:
            left.set()
            await moving


@asynccontextmanager
async def compared(
    ours: Gateway, peers: Mapping[str, Start], fixed: str, uncached: str, folder: Path, core: int, other: int
) -> AsyncIterator[Compared]:
    """Starts all others with what the gateway tells of its campaigns.

    Raises AnswersDiffer where one of them answers anything else.
    """
    async with AsyncExitStack() as stack:
        told = await rows(ours.address)
        file = folder / "rows.json"
        write(told, await answer(ours.place, HOT), file)
        servers: dict[str, Server] = {OURS: ours}
        for name, start in peers.items():
            servers[name] = await stack.enter_async_context(start(file, core))
        running = Compared(servers, cases(told, folder, fixed, uncached), core, other)
        for case in running.cases:
            await compare({name: servers[name].place for name in running.servers(case)}, case.compared)
        yield running


async def _shows(name: str, server: Server, before: list[tuple[str, str, int]], moved: range) -> None:
    """Waits until it does; ``moved`` numbers what was given in turns."""
    more = Counter(number % ROWS for number in moved)
    expected = [
        (campaign, f"{Decimal(amount) + more[place]}", count + more[place])
        for place, (campaign, amount, count) in enumerate(before)
    ]
    until = time.monotonic() + CAUGHT_UP_SECONDS
    while (found := await amounts(server.place, HOT)) != expected:
        if time.monotonic() > until:
            raise AnswersDiffer(f"{name} shows {found}\nwhere it should show {expected}")
        await asyncio.sleep(0.1)

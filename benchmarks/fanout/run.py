"""One case on one server: connect, warm, and then change after change, each when the one before has reached everybody."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.fanout.crowd import Crowd, crowd
from benchmarks.fanout.document import LEAST, MAX_RATE
from benchmarks.fanout.figures import Case, Figures
from benchmarks.fanout.server import Server, Start
from benchmarks.process import Spent, resident, spent

FIRST: Final = 20
"""Viewers that a server has had, and still has, when its memory is first looked at; at least one for each total."""
LEAST_ROUNDS: Final = 3
"""That are measured, however long they take."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds for which a server is warmed, and then measured."""

    warm: float
    measured: float


class Changes:
    """Moves the totals of a server up, one yuan at a time, at most ``MAX_RATE`` times a second."""

    def __init__(self, server: Server, viewers: Crowd) -> None:
        self._server = server
        self._viewers = viewers
        self.amount = LEAST

    async def go_on(self, seconds: float, *, least: int = 1) -> list[float]:
        """For so long, or so often. Milliseconds of each change of each total until its last viewer had it."""
        took: list[float] = []
        end, rounds = time.monotonic() + seconds, 0
        while time.monotonic() < end or rounds < least:
            began, due = time.monotonic_ns(), time.monotonic() + 1 / MAX_RATE
            self.amount, rounds = self.amount + 1, rounds + 1
            await self._server.move(self.amount)
            reached = await self._viewers.reached(range(self.amount, self.amount + 1))
            took += [(moment - began) / 1e6 for moment in reached[self.amount]]
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        return took


async def run(name: str, start: Start, case: Case, pace: Pace, core: int, other: int) -> Figures:
    """Starts it on ``core`` and takes its figures. The viewers are on the ``other`` one.

    Raises RuntimeError where a viewer lost its connection, or had more or fewer frames than there were changes, and
    TimeoutError where viewers waited for too long.
    """
    async with start(case.totals, core, other) as server, crowd(server.place, other) as viewers:
        first = max(FIRST, case.totals)
        changes = Changes(server, viewers)
        await viewers.connect(first)
        await changes.go_on(pace.warm / 2)
        empty, before = resident(server.place.pid), changes.amount
        connecting = await viewers.connect(case.viewers - first)
        await changes.go_on(pace.warm)
        until, began, then = _spent(server, viewers, core), time.monotonic(), changes.amount
        took = await changes.go_on(pace.measured, least=LEAST_ROUNDS)
        seconds = time.monotonic() - began
        used = _spent(server, viewers, core) - until
        full = resident(server.place.pid)
        frames, size, repeats = await viewers.leave()
        expected = first * (before - LEAST) + case.viewers * (changes.amount - before)
        if (frames, repeats) != (expected, 0):
            raise RuntimeError(f"{name}, {case}: {frames} frames instead of {expected}, {repeats} of them nothing new")
        return Figures(
            server=name,
            case=case,
            deliveries=case.viewers * (changes.amount - then),
            seconds=seconds,
            server_cpu=used.server,
            others_work=used.others,
            other_cpu=used.beside,
            p50_ms=statistics.median(took),
            p99_ms=percentile(took, 99),
            bytes_each=size / frames,
            memory=(full - empty) / (case.viewers - first),
            connects=(case.viewers - first) / connecting,
        )


def percentile(values: Sequence[float], of: int) -> float:
    """The least of them that is not below so many of a hundred."""
    return sorted(values)[max(0, -(-len(values) * of // 100) - 1)]


def _spent(server: Server, viewers: Crowd, core: int) -> Spent:
    """Up to now, with the viewers and Redis beside the server."""
    store = server.place.store
    return spent(server.place.pid, [viewers.pid, *([store] if store else [])], core)

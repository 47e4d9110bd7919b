"""One case on one server: connect, warm, and then change after change, each when the one before has reached everybody."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.fanout.crowd import Crowd, crowd
from benchmarks.fanout.document import LEAST, MAX_RATE
from benchmarks.fanout.figures import Case, Figures
from benchmarks.fanout.process import busy_seconds, resident
from benchmarks.fanout.server import Server, Start
from benchmarks.world import cpu_seconds

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
        spent, began, then = _cpu(server, viewers, core), time.monotonic(), changes.amount
        took = await changes.go_on(pace.measured, least=LEAST_ROUNDS)
        seconds = time.monotonic() - began
        server_cpu, other_cpu, busy = (end - begin for end, begin in zip(_cpu(server, viewers, core), spent, strict=True))
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
            server_cpu=server_cpu,
            others_work=max(0.0, busy - server_cpu),
            other_cpu=other_cpu,
            p50_ms=statistics.median(took),
            p99_ms=percentile(took, 99),
            bytes_each=size / frames,
            memory=(full - empty) / (case.viewers - first),
            connects=(case.viewers - first) / connecting,
        )


def percentile(values: Sequence[float], of: int) -> float:
    """The least of them that is not below so many of a hundred."""
    return sorted(values)[max(0, -(-len(values) * of // 100) - 1)]


def _cpu(server: Server, viewers: Crowd, core: int) -> tuple[float, float, float]:
    """Of the server, of all that moves and follows its totals, and of everything on the server's core."""
    store = server.place.store
    beside = cpu_seconds(viewers.pid) + time.process_time() + (cpu_seconds(store) if store else 0)
    return cpu_seconds(server.place.pid), beside, busy_seconds(core, Path("/proc/stat").read_text("ascii"))

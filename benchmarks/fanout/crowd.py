"""Thousands of viewers in one node process, ``client.mjs``, seen from here."""

import asyncio
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from benchmarks.fanout.document import client_argument
from benchmarks.fanout.server import Place
from benchmarks.heard import heard
from benchmarks.world import pinned

CLIENT: Final = Path(__file__).parent / "client.mjs"


class Crowd:
    """All of them. What takes too long raises TimeoutError; a viewer that is cut off, or told nonsense, RuntimeError."""

    def __init__(self, process: Process, totals: int) -> None:
        if process.stdin is None:
            raise RuntimeError("a crowd without input")
        self.pid = process.pid
        self._process, self._input = process, process.stdin
        self._totals = totals

    async def connect(self, count: int) -> float:
        """So many more; the seconds until each of them had its first frame."""
        self._input.write(b"%d\n" % count)
        [_, milliseconds] = await heard(self._process, "connected")
        return float(milliseconds) / 1e3

    async def reached(self, amounts: range) -> dict[int, list[int]]:
        """When the last viewer of each total had each of these amounts, in nanoseconds of the monotonic clock.

        They are asked for in the order in which they come.
        """
        found: dict[int, list[int]] = {amount: [] for amount in amounts}
        for _ in range(len(amounts) * self._totals):
            [_, amount, moment] = await heard(self._process, "reached")
            if amount not in found:
                raise RuntimeError(f"viewers have {amount}, which is not one of {amounts}")
            found[amount].append(moment)
        return found

    async def leave(self) -> tuple[int, int, int]:
        """Frames after the first ones, their bytes, and how many of them showed nothing new."""
        self._input.close()
        [frames, size, repeats] = await heard(self._process, "left")
        return frames, size, repeats


@asynccontextmanager
async def crowd(place: Place, core: int) -> AsyncIterator[Crowd]:
    """Starts it, without viewers."""
    command = [shutil.which("node") or "node", str(CLIENT), client_argument(place)]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, preexec_fn=pinned(core))
    try:
        yield Crowd(process, len(place.ids))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()

"""Many who ask one server at once, in one node process, ``load.mjs``, seen from here."""

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.heard import heard
from benchmarks.process import Spent, spent
from benchmarks.query.documents import Request
from benchmarks.query.server import Place
from benchmarks.world import pinned

CLIENT: Final = Path(__file__).parent / "load.mjs"


@dataclass(frozen=True, slots=True)
class Requests:
    """A file of them with an order of so many places, which is gone through in turns."""

    file: Path
    length: int

    @classmethod
    def written(cls, file: Path, requests: Sequence[Request], order: Sequence[int] | None = None) -> "Requests":
        """Without an ``order`` one after the other."""
        order = range(len(requests)) if order is None else order
        file.write_text(json.dumps({"bodies": [each.body for each in requests], "order": list(order)}), "utf-8")
        return cls(file, len(order))


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds for which a server is warmed and then measured, by how many who each wait for their answer, how often.

    ``first`` is for how long each server is asked in each case before any is measured: what compiles as it runs goes on with
    that for thousands of requests.
    """

    warm: float
    measured: float
    repeats: int
    connections: int = 32
    first: float = 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """What was answered in the measured part, and what was spent in it."""

    requests: int
    seconds: float
    size: int
    """Bytes of all answers, with their heads."""
    p50_ms: float
    p99_ms: float
    used: Spent
    changes: float = 0.0
    """How many changes a second the server was given all the while."""


async def load(place: Place, requests: Requests, pace: Pace, core: int, other: int, *, start: int = 0) -> Load:
    """Asks the server, which is on ``core``, from the ``other`` one, beginning at a place of the order.

    Raises RuntimeError for an answer that is none, and TimeoutError where nothing is heard.
    """
    asked = {
        "host": "127.0.0.1",
        "port": place.port,
        "path": place.path,
        "file": str(requests.file),
        "start": start % requests.length,
        "connections": pace.connections,
        "warm": pace.warm * 1e3,
        "measured": pace.measured * 1e3,
    }
    command = [shutil.which("node") or "node", str(CLIENT), json.dumps(asked)]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, preexec_fn=pinned(other))
    try:
        beside = [process.pid, *place.beside]
        await heard(process, "begun")
        before = spent(place.pid, beside, core)
        [count, milliseconds, size, p50, p99] = await heard(process, "ended")
        used = spent(place.pid, beside, core) - before
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    return Load(count, milliseconds / 1e3, size, p50, p99, used)

"""What the gateway takes of its machine, over time."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.end_to_end.footprint import Footprint
from tests.end_to_end.hall import Hall

BARS: Final = "▁▂▃▄▅▆▇█"
WIDTH: Final = 40
"""Of a curve, in characters."""


@dataclass
class Curve:
    """Footprints, each with its moment in seconds."""

    points: list[tuple[float, Footprint]] = field(default_factory=list)

    def add(self, footprint: Footprint) -> None:
        """One more, now."""
        self.points.append((time.monotonic(), footprint))

    def of(self, name: str) -> list[int]:
        """One figure of each."""
        return [getattr(footprint, name) for _, footprint in self.points]


@asynccontextmanager
async def watched(hall: Hall, every: float) -> AsyncIterator[Curve]:
    """A curve that grows for as long as the context is open."""
    curve = Curve()

    async def grow() -> None:
        while True:
            curve.add(await Footprint.of(hall))
            await asyncio.sleep(every)

    task = asyncio.create_task(grow())
    try:
        yield curve
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def drawn(values: Sequence[int]) -> str:
    """A line of bars from the least value to the most, each the most of its part."""
    if not values:
        return ""
    size = max(1, -(-len(values) // WIDTH))
    parts = [max(values[at : at + size]) for at in range(0, len(values), size)]
    least, most = min(parts), max(parts)
    return "".join(BARS[(value - least) * (len(BARS) - 1) // max(most - least, 1)] for value in parts)

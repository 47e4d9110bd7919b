"""In which cases servers are compared."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.query.documents import HOT, ROWS, Request, every, mix
from benchmarks.query.load import Requests
from benchmarks.query.rows import Row

HOT_CASE: Final = "hot"
CHANGING: Final = "changing"
COLD: Final = "cold"
MIXED: Final = "mixed"
RATE: Final = 100
"""Changes a second in all, of the campaigns on the first page."""
COMPARED: Final = 50
"""Pages of which answers are compared before; of the mix all are."""
DRAWN: Final = 20_000


@dataclass(frozen=True, slots=True)
class Case:
    """What is posted, and what changes meanwhile."""

    name: str
    words: str
    requests: Requests
    compared: Sequence[Request]
    rate: int = 0
    without: frozenset[str] = field(default_factory=frozenset)
    """Servers that are not in it."""


def cases(rows: Sequence[Row], folder: Path, fixed: str, uncached: str) -> list[Case]:
    """All of them, with their files. ``fixed`` is the server that knows one answer; ``uncached`` is one that is there a second
    time with a cache of answers, and so is asked only for what no cache has.
    """
    hot = Requests.written(folder / "hot.json", [HOT])
    pages, mixed = every(rows, len(rows)), mix(rows)
    cold = Requests.written(folder / "cold.json", pages)
    drawn = Requests.written(folder / "mixed.json", mixed, zipf(len(mixed), DRAWN))
    return [
        Case(HOT_CASE, f"Hot: the first {ROWS} campaigns, nothing changes", hot, [HOT], 0, frozenset({uncached})),
        Case(
            CHANGING, f"The same while they change {RATE} times a second in all", hot, [HOT], RATE, frozenset({fixed, uncached})
        ),
        Case(COLD, "Cold: the same list, each time from another row on", cold, pages[:COMPARED], 0, frozenset({fixed})),
        Case(MIXED, f"Mixed: {len(mixed)} distinct documents", drawn, mixed, 0, frozenset({fixed, uncached})),
    ]


def zipf(number: int, length: int, seed: int = 1) -> list[int]:
    """So many draws of places up to ``number``: the second comes half as often as the first, the third a third as often."""
    weights = list(itertools.accumulate(1 / place for place in range(1, number + 1)))
    return random.Random(seed).choices(range(number), cum_weights=weights, k=length)

"""What a run gives: each server in each case several times, in turns."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.query.load import Load

OURS: Final = "gateway"


@dataclass(frozen=True, slots=True)
class Figures:
    """One server in one case. ``loads`` are in the order of the turns, as many for each server of the case."""

    server: str
    case: str
    loads: tuple[Load, ...]

    @property
    def per_cpu_second(self) -> float:
        """Requests in a second of server CPU, all turns together."""
        return sum(each.requests for each in self.loads) / sum(each.used.server for each in self.loads)

    @property
    def microseconds(self) -> float:
        """Server CPU of one request."""
        return 1e6 / self.per_cpu_second

    @property
    def per_second(self) -> float:
        """Requests by the clock."""
        return sum(each.requests for each in self.loads) / self.seconds

    @property
    def seconds(self) -> float:
        """All of what was measured."""
        return sum(each.seconds for each in self.loads)

    @property
    def changes(self) -> float:
        """How many changes a second it was given, in the turn with the fewest; 0 where nothing changes."""
        return min(each.changes for each in self.loads)

    @property
    def p50_ms(self) -> float:
        """The median of the turns."""
        return statistics.median(each.p50_ms for each in self.loads)

    @property
    def p99_ms(self) -> float:
        """The same."""
        return statistics.median(each.p99_ms for each in self.loads)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as much the one did for a second of server CPU as the other: the median of the turns, and their ends."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, one: Figures, other: Figures) -> "Ratio":
        """Each turn by itself, as the two ran shortly after each other."""
        pairs = zip(one.loads, other.loads, strict=True)
        found = [(a.requests / a.used.server) / (b.requests / b.used.server) for a, b in pairs]
        return cls(statistics.median(found), min(found), max(found))

    def __str__(self) -> str:
        return f"{self.median:.2f} x ({self.least:.2f} to {self.most:.2f})"


@dataclass(frozen=True, slots=True)
class Point:
    """What one request costs with so many campaigns, in microseconds of server CPU, by what is asked for."""

    campaigns: int
    microseconds: dict[str, float]
    p50_ms: dict[str, float]
    memory: int
    """Bytes of the gateway's process that are resident, before anything is asked."""


@dataclass(frozen=True, slots=True)
class Results:
    """Of one run: ``campaigns`` in the list while servers were compared."""

    campaigns: int
    figures: tuple[Figures, ...]
    points: Sequence[Point]

    def of(self, server: str, case: str) -> Figures:
        """Those of one server in one case."""
        [found] = [each for each in self.figures if (each.server, each.case) == (server, case)]
        return found

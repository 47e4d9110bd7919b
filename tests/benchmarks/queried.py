"""Figures of queries as a run gives them."""

from typing import Final

from benchmarks.process import Spent
from benchmarks.query.bars import FIXED, YOGA
from benchmarks.query.cases import CHANGING, COLD, HOT_CASE, MIXED, RATE
from benchmarks.query.figures import OURS, Figures, Point, Results
from benchmarks.query.load import Load


def asked(requests: int, cpu: float, *, p50: float = 2.0, changes: float = 0.0) -> Load:
    """One turn of a second."""
    return Load(requests, 1.0, 7_000 * requests, p50, 3 * p50, Spent(cpu, 0.4, 0.05), changes)


def queried(server: str, case: str, *turns: tuple[int, float]) -> Figures:
    """A server in a case, with the requests and the server's CPU of each turn. As much has changed as is to."""
    changes = RATE if case == CHANGING else 0.0
    return Figures(server, case, tuple(asked(requests, cpu, changes=changes) for requests, cpu in turns))


QUERIED: Final = (
    queried(OURS, HOT_CASE, (20_000, 1.0), (18_000, 1.0), (22_000, 1.0)),
    queried("Mercurius", HOT_CASE, (10_000, 1.0), (10_000, 1.0), (10_000, 1.0)),
    queried(FIXED, HOT_CASE, (25_000, 1.0), (20_000, 1.0), (25_000, 1.0)),
    queried(OURS, CHANGING, (15_000, 1.0)),
    queried("Mercurius", CHANGING, (10_000, 1.0)),
    queried(OURS, COLD, (2_000, 1.0)),
    queried("Mercurius", COLD, (8_000, 1.0)),
    queried("Strawberry", COLD, (400, 1.0)),
    queried(YOGA, COLD, (1_000, 1.0)),
    queried(OURS, MIXED, (16_000, 1.0)),
    queried("Mercurius", MIXED, (8_000, 1.0)),
)
POINTS: Final = (
    Point(10, {"a page": 400.0, "a search": 500.0}, {"a page": 3.0, "a search": 4.0}, 100 * 2**20),
    Point(100_000, {"a page": 440.0, "a search": 50_000.0}, {"a page": 3.2, "a search": 400.0}, 500 * 2**20),
)
QUERIES: Final = Results(10_000, QUERIED, POINTS)
TITLES: Final = {HOT_CASE: "Hot", CHANGING: "Changing", COLD: "Cold", MIXED: "Mixed"}

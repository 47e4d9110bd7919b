"""Figures as a run gives them."""

from dataclasses import replace
from typing import Final

from benchmarks.fanout.figures import Case, Figures, Notified, Results

BARRED: Final = Case(2_000, 1)
OURS: Final = Figures(
    server="gateway",
    case=BARRED,
    deliveries=160_000,
    seconds=4.0,
    server_cpu=1.6,
    others_work=0.2,
    other_cpu=1.0,
    p50_ms=21.4,
    p99_ms=35.6,
    bytes_each=589.0,
    memory=18_200.0,
    connects=2_100.0,
)
MERCURIUS: Final = replace(OURS, server="Mercurius", server_cpu=6.4)
YOGA: Final = replace(OURS, server="Yoga", server_cpu=8.0)
STRAWBERRY: Final = replace(OURS, server="Strawberry", server_cpu=32.0)
COMPRESSED: Final = replace(OURS, server_cpu=5.0, bytes_each=64.0, memory=72_300.0)
RESULTS: Final = Results(
    (OURS, MERCURIUS, YOGA, STRAWBERRY),
    Notified(viewers=2_000, rate=200, p50_ms=40.0, p99_ms=90.0, server_cpu=0.7),
    COMPRESSED,
)

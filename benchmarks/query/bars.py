"""What the gateway must reach, and whether it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.query.cases import CHANGING, COLD, HOT_CASE, MIXED, RATE
from benchmarks.query.figures import OURS, Figures, Ratio, Results
from benchmarks.verdict import Verdict

FIXED: Final = "bare ASGI"
YOGA: Final = "Yoga"
"""Without a cache of answers."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many times as much as another server; None where the ratio is only stated."""

    what: str
    case: str
    server: str
    least: float | None = None


BARS: Final = (
    Bar("hot, beside Mercurius with its JIT", HOT_CASE, "Mercurius", 1.5),
    Bar("hot, beside a bare ASGI app", HOT_CASE, FIXED, 0.8),
    Bar("changing, beside Mercurius with its JIT", CHANGING, "Mercurius", 1.2),
    Bar("cold, beside bare Strawberry", COLD, "Strawberry", 2),
    Bar("cold, beside Yoga without its cache", COLD, YOGA, 1),
    Bar("cold, beside Mercurius with its JIT", COLD, "Mercurius"),
    Bar("mixed, beside Mercurius with its JIT", MIXED, "Mercurius"),
)


ENOUGH: Final = 0.95 * RATE
"""So many changes a second a server must have been given in each turn: with fewer it has less to do than the others."""


def verdicts(results: Results) -> list[Verdict]:
    """By the median of the turns; and whether campaigns changed as often as the case says."""
    ratios = [_verdict(bar, Ratio.of(results.of(OURS, bar.case), results.of(bar.server, bar.case))) for bar in BARS]
    return [*ratios, _kept_up([each for each in results.figures if each.case == CHANGING])]


def _kept_up(figures: Sequence[Figures]) -> Verdict:
    least = min(figures, key=lambda each: each.changes)
    what = f"changing, changes a second that every server was given, of {RATE}"
    return Verdict(what, f"{least.changes:.1f} ({least.server})", f">= {ENOUGH:g}", least.changes >= ENOUGH)


def _verdict(bar: Bar, found: Ratio) -> Verdict:
    if bar.least is None:
        return Verdict(bar.what, str(found), "", None)
    return Verdict(bar.what, str(found), f">= {bar.least:g} x", found.median >= bar.least)

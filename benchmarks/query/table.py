"""The figures as tables of Markdown."""

from collections.abc import Mapping, Sequence
from typing import Final

from benchmarks.markdown import table
from benchmarks.query.bars import ENOUGH, verdicts
from benchmarks.query.figures import OURS, Figures, Point, Ratio, Results
from benchmarks.verdict import judged

COLUMNS: Final = (
    "server",
    "requests/s",
    "CPU each, us",
    "in a CPU second",
    "the gateway does",
    "p50, ms",
    "p99, ms",
    "its own core",
    "others' work there",
    "other core",
)
CHANGES: Final = "changes/s"


def whole(results: Results, titles: Mapping[str, str]) -> str:
    """The verdicts, a table for each case under its title, and what requests cost with so many campaigns."""
    parts = [judged("requests in a second of server CPU", verdicts(results))]
    for case, title in titles.items():
        figures = [each for each in results.figures if each.case == case]
        rows = [_row(each, results.of(OURS, case)) for each in figures]
        columns: Sequence[str] = COLUMNS
        if any(each.changes for each in figures):
            columns, rows = (*COLUMNS, CHANGES), [(*row, _changes(each)) for row, each in zip(rows, figures, strict=True)]
        parts.append(f"{title}:\n\n{table(columns, rows)}")
    return "\n\n".join([*parts, f"What one request costs the gateway, no answer from its cache:\n\n{_curves(results.points)}"])


def _row(figures: Figures, ours: Figures) -> Sequence[str]:
    used = [each.used for each in figures.loads]
    return (
        figures.server,
        f"{figures.per_second:,.0f}",
        f"{figures.microseconds:,.0f}",
        f"{figures.per_cpu_second:,.0f}",
        "" if figures is ours else str(Ratio.of(ours, figures)),
        f"{figures.p50_ms:.1f}",
        f"{figures.p99_ms:.1f}",
        *(f"{sum(part) / figures.seconds:.0%}" for part in zip(*((u.server, u.others, u.beside) for u in used), strict=True)),
    )


def _changes(figures: Figures) -> str:
    """Bold where they were too few for what the case is called."""
    found = f"{figures.changes:.1f}"
    return found if figures.changes >= ENOUGH else f"**{found}**"


def _curves(points: Sequence[Point]) -> str:
    names = list(points[0].microseconds)
    columns = ["campaigns", *(f"{name}, us" for name in names), *(f"{name}, p50 ms" for name in names), "memory, MiB"]
    rows = [
        (
            f"{each.campaigns:,}",
            *(f"{each.microseconds[name]:,.0f}" for name in names),
            *(f"{each.p50_ms[name]:.1f}" for name in names),
            f"{each.memory / 2**20:.0f}",
        )
        for each in points
    ]
    return table(columns, rows)

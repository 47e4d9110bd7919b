"""The figures as tables of Markdown."""

from collections.abc import Sequence
from typing import Final

from benchmarks.fanout.bars import BARRED, verdicts
from benchmarks.fanout.figures import Case, Figures, Notified, Results
from benchmarks.heard import PATIENCE_SECONDS
from benchmarks.markdown import table
from benchmarks.verdict import judged

TOO_FEW: Final = 1_000
"""Viewers below which the memory of a server says nothing about one of them."""
COLUMNS: Final = (
    "server",
    "deliveries/s",
    "CPU each, us",
    "in a CPU second",
    "p50, ms",
    "p99, ms",
    "memory each, kB",
    "connects/s",
    "others' work there",
    "other core",
)


def whole(results: Results) -> str:
    """The verdicts, and a table for each case."""
    parts = [judged(f"for {BARRED}", verdicts(results)), _told(results.notified), _compressed(results)]
    for case in dict.fromkeys(each.case for each in results.figures):
        rows = [_row(each) for each in results.figures if each.case == case]
        rows += [_given_up(server) for server, given_up in results.given_up if given_up == case]
        parts.append(f"{_capital(case)}:\n\n{table(COLUMNS, rows)}")
    return "\n\n".join(parts)


def _told(notified: Notified) -> str:
    return (
        f"{notified.rate} signed notifications a second reached the last of {notified.viewers:,} viewers in "
        f"{notified.p50_ms:.0f} ms (p50) and {notified.p99_ms:.0f} ms (p99), with {notified.server_cpu:.0%} of a core."
    )


def _compressed(results: Results) -> str:
    on, off = results.compressed, results.of("gateway", BARRED)
    return (
        f"With `compress_sockets` a frame of the same has {on.bytes_each:.0f} bytes instead of {off.bytes_each:.0f}; "
        f"a delivery costs {on.microseconds:.1f} us instead of {off.microseconds:.1f}, "
        f"and a subscription {on.memory / 1e3:.1f} kB instead of {off.memory / 1e3:.1f}."
    )


def _row(figures: Figures) -> Sequence[str]:
    return (
        figures.server,
        f"{figures.per_second:,.0f}",
        f"{figures.microseconds:.1f}",
        f"{figures.per_cpu_second:,.0f}",
        f"{figures.p50_ms:.0f}",
        f"{figures.p99_ms:.0f}",
        f"{figures.memory / 1e3:.1f}" if figures.case.viewers >= TOO_FEW else "",
        f"{figures.connects:,.0f}",
        f"{figures.others_work / figures.seconds:.0%}",
        f"{figures.other_cpu / figures.seconds:.0%}",
    )


def _given_up(server: str) -> Sequence[str]:
    return server, f"given up after {PATIENCE_SECONDS} s", *[""] * (len(COLUMNS) - 2)


def _capital(case: Case) -> str:
    text = str(case)
    return text[:1].upper() + text[1:]

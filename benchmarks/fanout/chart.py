"""The figures as a picture."""

from collections.abc import Sequence

from benchmarks.bars import Bar, bars
from benchmarks.fanout.figures import Figures


def chart(figures: Sequence[Figures]) -> str:
    """Deliveries in a second of server CPU: a group of bars for each case, all on one scale."""
    cases = dict.fromkeys(each.case for each in figures)
    groups = {str(case): [Bar(each.server, each.per_cpu_second) for each in figures if each.case == case] for case in cases}
    return bars("Deliveries in a second of server CPU", groups, one_scale=True)

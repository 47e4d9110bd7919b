"""The figures as pictures."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from benchmarks.bars import Bar, bars
from benchmarks.picture import HEAD, STYLE, WIDTH, picture, text
from benchmarks.query.figures import Figures, Point

LEFT: Final = 84
RIGHT: Final = 130
"""What is left for names behind the last points."""
APART: Final = 15
"""Of two names, at least."""
HEIGHT: Final = 260
BOTTOM: Final = 50
LINES: Final = """
.line { fill: none; stroke-width: 2 }
.grid { stroke: #8c959f; stroke-opacity: .35 }
.curve0 { stroke: #1a7f37 } .curve1 { stroke: #0969da } .curve2 { stroke: #bc4c00 }
@media (prefers-color-scheme: dark) {
  .curve0 { stroke: #3fb950 } .curve1 { stroke: #58a6ff } .curve2 { stroke: #f0883e }
}
"""


def chart(figures: Sequence[Figures], titles: Mapping[str, str]) -> str:
    """Requests in a second of server CPU: a group of bars for each case, on a scale of its own."""
    groups = {
        title: [Bar(each.server, each.per_cpu_second) for each in figures if each.case == case]
        for case, title in titles.items()
    }
    return bars("Requests in a second of server CPU", groups, one_scale=False)


def curves(points: Sequence[Point]) -> str:
    """Microseconds of one request over the number of campaigns, both on scales of powers of ten."""
    found = [value for each in points for value in each.microseconds.values()]
    lowest, highest = math.floor(math.log10(min(found))), math.ceil(math.log10(max(found)))
    first, last = math.log10(points[0].campaigns), math.log10(points[-1].campaigns)

    def x(campaigns: float) -> float:
        return LEFT + (math.log10(campaigns) - first) / max(1, last - first) * (WIDTH - LEFT - RIGHT)

    def y(microseconds: float) -> float:
        return HEAD + 20 + (highest - math.log10(microseconds)) / max(1, highest - lowest) * HEIGHT

    def parts() -> Iterator[str]:
        for power in range(lowest, highest + 1):
            height = y(10**power)
            yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}"/>'
            yield text(LEFT - 8, height + 4, f"{10**power:,g} us", "figure", anchor="end")
        for each in points:
            yield text(x(each.campaigns), HEAD + HEIGHT + 40, f"{each.campaigns:,}", "figure", anchor="middle")
        yield text(LEFT, HEAD + HEIGHT + 60, "campaigns", "name")
        for number, name in enumerate(points[0].microseconds):
            places = [(x(each.campaigns), y(each.microseconds[name])) for each in points]
            line = " ".join(f"{across:.1f},{down:.1f}" for across, down in places)
            yield f'<polyline class="line curve{number}" points="{line}"/>'
        ends = {name: y(last_one) for name, last_one in points[-1].microseconds.items()}
        for name, down in apart(ends).items():
            yield text(x(points[-1].campaigns) + 8, down + 4, name, "name")

    title = "What one request costs the gateway, in server CPU"
    return picture(title, HEAD + HEIGHT + BOTTOM + 20, parts(), style=STYLE + LINES)


def apart(heights: Mapping[str, float]) -> dict[str, float]:
    """The same from the top down, each low enough to be read below the one before."""
    found: dict[str, float] = {}
    lowest = -math.inf
    for name, height in sorted(heights.items(), key=lambda each: each[1]):
        found[name] = lowest = max(height, lowest + APART)
    return found

"""Figures as bars, in groups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.picture import HEAD, WIDTH, picture, text

NAMES: Final = 140
"""Where the bars begin."""
FIGURES: Final = 90
"""What is left for the figure behind the longest bar."""
ROW: Final = 20
GAP: Final = 6
OURS: Final = "gateway"


@dataclass(frozen=True, slots=True)
class Bar:
    """Of one server."""

    server: str
    figure: float


def bars(title: str, groups: Mapping[str, Sequence[Bar]], *, one_scale: bool) -> str:
    """A picture with the groups below each other, by their names, all on one scale or each on a scale of its own."""
    most = max(bar.figure for group in groups.values() for bar in group)
    parts: list[str] = []
    top = HEAD
    for name, group in groups.items():
        longest = most if one_scale else max(bar.figure for bar in group)
        parts.append(text(NAMES, top + HEAD - 8, name, "case"))
        parts += _rows(group, top + HEAD, (WIDTH - NAMES - FIGURES) / longest)
        top += HEAD + ROW * len(group) + GAP
    return picture(title, top, parts)


def _rows(group: Iterable[Bar], top: int, scale: float) -> Iterable[str]:
    for place, bar in enumerate(group):
        y, length = top + place * ROW, max(1.0, bar.figure * scale)
        kind = "ours" if bar.server == OURS else "other"
        yield text(NAMES - 8, y + 13, bar.server, "name", anchor="end")
        yield f'<rect class="{kind}" x="{NAMES}" y="{y + 2}" width="{length:.1f}" height="{ROW - 5}" rx="2"/>'
        yield text(NAMES + length + 6, y + 13, f"{bar.figure:,.0f}", "figure")

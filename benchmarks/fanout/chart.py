"""The figures as a picture: bars in SVG, readable on a light and on a dark page."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from benchmarks.fanout.figures import Figures

WIDTH: Final = 720
NAMES: Final = 100
"""Where the bars begin."""
FIGURES: Final = 90
"""What is left for the figure behind the longest bar."""
ROW: Final = 20
GAP: Final = 6
TITLE: Final = "Deliveries in a second of server CPU"
HEAD: Final = 24
"""Of the whole, and of each case."""
STYLE: Final = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 14px; font-weight: 600 }
.case { font-weight: 600 }
.figure { font-variant-numeric: tabular-nums }
.ours { fill: #1a7f37 }
.other { fill: #8c959f }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .ours { fill: #3fb950 }
  .other { fill: #6e7681 }
}
"""


def chart(figures: Sequence[Figures]) -> str:
    """Deliveries in a second of server CPU: a group of bars for each case, all on one scale."""
    most = max(each.per_cpu_second for each in figures)
    parts: list[str] = []
    top = HEAD
    for case in dict.fromkeys(each.case for each in figures):
        rows = [each for each in figures if each.case == case]
        parts.append(_text(NAMES, top + HEAD - 8, str(case), "case"))
        parts += _bars(rows, top + HEAD, (WIDTH - NAMES - FIGURES) / most)
        top += HEAD + ROW * len(rows) + GAP
    size = f'width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{TITLE}">'
    return "\n".join([head, f"<style>{STYLE}</style>", _text(0, HEAD - 8, TITLE, "title"), *parts, "</svg>", ""])


def _bars(rows: Iterable[Figures], top: int, scale: float) -> Iterable[str]:
    for place, row in enumerate(rows):
        y, length = top + place * ROW, max(1.0, row.per_cpu_second * scale)
        kind = "ours" if row.server == "gateway" else "other"
        yield _text(NAMES - 8, y + 13, row.server, "name", anchor="end")
        yield f'<rect class="{kind}" x="{NAMES}" y="{y + 2}" width="{length:.1f}" height="{ROW - 5}" rx="2"/>'
        yield _text(NAMES + length + 6, y + 13, f"{row.per_cpu_second:,.0f}", "figure")


def _text(x: float, y: float, words: str, kind: str, *, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'

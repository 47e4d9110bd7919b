"""Pictures of figures in SVG, readable on a light and on a dark page."""

from collections.abc import Iterable
from html import escape
from typing import Final

WIDTH: Final = 720
HEAD: Final = 24
"""The height of a title."""
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


def picture(title: str, height: int, parts: Iterable[str], *, style: str = STYLE) -> str:
    """One, ``WIDTH`` wide, with its title above ``parts``."""
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">'
    return "\n".join([head, f"<style>{style}</style>", text(0, HEAD - 8, title, "title"), *parts, "</svg>", ""])


def text(x: float, y: float, words: str, kind: str, *, anchor: str = "start") -> str:
    """Words at a place."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'

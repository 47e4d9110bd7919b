"""The demo's table on the terminal: redrawn on a terminal, printed anew elsewhere."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.table import Table

from gateway.demo.books import Comparison, Line

_WIDTHS: Final = {"network": 10, "gateway": 14, "books": 14, "verdict": 16}
_HEADINGS: Final = {"currency": "", "endorser": "by endorser", "campaign": "by campaign"}


@contextlib.contextmanager
def board(console: Console) -> Iterator[Callable[[Comparison], None]]:
    """Draws each look at the books."""
    if not console.is_terminal:
        yield lambda found: console.print(table(found, settled=False, width=console.width))
        return
    with Live(console=console, auto_refresh=False) as live:
        yield lambda found: live.update(table(found, settled=False, width=console.width), refresh=True)


def table(found: Comparison, *, settled: bool, width: int) -> Table:
    """A row for each figure, in so many columns: only titles are cut. Before all has settled a difference is under way, and
    what has no gift yet is left out, so that a small terminal holds the rest.
    """
    drawn = Table(
        box=None, pad_edge=False, title=f"Now: {found.phase}. The season has raised {found.raised}", title_justify="left"
    )
    title = max(8, min(44, width - sum(_WIDTHS.values()) - 2 * len(_WIDTHS)))
    drawn.add_column("network", no_wrap=True, width=_WIDTHS["network"])
    drawn.add_column("", no_wrap=True, width=title)
    drawn.add_column("gateway", justify="right", no_wrap=True, width=_WIDTHS["gateway"])
    drawn.add_column("its books", justify="right", no_wrap=True, width=_WIDTHS["books"])
    drawn.add_column("", no_wrap=True, width=_WIDTHS["verdict"])
    kind = "currency"
    for line in found.lines:
        if line.is_empty and not settled:
            continue
        if line.kind != kind:
            kind = line.kind
            drawn.add_row("", _HEADINGS[kind], style="dim")
        drawn.add_row(line.network, line.title, line.shown or "-", line.book or "-", _verdict(line, settled=settled))
    return drawn


def _verdict(line: Line, *, settled: bool) -> str:
    if line.is_empty:
        return "no gift"
    verdict = "agrees" if line.agrees else "DIFFERS" if settled else "under way"
    return f"{verdict} {line.freshness}".rstrip()

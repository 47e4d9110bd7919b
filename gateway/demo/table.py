"""The demo's table on the terminal: redrawn on a terminal, printed anew elsewhere."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.table import Table

from gateway.demo.books import Comparison, Line

_HEADINGS: Final = {"campaign": "", "endorser": "by endorser", "currency": "by currency"}


@contextlib.contextmanager
def board(console: Console) -> Iterator[Callable[[Comparison], None]]:
    """Draws each look at the books."""
    if not console.is_terminal:
        yield lambda found: console.print(table(found, settled=False))
        return
    with Live(console=console, auto_refresh=False) as live:
        yield lambda found: live.update(table(found, settled=False), refresh=True)


def table(found: Comparison, *, settled: bool) -> Table:
    """A row for each figure. Before everything has settled a difference is only under way."""
    drawn = Table(box=None, pad_edge=False, title=f"{found.phase}: {found.raised}", title_justify="left")
    # in eighty columns only titles are cut
    drawn.add_column("network", no_wrap=True, min_width=10, max_width=10)
    drawn.add_column("", no_wrap=True, min_width=20, max_width=44)
    drawn.add_column("gateway", justify="right", no_wrap=True, min_width=13)
    drawn.add_column("its books", justify="right", no_wrap=True, min_width=13)
    drawn.add_column("", no_wrap=True, min_width=16)
    kind = "campaign"
    for line in found.lines:
        if line.kind != kind:
            kind = line.kind
            drawn.add_row("", _HEADINGS[kind], style="dim")
        drawn.add_row(line.network, line.title, line.shown or "-", line.book or "-", _verdict(line, settled=settled))
    return drawn


def _verdict(line: Line, *, settled: bool) -> str:
    verdict = "agrees" if line.agrees else "DIFFERS" if settled else "under way"
    return f"{verdict} {line.freshness}".rstrip()

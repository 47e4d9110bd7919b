"""``giving-gateway import``: a file into the ledger, with its progress for whoever waits."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from gateway.accounts import chosen
from gateway.foundation import founded
from gateway.intake.imports import Imports, Progress, Report
from gateway.observe import set_up_logs
from gateway.registry import Registry
from gateway.settings import Settings
from gateway.store.bulk import in_bulk
from gateway.store.embedded import joined


async def run(
    settings: Settings, name: str, file: Path, *, console: Console | None, registry: Registry | None = None
) -> Report:
    """Imports a file for the account that is named. ``console`` is told how far it is.

    A gateway that runs on the same data goes on serving. Raises OperatorError, and LedgerUnavailable: then the next call
    goes on where this one was.
    """
    set_up_logs(pretty=console is not None and console.is_terminal, level=logging.ERROR)  # each held row is in the list
    async with founded(settings, registry=registry, server=joined, connecting=in_bulk) as base:
        account = chosen(base.accounts, name)
        with _shown(file.name, console) as tell:
            return await Imports(base.ingest, base.book, base.archive, settings.data_dir / "imports").read(account, file, tell)


def told(file: Path, report: Report) -> str:
    """The report as one line."""
    where = f": see {report.rejected_file}" if report.rejected_file else ""
    return f"{file.name}: {report.new:,} rows were new, {report.known:,} told nothing new, {report.rejected:,} rejected{where}"


@contextmanager
def _shown(title: str, console: Console | None) -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal; elsewhere a line for every tenth of the file."""
    if console is None:
        yield lambda _: None
    elif console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rows]}"))
        with Bar(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
            task = bar.add_task(title, total=None, rows="")

            def draw(now: Progress) -> None:
                description = f"{title}, its refunds" if now.again else title
                bar.update(task, description=description, completed=now.read, total=now.size, rows=_rows(now))

            yield draw
    else:
        tenths = -1

        def write(now: Progress) -> None:
            nonlocal tenths
            if (reached := (11 if now.again else 0) + 10 * now.read // max(now.size, 1)) != tenths:
                tenths = reached
                part = f"{title}, its refunds" if now.again else title
                console.print(f"{part}: {100 * now.read // max(now.size, 1)} %, {_rows(now)}", markup=False, highlight=False)

        yield write


def _rows(now: Progress) -> str:
    return f"{now.taken:,} rows, {now.rejected:,} rejected"

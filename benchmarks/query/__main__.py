"""``python -m benchmarks.query [--quick]``: measures, prints, and without ``--quick`` writes it into the README."""

import argparse
import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.conditions import conditions
from benchmarks.process import two_cores
from benchmarks.query.bars import FIXED, YOGA
from benchmarks.query.chart import chart, curves
from benchmarks.query.curves import point
from benchmarks.query.figures import Figures, Point, Results
from benchmarks.query.gateway import gateway
from benchmarks.query.load import Pace
from benchmarks.query.peer import APOLLO, BARE_ASGI, CACHED_YOGA, MERCURIUS, STRAWBERRY, UNCACHED_YOGA
from benchmarks.query.run import compared
from benchmarks.query.server import Start
from benchmarks.query.table import whole
from benchmarks.readme import FILE, write

PEERS: Final[dict[str, Start]] = {
    "Mercurius": MERCURIUS,
    "Yoga, cached": CACHED_YOGA,
    YOGA: UNCACHED_YOGA,
    "Apollo": APOLLO,
    "Strawberry": STRAWBERRY,
    FIXED: BARE_ASGI,
}
LOCKED: Final = (
    "mercurius",
    "graphql-jit",
    "graphql-yoga",
    "@graphql-yoga/plugin-response-cache",
    "@apollo/server",
    "graphql",
)
PACKAGES: Final = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn")


@dataclass(frozen=True, slots=True)
class Extent:
    """``campaigns`` while servers are compared, ``curves`` for the gateway alone."""

    campaigns: int
    pace: Pace
    curves: Sequence[int]
    curve_pace: Pace


WHOLE: Final = Extent(10_000, Pace(0.5, 1.5, 5, first=6), (10, 100, 1_000, 10_000, 100_000), Pace(0.5, 1.5, 3, connections=8))
QUICK: Final = Extent(2_000, Pace(0.2, 0.4, 2, first=0.6), (10, 1_000), Pace(0.2, 0.4, 1, connections=8))


async def measure(extent: Extent, console: Console) -> tuple[Results, Mapping[str, str]]:
    """Servers in turns, then the curves; with the titles of the cases."""
    core, other = two_cores()
    os.sched_setaffinity(0, {other})
    columns = (MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with TemporaryDirectory() as name, Progress(*columns, console=console, transient=True) as progress:
        folder = Path(name)
        task = progress.add_task("starting, and comparing answers", total=None)
        figures: list[Figures] = []
        async with (
            gateway(extent.campaigns, core, other) as ours,
            compared(ours, PEERS, FIXED, YOGA, folder, core, other) as running,
        ):
            turns = sum(len(running.servers(case)) for case in running.cases) * (1 + extent.pace.repeats)
            progress.update(task, total=turns + len(extent.curves))
            for case in running.cases:
                figures += await running.measure(
                    case, extent.pace, lambda words: progress.update(task, description=words, advance=1)
                )
            titles = {case.name: case.words for case in running.cases}
        points: list[Point] = []
        for campaigns in extent.curves:
            progress.update(task, description=f"{campaigns:,} campaigns", advance=1)
            points.append(await point(campaigns, extent.curve_pace, folder, core, other))
    return Results(extent.campaigns, tuple(figures), points), titles


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.query", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a part of a second each; nothing is written")
    quick = parser.parse_args().quick
    taken = conditions(LOCKED, PACKAGES)
    results, titles = asyncio.run(measure(QUICK if quick else WHOLE, Console(stderr=True)))
    part = f"{taken} {results.campaigns:,} campaigns in the list.\n\n{whole(results, titles)}"
    print(part)
    if not quick:
        pictures = "![The same as bars](query.svg)\n\n![Cost over the number of campaigns](query-curves.svg)"
        write("make bench-query", f"{part}\n\n{pictures}")
        FILE.with_name("query.svg").write_text(chart(results.figures, titles), "utf-8")
        FILE.with_name("query-curves.svg").write_text(curves(results.points), "utf-8")


if __name__ == "__main__":
    main()

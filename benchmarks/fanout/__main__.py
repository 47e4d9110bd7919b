"""``python -m benchmarks.fanout [--quick]``: measures, prints, and without ``--quick`` writes it into the README."""

import argparse
import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.conditions import conditions
from benchmarks.fanout.bars import BARRED
from benchmarks.fanout.chart import chart
from benchmarks.fanout.figures import Case, Figures, Results
from benchmarks.fanout.gateway import gateway
from benchmarks.fanout.notified import notified
from benchmarks.fanout.peer import MERCURIUS, STRAWBERRY, YOGA
from benchmarks.fanout.run import Pace, run
from benchmarks.fanout.server import Start
from benchmarks.fanout.table import whole
from benchmarks.process import allow_many_sockets, two_cores
from benchmarks.readme import FILE, write

SERVERS: Final[dict[str, Start]] = {
    "gateway": gateway,
    "Mercurius": MERCURIUS,
    "Yoga": YOGA,
    "Strawberry": STRAWBERRY,
}
PEERS: Final = ("mercurius", "graphql-jit", "graphql-yoga", "graphql-ws")
PACKAGES: Final = ("strawberry-graphql", "uvicorn")
TOTALS: Final = (1, 100)
VIEWERS: Final = (200, 2_000, 5_000)
QUICK: Final = (200, 2_000)
LONGER: Final = 4
"""Times as long as a case: of the 600 notifications of three seconds a single halt of the machine would decide the p99."""


async def measure(viewers: Sequence[int], pace: Pace, console: Console) -> Results:
    """Every server in every case, one after the other. One may be given up, but not in the case for which there are bars."""
    core, other = two_cores()
    os.sched_setaffinity(0, {other})
    cases = [Case(count, totals) for totals in TOTALS for count in viewers]
    figures: list[Figures] = []
    given_up: list[tuple[str, Case]] = []
    columns = (MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(cases) * len(SERVERS) + 2)
        for case in cases:
            for name, start in SERVERS.items():
                progress.update(task, description=f"{name}, {case}")
                try:
                    figures.append(await run(name, start, case, pace, core, other))
                except TimeoutError:
                    if case == BARRED:
                        raise
                    given_up.append((name, case))
                progress.advance(task)
        progress.update(task, description="gateway, compressed")
        compressed = await run("gateway", partial(gateway, compressed=True), BARRED, pace, core, other)
        progress.update(task, description="signed notifications", advance=1)
        longer = replace(pace, measured=LONGER * pace.measured)
        return Results(tuple(figures), await notified(BARRED.viewers, longer, core, other), compressed, tuple(given_up))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fanout", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 and 2,000 viewers, for a second each; nothing is written")
    quick = parser.parse_args().quick
    allow_many_sockets()
    console = Console(stderr=True)
    taken = conditions(PEERS, PACKAGES)
    results = asyncio.run(measure(QUICK if quick else VIEWERS, Pace(0.5, 1) if quick else Pace(1, 3), console))
    part = f"{taken}\n\n{whole(results)}"
    print(part)
    if not quick:
        write("make bench-fanout", f"{part}\n\n![The same as bars](fanout.svg)")
        FILE.with_name("fanout.svg").write_text(chart(results.figures), "utf-8")


if __name__ == "__main__":
    main()

"""``make soak-viewers``: viewers by the hundred thousand come and go, then some hundreds stay while gifts come.

Ends with 1 where anything is left behind of those who have gone, or where anybody was told what is not so.
"""

import asyncio
import contextlib
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from tests.end_to_end.crowd import room_for
from tests.end_to_end.footprint import MIB, Footprint
from tests.end_to_end.hall import Hall, opened_hall
from tests.soak.asked import SEASON
from tests.soak.curve import Curve, drawn, watched
from tests.soak.staying import Audience
from tests.soak.visits import visits

WARMING: Final = 5_000
"""Visits before the first look: what is made once for all is there then."""
WARMING_SECONDS: Final = 10.0
"""All who are to stay do so for that long before it, too: the allocator keeps what they took at once, some 10 kB each."""
MORE_MEMORY: Final = 0.10
"""Of what is resident then: the allocator's own pools. The ledger is in Redis, and of gifts a thousand ids are kept."""
EVERY_SECONDS: Final = 2.0
PAUSE_SECONDS: Final = 0.2
"""Between two gifts."""
GONE_SECONDS: Final = 35.0
"""After which nothing is left of a connection: one that is kept for another request ends after 30 s."""
FIGURES: Final = ("resident", "tasks", "files", "ledger", "sockets", "viewers", "operations")


@dataclass(frozen=True, slots=True)
class Part:
    """One half of the run, with what was taken before and after it."""

    title: str
    curve: Curve
    before: Footprint
    after: Footprint

    @property
    def holds(self) -> bool:
        """Whether nothing was left behind."""
        return self.after.within(self.before) and self.after.resident <= self.before.resident * (1 + MORE_MEMORY)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both halves."""

    parts: tuple[Part, ...]
    made: Counter[str]
    audience: Audience
    faults: Counter[str]

    @property
    def holds(self) -> bool:
        """Whether every promise did."""
        return all(part.holds for part in self.parts) and not self.audience.wrong and not self.faults


def main(
    count: Annotated[int, typer.Option("--visits", min=100, help="Viewers who come and go.")] = 100_000,
    viewers: Annotated[int, typer.Option(min=1, max=5_000, help="Who stay.")] = 500,
    minutes: Annotated[float, typer.Option(min=0.1, help="For how long.")] = 30.0,
    seed: Annotated[int | None, typer.Option(help="Plays a run again, as far as processes let it; else a fresh one.")] = None,
) -> None:
    """Watches what a gateway takes of its machine, and what its viewers are told."""
    console = Console(width=None if Console().is_terminal else 160)
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    words = f"--visits {count} --viewers {viewers} --minutes {minutes:g} --seed {seed}"
    console.print(f'Seed {seed}. The same run again: make soak-viewers ARGUMENTS="{words}"', highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="giving-viewers-"))
    console.print(f"Until all is well, what the gateway writes is in {folder}.", highlight=False)
    room_for(2 * viewers)
    outcome = uvloop.run(_soaked(folder, seed, count, viewers, minutes * 60, console))
    for part in outcome.parts:
        console.print(table(part))
    for line in told(outcome):
        console.print(line, highlight=False, markup=False)
    if outcome.holds:
        shutil.rmtree(folder, ignore_errors=True)  # the gateway's Redis is still ending
    raise typer.Exit(0 if outcome.holds else 1)


def table(part: Part) -> Table:
    """A row for each figure."""
    made = Table(box=box.SIMPLE_HEAD, title=f"{part.title}: {'nothing is left' if part.holds else 'SOMETHING IS LEFT'}")
    made.add_column("What")
    for name in ("Before", "Most", "After"):
        made.add_column(name, justify="right")
    made.add_column("From the beginning to the end")
    for name in FIGURES:
        values = part.curve.of(name)
        figures = (getattr(part.before, name), max(values, default=0), getattr(part.after, name))
        shown = [f"{figure / MIB:.1f} MiB" if name == "resident" else f"{figure:,}" for figure in figures]
        made.add_row(name, *shown, drawn(values))
    return made


def told(outcome: Outcome) -> list[str]:
    """The rest in sentences."""
    audience = outcome.audience
    return [
        *(f"{count:,} of {outcome.made.total():,}: {name}" for name, count in outcome.made.most_common()),
        f"{audience.comers:,} stayed and were told {audience.messages:,} messages of {len(audience.log):,} gifts.",
        f"Wrong: {_counts(audience.wrong)}. Faults in the log: {_counts(outcome.faults)}.",
    ]


async def _soaked(folder: Path, seed: int, count: int, viewers: int, seconds: float, console: Console) -> Outcome:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        rng = random.Random(f"{seed}:viewers")
        async with opened_hall(folder, seed, SEASON) as hall:
            async with hall.giving(PAUSE_SECONDS):
                await visits(hall, rng, WARMING, _nothing)
            await Audience(hall).keep(viewers, WARMING_SECONDS, PAUSE_SECONDS, rng)
            before = await _emptied(hall)
            going = Curve()
            async with hall.giving(PAUSE_SECONDS):
                made = await visits(hall, rng, count, _told(hall, going, count, progress, console))
            between = await _emptied(hall, before)
            parts = [Part(f"{count:,} come and go", going, before, between)]
            audience = Audience(hall)
            task = progress.add_task(f"{viewers} stay", total=None)
            if not console.is_terminal:
                console.print(f"{viewers} stay", highlight=False)
            async with watched(hall, EVERY_SECONDS) as staying:
                await audience.keep(viewers, seconds, PAUSE_SECONDS, rng)
            progress.remove_task(task)
            parts.append(Part(f"{viewers} stay for {seconds / 60:g} minutes", staying, before, await _emptied(hall, before)))
            faults = Counter(each["event"] for each in hall.gateway.events() if each.get("level") == "error")
            return Outcome(tuple(parts), made, audience, faults)


async def _emptied(hall: Hall, before: Footprint | None = None) -> Footprint:
    """When it takes no more than before, or after a while all the same."""
    await asyncio.sleep(GONE_SECONDS)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(GONE_SECONDS):
            while not (now := await Footprint.of(hall)).within(before or now):
                await asyncio.sleep(0.1)
    return now


async def _nothing(_: int) -> None:
    """There is nobody to tell."""


def _told(hall: Hall, curve: Curve, count: int, progress: Progress, console: Console) -> Callable[[int], Awaitable[None]]:
    task, began = progress.add_task("come and go", total=count), time.monotonic()
    every = max(count // 100, 1)

    async def done(number: int) -> None:
        progress.update(task, completed=number)
        if number % every == 0:
            curve.add(await Footprint.of(hall))
            if not console.is_terminal and number % (10 * every) == 0:
                console.print(f"{time.monotonic() - began:7.0f} s  {number:,} have come and gone", highlight=False)

    return done


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.most_common()) or "none"


if __name__ == "__main__":
    typer.run(main)

"""Every fault of the matrix, with a fresh seed: ``make faults``. Ends with 1 where one does not hold."""

import asyncio
import random
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tests.faults.fault import Fault
from tests.faults.matrix import FAULTS
from tests.faults.playing import play
from tests.faults.table import Line, table


def main(
    rows: Annotated[list[str] | None, typer.Argument(help="Rows of the matrix, such as 17 or 13b; all without any.")] = None,
    seed: Annotated[int | None, typer.Option(help="Plays a run again; else a fresh one.")] = None,
    *,
    quick: Annotated[bool, typer.Option("--quick", help="As few tries as prove anything.")] = False,
) -> None:
    """Plays the faults of the matrix one after the other, and prints what came of the money."""
    console = Console(width=160 if not sys.stdout.isatty() else None)
    chosen = [fault for fault in FAULTS if not rows or fault.row in rows]
    if not chosen:
        known = ", ".join(dict.fromkeys(fault.row for fault in FAULTS))
        console.print(f"There is no such row. Rows are {known}.", style="red")
        raise typer.Exit(2)
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    again = " ".join(
        ["make faults", f'ARGUMENTS="--seed {seed}{" --quick" if quick else ""}{"".join(f" {r}" for r in rows or ())}"']
    )
    console.print(f"Seed {seed}. The same run again: {again}", highlight=False)
    lines = asyncio.run(_all(chosen, seed, quick=quick, console=console))
    console.print(table(lines))
    broken = [line for line in lines if not line.holds]
    lost, doubled = (sum(getattr(line.told, name) for line in lines if line.told) for name in ("lost", "doubled"))
    minutes = sum(line.seconds for line in lines) / 60
    console.print(f"{len(lines)} faults in {minutes:.1f} minutes: lost {lost}, doubled {doubled}, {len(broken)} did not hold.")
    raise typer.Exit(1 if broken else 0)


async def _all(faults: list[Fault], seed: int, *, quick: bool, console: Console) -> list[Line]:
    lines: list[Line] = []
    words = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), words, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(faults))
        for fault in faults:
            head = f"{fault.row} {fault.name}"
            progress.update(task, description=head)
            line = await play(
                fault,
                seed,
                quick=quick,
                say=lambda words, head=head: progress.update(task, description=f"{head}: {words}"),  # type: ignore[misc]
            )
            lines.append(line)
            progress.advance(task)
            if not console.is_terminal or not line.holds:
                verdict = "holds" if line.holds else f"DOES NOT HOLD: {line.problem or line.told}"
                said = f"{fault.row:>4} {fault.name}: {verdict} ({line.seconds:.0f} s)"
                console.print(said, highlight=False, markup=False)
    return lines


if __name__ == "__main__":
    typer.run(main)

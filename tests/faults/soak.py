"""Everything at once: very many donations over all networks while processes are killed and data are cut: ``make soak``.

Ends with 1 where anything is lost or doubled, or where books do not balance.
"""

import asyncio
import json
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from tests.end_to_end.commands import command
from tests.faults.fault import Broken, Stage, expect
from tests.faults.flow import COMMAND_SECONDS, Flow
from tests.faults.sim import Balance, Sim, simulated
from tests.faults.strikes import Strikes

QUIET_WITHIN: Final = 600.0
"""Seconds until all deliveries are taken, once nothing is killed any more."""
EVEN_WITHIN: Final = 900.0
"""Seconds until totals are the books, once all was read again: quarantine tries after a minute, and then after five."""
READINGS: Final = 4
KINDS: Final = ("missing_here", "missing_there", "clash", "held", "unreadable")
"""What a reading may find."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``missing`` was not there before all was read again. ``findings`` are those of that reading, by kind."""

    flow: Flow
    strikes: Strikes
    missing: Balance
    balance: Balance
    healed: float
    findings: Counter[str]
    held: Counter[str]
    faults: Counter[str]

    @property
    def holds(self) -> bool:
        """Whether every promise did."""
        return self.balance.is_even and not (self.strikes.unbalanced or self.held or self.faults)


def main(
    donations: Annotated[int, typer.Option(min=100, help="Over all networks.")] = 100_000,
    kills: Annotated[int, typer.Option(min=0, help="Of the gateway, of Redis, or of both.")] = 50,
    seed: Annotated[int | None, typer.Option(help="Plays a run again, as far as processes let it; else a fresh one.")] = None,
) -> None:
    """Gives, kills, reads everything again, and holds totals against the networks' books."""
    console = Console(width=None if Console().is_terminal else 160)
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    words = f"--donations {donations} --kills {kills} --seed {seed}"
    console.print(f'Seed {seed}. The same run again: make soak ARGUMENTS="{words}"', highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="giving-soak-"))
    console.print(f"Until all is well, what the gateway writes is in {folder}.", highlight=False)
    began = time.monotonic()
    outcome = asyncio.run(_soaked(Stage(folder, seed), donations, kills, console))
    console.print(table(outcome))
    for line in (*told(outcome), f"{(time.monotonic() - began) / 60:.1f} minutes, seed {seed}."):
        console.print(line, highlight=False, markup=False)
    if outcome.holds:
        shutil.rmtree(folder)
    raise typer.Exit(0 if outcome.holds else 1)


def table(outcome: Outcome) -> Table:
    """A row for each network."""
    made = Table(box=box.SIMPLE_HEAD, title="Soak", show_footer=True)
    flow, balance = outcome.flow, outcome.balance
    off = {line.partition(":")[0] for line in balance.says}
    made.add_column("Network", "all")
    made.add_column("Donations", f"{flow.given.total():,}", justify="right")
    made.add_column("Refunds", f"{flow.back.total():,}", justify="right")
    made.add_column("Totals", f"lost {balance.lost:,}, doubled {balance.doubled:,}")
    for name, given in flow.given.most_common():
        made.add_row(name, f"{given:,}", f"{flow.back[name]:,}", "DIFFER from its books" if name in off else "are its books")
    return made


def told(outcome: Outcome) -> list[str]:
    """The rest in sentences."""
    strikes, flow = outcome.strikes, outcome.flow
    after = "Totals were the books" if outcome.balance.is_even else "Totals were not the books"
    return [
        f"Killed: the gateway {strikes.gateways} times, Redis {strikes.servers} times.",
        f"Of AOF tails {sum(strikes.cut):,} bytes were cut. Imports were begun {flow.imports} times.",
        f"Books added up {strikes.audits} times right after a start: {len(strikes.unbalanced)} sums did not balance.",
        *strikes.unbalanced[:20],
        f"Before all was read again {outcome.missing.lost:,} were missing and {outcome.missing.doubled:,} too many.",
        f"That reading: {_counts(outcome.findings)}. {after} {outcome.healed:.0f} s after it.",
        *outcome.balance.says,
        f"In quarantine: {_counts(outcome.held)}. Faults in the log: {_counts(outcome.faults)}.",
    ]


async def _soaked(stage: Stage, donations: int, kills: int, console: Console) -> Outcome:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=donations)
        began = time.monotonic()

        def say(words: str) -> None:
            progress.update(task, description=words)
            if not console.is_terminal:
                console.print(f"{time.monotonic() - began:7.0f} s  {words}", highlight=False, markup=False)

        def given(number: int) -> None:
            progress.update(task, completed=number)
            if not console.is_terminal and number % max(donations // 20, 1) == 0:
                console.print(f"{time.monotonic() - began:7.0f} s  {number:,} given", highlight=False)

        async with simulated(stage, own_redis=True) as sim:
            flow = Flow(sim, random.Random(f"{stage.seed}:flow"), donations, given)
            strikes = Strikes(
                sim,
                flow,
                random.Random(f"{stage.seed}:strikes"),
                lambda number, what: say(f"kill {number + 1} of {kills}: {what}" if what else "nothing is killed any more"),
            )
            async with asyncio.TaskGroup() as work:
                for each in (flow.run(), flow.files(), strikes.run(kills)):
                    work.create_task(each)
            return await _ended(sim, flow, strikes, say)


async def _ended(sim: Sim, flow: Flow, strikes: Strikes, say: Any) -> Outcome:
    """All is well again: what is under way arrives, everything is read again, and totals are to be the books."""
    say("deliveries arrive")
    async with asyncio.timeout(QUIET_WITHIN):
        await asyncio.gather(*(network.sender.settle() for network in sim.networks))
    flow.end_the_days()
    say("the file is imported")
    await flow.hand_over()
    missing = await sim.balance()
    say("archive, bills and lists are read")
    findings = await _read_again(sim, flow.days, say)
    say("totals come to be the books")
    balance, healed = await sim.even(EVEN_WITHIN)
    await strikes.audit("the end")
    held = Counter(each["reason"] for each in (await _command(sim, "quarantine", "list"))["held"])
    faults = Counter(event["event"] for event in sim.gateway.events() if event["event"].endswith(".fault"))
    return Outcome(flow, strikes, missing, balance, healed, findings, held, faults)


async def _read_again(sim: Sim, days: Sequence[str], say: Any) -> Counter[str]:
    """What was found. A busy machine may not answer in time; then an operator reads once more."""
    findings = Counter[str]()
    failed: list[str] = []
    for _ in range(READINGS):
        reports = (await _command(sim, "reconcile", "--archive", "--since", days[0], "--until", days[-1]))["reports"]
        for report in reports:
            findings.update({kind: count for kind, count in report.items() if kind in KINDS and count})
        failed = [f"{each['account']} {each['source']}: {each['failed']}" for each in reports if each["failed"] is not None]
        if not failed:
            return findings
        say(f"read once more, as {', '.join(failed)}")
    raise Broken(f"something could not be read: {', '.join(failed)}")


async def _command(sim: Sim, *words: str) -> Any:
    ended = await command(*words, "--config", str(sim.folder / "giving.toml"), "--json", seconds=COMMAND_SECONDS)
    expect(ended.code in (0, 1), f"{words[0]} failed: {ended}")
    return json.loads(ended.out)


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.most_common()) or "none"


if __name__ == "__main__":
    typer.run(main)

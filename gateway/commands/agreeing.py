"""How far a reconciliation is, and what came of it, for people and for machines."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from gateway.intake.rows import REASONS
from gateway.upkeep.findings import Finding, Kind, Report
from schema.api.ids import donation_id
from schema.model.ids import CampaignId

HEADINGS: Final = {
    Kind.MISSING_HERE: "missing here",
    Kind.MISSING_THERE: "missing there",
    Kind.CLASH: "clashing",
    Kind.HELD: "held",
    Kind.UNREADABLE: "unreadable",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """The source under way: which one of how many, and its rows so far."""

    number: int
    of: int
    account: str
    source: str
    rows: int


@contextmanager
def shown(console: Console | None) -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal; elsewhere a line for every source."""
    if console is None:
        yield lambda _: None
    elif console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rows]} rows"))
        with Bar(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
            task = bar.add_task("", total=None, rows="0")

            def draw(now: Progress) -> None:
                description = f"{now.account} {now.source}"
                bar.update(task, description=description, completed=now.number, total=now.of, rows=f"{now.rows:,}")

            yield draw
    else:

        def write(now: Progress) -> None:
            if not now.rows:
                console.print(f"{now.number + 1} of {now.of}: {now.account} {now.source}", markup=False, highlight=False)

        yield write


def table(reports: Sequence[Report], campaign: CampaignId | None) -> Table:
    """A row for each source."""
    drawn = Table(box=None)
    for heading in ("account", "source", "rows", *HEADINGS.values(), ""):
        drawn.add_column(heading, justify="right" if heading in ("rows", *HEADINGS.values()) else "left")
    for report in reports:
        found = report.findings.of(campaign)
        unlike = [str(each) for each in report.unlike if campaign in (None, each)]
        counts = [
            "not comparable" if kind is Kind.MISSING_THERE and unlike and not found[kind] else f"{found[kind]:,}"
            for kind in HEADINGS
        ]
        remark = f"not read: {report.failed}" if report.failed else "" if report.agrees(campaign) else "DIFFERS"
        drawn.add_row(*map(Text, (report.account, report.source, f"{report.rows:,}", *counts, remark)))
    return drawn


def lines(reports: Sequence[Report], campaign: CampaignId | None) -> Iterator[str]:
    """What a person must look at, one by one, and what could not be told."""
    for report in reports:
        place = f"{report.account} {report.source}"
        yield from (f"{place}: {_told(finding)}" for finding in report.findings.about(campaign))
        unlike = [str(each) for each in report.unlike if campaign in (None, each)]
        if unlike:
            yield f"{place}: not comparable are {', '.join(unlike)}: several accounts feed them, or their lists were cut"


def for_machines(reports: Sequence[Report], campaign: CampaignId | None) -> list[dict[str, Any]]:
    """The same as values of JSON."""
    return [
        {
            "account": report.account,
            "source": report.source,
            "rows": report.rows,
            "failed": report.failed,
            "agrees": report.agrees(campaign),
            **{kind.value: report.findings.of(campaign)[kind] for kind in Kind},
            "not_comparable": [str(each) for each in report.unlike if campaign in (None, each)],
            "findings": [
                {
                    "kind": finding.kind.value,
                    "campaign": None if finding.campaign is None else str(finding.campaign),
                    "donation": _donation(finding),
                    "line": finding.line,
                    "reason": finding.reason,
                }
                for finding in report.findings.about(campaign)
            ],
        }
        for report in reports
    ]


def _told(finding: Finding) -> str:
    words = [HEADINGS[finding.kind]]
    if finding.line is not None:
        words.append(f"line {finding.line}")
    if finding.campaign is not None:
        words.append(f"in {finding.campaign}")
    if (donation := _donation(finding)) is not None:
        words.append(f"donation {donation}")
    reason = REASONS.get(finding.reason, finding.reason)
    return ", ".join(words) + (f": {reason}" if reason else "")


def _donation(finding: Finding) -> str | None:
    """The donation's id in the API, which holds no id of the network."""
    if finding.campaign is None or finding.entity is None:
        return None
    return str(donation_id(finding.campaign, finding.entity))

"""How far a check is, and what came of it, for people and for machines."""

import posixpath
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from connectors.testing import conformance
from connectors.testing.conformance import Finding, Grade, Report, Rule, Standing
from connectors.testing.conformance.suite import PROVEN
from gateway.partners.subject import Subject

NARROW: Final = 120
"""Of fewer columns the evidence stands under its rule."""
MOST_OPEN: Final = 12
GRADES: Final = tuple(grade for grade in Grade if grade is not Grade.NONE)
STYLES: Final = {Standing.HELD: "green", Standing.EXEMPT: "cyan", Standing.UNPROVEN: "yellow", Standing.BROKEN: "bold red"}


@contextmanager
def shown(console: Console, rules: Sequence[Rule]) -> Iterator[Callable[[Finding], None]]:
    """A bar with the rule that is being checked, on a terminal; elsewhere a line for each rule as soon as it is decided."""
    if not console.is_terminal:
        numbers = count(1)

        def line(finding: Finding) -> None:
            text = f"{next(numbers)}/{len(rules)} {finding.rule.name}: {finding.standing}"
            console.print(text, markup=False, highlight=False, soft_wrap=True)

        yield line
        return
    columns = (BarColumn(20), MofNCompleteColumn(), TextColumn("{task.description}"))
    # the suite listens to what is printed meanwhile, so the bar must not come between
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task(rules[0].name, total=len(rules))
        following = iter([*(rule.name for rule in rules[1:]), ""])
        yield lambda _: bar.update(task, advance=1, description=next(following))


def table(report: Report, width: int, *, whole: bool = False) -> Table:
    """Every rule that concerns the connector, by grade: how it stands, with the evidence or what is missing, and where its
    check is to be read. ``whole``: the rules as sentences, and all that was found.
    """
    narrow = width < NARROW
    drawn = Table(box=None, pad_edge=False, show_header=False)
    for no_wrap in (False, True, True) if narrow else (True, True, False, True):
        drawn.add_column(no_wrap=no_wrap, overflow="fold")
    for grade in GRADES:
        findings = [finding for finding in report.findings if finding.rule.grade is grade]
        if not findings:
            continue
        drawn.add_row(Text(f"{grade}: {sum(map(_proven, findings))} of {len(findings)} proven", "bold"))
        for finding in findings:
            if finding.standing is not Standing.NOT_CONCERNED or whole:
                drawn.add_row(*_cells(finding, narrow=narrow, whole=whole))
        others = sum(finding.standing is Standing.NOT_CONCERNED for finding in findings)
        if others and not whole:
            said = Text("about abilities that it does not have", "dim")
            drawn.add_row(*_placed(Text(f"  {others} others", "dim"), Text(), said, Text(), narrow=narrow))
        drawn.add_row()
    return drawn


def _cells(finding: Finding, *, narrow: bool, whole: bool) -> list[RenderableType]:
    style = STYLES.get(finding.standing, "dim")
    found = f"{finding.rule.says}\n{_found(finding)}" if whole else _found(finding).partition("\n")[0]
    said = Text(found, "" if _proven(finding) else style)
    name, standing = Text(f"  {finding.rule.name}"), Text(finding.standing, style)
    read = Text(posixpath.basename(finding.rule.place), "dim")
    if narrow and _proven(finding) and not whole:  # in one line: what is wrong is to be seen
        said.no_wrap, said.overflow = True, "ellipsis"
    return _placed(name, standing, said, read, narrow=narrow)


def _placed(name: Text, standing: Text, said: Text, read: Text, *, narrow: bool) -> list[RenderableType]:
    return [Group(name, Padding(said, (0, 0, 0, 4))), standing, read] if narrow else [name, standing, said, read]


def lines(report: Report, asked: Grade | None, *, all_rules: bool) -> Iterator[str]:
    """Where the rules are to be read; and, where all were checked, the grades and what is still open for the next one."""
    yield f"The rules are to be read in {Path(conformance.__path__[0])}"
    if all_rules or report.problems:
        yield ""
    if report.problems:
        yield "Nothing is proven while quality.toml is not in order:"
        yield from (f"  {problem}" for problem in report.problems)
    elif all_rules:
        yield f"Proven: {report.grade}. Claimed: {report.claimed}." + (f" Asked for: {asked}." if asked is not None else "")
        if report.grade > report.claimed:
            yield f"quality.toml may claim {report.grade}."
        if report.grade < Grade.PLATINUM:
            yield from _missing(report, Grade(report.grade + 1))


def _missing(report: Report, grade: Grade) -> Iterator[str]:
    missing = _open(report, grade)
    yield f"Open for {grade}:"
    yield from (f"  {finding.rule.name}, {finding.standing}" for finding in missing[:MOST_OPEN])
    if len(missing) > MOST_OPEN:
        yield f"  and {len(missing) - MOST_OPEN} more"
    yield f"More about one of them: --rule {missing[0].rule.name}"


def for_machines(subject: Subject, report: Report, asked: Grade | None, *, all_rules: bool) -> dict[str, Any]:
    """All of it. ``proven`` is null where some rules only were checked."""
    return {
        "connector": subject.spec.key,
        "name": subject.spec.name,
        "owner": subject.owner,
        "contract_version": subject.spec.contract_version,
        "cases": [type(case).__name__ for case in subject.cases],
        "passed": passed(report, asked, all_rules=all_rules),
        "asked": None if asked is None else str(asked),
        "proven": str(report.grade) if all_rules else None,
        "claimed": str(report.claimed),
        "problems": list(report.problems),
        "open": {str(grade): [finding.rule.name for finding in _open(report, grade)] for grade in GRADES},
        "rules": [
            {
                "name": finding.rule.name,
                "says": finding.rule.says,
                "grade": str(finding.rule.grade),
                "standing": str(finding.standing),
                "found": _found(finding),
                "read": finding.rule.place,
                "seconds": round(finding.seconds, 3),
            }
            for finding in report.findings
        ],
    }


def passed(report: Report, asked: Grade | None, *, all_rules: bool) -> bool:
    """Whether the grade that was asked for, else the claimed one, is proven; of some rules only, whether all of them are."""
    if report.problems:
        return False
    if not all_rules:
        return all(map(_proven, report.findings))
    return report.grade >= (report.claimed if asked is None else asked)


def _open(report: Report, grade: Grade) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule.grade is grade and not _proven(finding)]


def _proven(finding: Finding) -> bool:
    return finding.standing in PROVEN


def _found(finding: Finding) -> str:
    """What was found. The suite tells a fault with the rule's name before it and its sentence behind."""
    return finding.says.removeprefix(f"{finding.rule.name}: ").removesuffix(finding.rule.says).rstrip("\n")

"""What must be reached, and whether it was."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from benchmarks.markdown import table

HOLDS: Final = {True: "holds", False: "**does not hold**", None: ""}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``found`` and ``bar`` in words, and whether the one is within the other, where there is a bar."""

    what: str
    found: str
    bar: str
    holds: bool | None


def judged(about: str, verdicts: Iterable[Verdict]) -> str:
    """As a table of Markdown."""
    rows = [(each.what, each.found, each.bar, HOLDS[each.holds]) for each in verdicts]
    return table((about, "found", "bar", ""), rows)

"""What is printed of a run: one table, a line a fault."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.markup import escape
from rich.table import Table

from tests.faults.fault import Fault, Told


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one fault; ``problem`` is the promise that did not hold, ``seconds`` how long it took."""

    fault: Fault
    told: Told | None
    seconds: float
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether every promise did."""
        return not self.problem and self.told is not None and self.told.holds


def table(lines: Sequence[Line]) -> Table:
    """Row, fault, tries, lost, doubled, healed in, and what was seen."""
    made = Table(box=box.SIMPLE_HEAD, title="Faults")
    for head in ("Row", "Fault"):
        made.add_column(head, no_wrap=head == "Row")
    for head in ("Tries", "Lost", "Doubled", "Healed in", "Took"):
        made.add_column(head, justify="right", no_wrap=True)
    made.add_column("Seen")
    for line in lines:
        told = line.told
        figures = ("-",) * 4
        if told is not None:
            healed = "-" if told.healed is None else f"{told.healed:.1f} s"
            figures = (f"{told.tries:,}", f"{told.lost:,}", f"{told.doubled:,}", healed)
        seen = line.problem or (told.says if told is not None else "")
        style = "" if line.holds else "bold red"
        made.add_row(line.fault.row, line.fault.name, *figures, f"{line.seconds:.0f} s", escape(seen), style=style)
    return made

"""Acme's connector with one fault each in what it reads of a file that was handed over, by the rule that must name it."""

from typing import Final

from connectors.contract import Row
from schema.model.facts import DonationState
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.spoiled.asking import ReadsTheClock, SkipsAmountsThatItCannotRead, StopsAtABadRow
from tests.conformance.spoiled.enduring import TakesAnyFile
from tests.conformance.spoiled.faults import Faults


class FilesGross(AcmeConnector):
    def row(self, number: int, cells: list[str]) -> Row:
        row = super().row(number, cells)
        return Row(row.line, tuple(m for m in row.movements if isinstance(m, DonationState)), row.problem)


BY_RULE: Final[Faults] = {
    "exports-agree-with-the-books": (FilesGross,),
    "reading-an-export-is-pure": (ReadsTheClock,),
    "a-damaged-row-of-an-export-hides-no-other": (
        StopsAtABadRow,
        SkipsAmountsThatItCannotRead,
    ),
    "absurd-exports-are-told": (TakesAnyFile,),
}

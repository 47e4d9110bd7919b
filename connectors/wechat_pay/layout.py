"""How a bill is laid out: which cell is which, and whether its summary agrees with its rows. Pure.

https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Self, TypeAlias

from connectors.wechat_pay import sheet
from schema.model.errors import BadAmount, Unreadable
from schema.model.money import Money

Cells: TypeAlias = Mapping[str, str]
"""The values of one row by the names of their columns."""

_SEPARATOR: Final = ",`"  # nothing is quoted or escaped: a comma alone may stand in any value
_COUNT: Final = re.compile(r"([0-9]{1,15})(?:\.0+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that follow a header line: of the rows, or of the ``summary``."""

    names: tuple[str, ...]
    summary: bool

    @classmethod
    def of(cls, header: str) -> Self | None:
        """Told by names, as the kinds and ages of bills differ in number and order of columns; None for another file."""
        names = tuple(name.strip() for name in header.removeprefix("\ufeff").split(","))
        summary = sheet.SUMMARY_COUNT in names
        known = len(set(names)) == len(names) and (summary or set(names) >= sheet.DETAIL_COLUMNS)
        return cls(names, summary) if known else None

    def cells(self, line: str) -> Cells:
        """The values of a row. Raises Unreadable where their number is wrong.

        Where a value holds comma and backtick itself there are too many: what is too much belongs to the merchant's own
        text, the only long one that is free. A goods name that does so moves into that text; amounts and ids stay right.
        """
        values = line.removeprefix("`").split(_SEPARATOR)
        surplus = len(values) - len(self.names)
        if surplus > 0 and sheet.FREE_TEXT_COLUMN in self.names:
            first = self.names.index(sheet.FREE_TEXT_COLUMN)
            values[first : first + surplus + 1] = [_SEPARATOR.join(values[first : first + surplus + 1])]
        if len(values) != len(self.names):
            raise Unreadable("columns")
        return dict(zip(self.names, values, strict=True))


@dataclass(slots=True)
class Tally:
    """Counts the rows of one bill and adds up their amounts, in fen."""

    rows: int = 0
    sums: dict[str, int] = field(default_factory=dict)

    def add(self, cells: Cells) -> None:
        """Takes in what the summary will tell of a row. An amount that cannot be read is left out, and so will differ."""
        for column in sheet.SUMS.values():
            if column in cells:
                self.sums[column] = self.sums.get(column, 0) + (_fen(cells[column]) or 0)

    def differences(self, summary: Cells) -> Iterator[str]:
        """Every way in which the summary contradicts the rows, in words."""
        count = _COUNT.fullmatch(summary[sheet.SUMMARY_COUNT])
        if count is None or int(count[1]) != self.rows:
            yield f"the summary counts {count[1] if count else 'what is no number of'} rows; {self.rows} were read"
        for column, summed in sheet.SUMS.items():
            stated = _fen(summary[column]) if column in summary else None
            if column in summary and summed in self.sums and stated != self.sums[summed]:
                told = "cannot be read" if stated is None else f"is {stated} fen"
                yield f"{column} of the summary {told}; the rows add up to {self.sums[summed]} fen"


def _fen(text: str) -> int | None:
    try:
        return Money.of_decimal(text, sheet.BILL_CURRENCY).minor
    except BadAmount:
        return None

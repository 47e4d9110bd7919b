"""What may be asked of a list: ``limit``, ``offset``, ``orderBy`` and ``where``.

https://github.com/DonorDrive/PublicAPI#query-parameters. Of ``where`` only ``column = value`` and ``column LIKE 'pattern'``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

from connectors.donordrive.emulator.refusals import Refused
from connectors.donordrive.emulator.writing import Row

MOST: Final = 100
"""The default and the most of ``limit``."""

_TERM: Final = re.compile(r"\s*(\w+)(?:\s+(ASC|DESC))?\s*", re.ASCII | re.IGNORECASE)
_CONDITION: Final = re.compile(
    r"\s*(\w+)\s*(=|LIKE\b)\s*(?:'((?:[^']|'')*)'|(-?[0-9]+(?:\.[0-9]+)?))\s*", re.ASCII | re.IGNORECASE
)

Order = tuple[str, bool]
"""A column, and whether the largest comes first."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a list that may be filtered and ordered by, and the order that it has by itself."""

    order: str
    filterable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Query:
    """A page of a list, in an order, of those rows that ``fits``."""

    limit: int
    offset: int
    order: Sequence[Order]
    fits: Callable[[Row], bool]

    @classmethod
    def read(cls, asked: Mapping[str, str], columns: Columns) -> "Query":
        """From the parameters of a call. Raises Refused with 400."""
        limit, offset = _number(asked, "limit", MOST), _number(asked, "offset", 0)
        if not 1 <= limit <= MOST:
            raise Refused(400, f"limit is 1 to {MOST}")
        order = _order(asked.get("orderBy", columns.order), columns)
        return cls(limit, offset, order, _condition(asked["where"], columns) if "where" in asked else _anything)

    def choose(self, rows: Sequence[Row]) -> list[Row]:
        """All rows that fit, in order; of those that are equal the newest comes first where the largest does."""
        chosen = [row for row in rows if self.fits(row)]
        if self.order[0][1]:
            chosen.reverse()
        for column, descending in reversed(self.order):
            chosen.sort(key=partial(_rank, column), reverse=descending)
        return chosen

    def offsets(self, total: int) -> dict[str, int]:
        """Where the pages begin that ``Link`` names."""
        last = max(total - 1, 0) // self.limit * self.limit
        found = {"first": 0}
        if self.offset > 0:
            found["prev"] = min(max(self.offset - self.limit, 0), last)
        if self.offset + self.limit < total:
            found["next"] = self.offset + self.limit
        return {**found, "last": last}


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", text, re.ASCII):
        raise Refused(400, f"{name} is a whole number")
    return int(text)


def _order(text: str, columns: Columns) -> list[Order]:
    terms = [_TERM.fullmatch(term) for term in text.split(",")]
    found = [(term[1], (term[2] or "").upper() == "DESC") for term in terms if term is not None]
    if len(found) < len(terms) or any(column not in columns.filterable for column, _ in found):
        raise Refused(400, "orderBy names a column that cannot be ordered by")
    return found


def _condition(text: str, columns: Columns) -> Callable[[Row], bool]:
    found = _CONDITION.fullmatch(text)
    if found is None or found[1] not in columns.filterable:
        raise Refused(400, "where is COLUMN = VALUE or COLUMN LIKE 'PATTERN', of a column that can be filtered by")
    column, operator, quoted, number = found.groups()
    value = Decimal(number) if quoted is None else quoted.replace("''", "'")
    if operator == "=":
        return lambda row: column in row and bool(row[column] == value)
    pattern = re.compile(_regex(str(value)), re.IGNORECASE | re.DOTALL)
    return lambda row: pattern.fullmatch(str(row.get(column, ""))) is not None


def _regex(pattern: str) -> str:
    """What LIKE means: ``%`` is anything, ``_`` one character. That case does not matter is *assumed*."""
    return "".join({"%": ".*", "_": "."}.get(char, re.escape(char)) for char in pattern)


def _anything(_: Row) -> bool:
    return True


def _rank(column: str, row: Row) -> tuple[bool, Any]:
    """What rows are ordered by: without a value before any other, *assumed*."""
    value = row.get(column)
    return (False, 0) if value is None else (True, value)

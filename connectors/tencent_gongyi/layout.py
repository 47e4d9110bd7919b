"""Which value of a row is which, told by the header. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

from connectors.tencent_gongyi.settings import Account
from connectors.tencent_gongyi.sheet import FIGURES, FIGURES_MORE, OBLIGATORY

Cells: TypeAlias = Mapping[str, str]
"""The values of one row by our names for their columns, without the blanks around them. What has no column is not there."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The place of each column that is known, by our names; all others are not looked at."""

    places: Mapping[str, int]
    figures: bool
    """Whether the rows are published figures, and not donations."""

    @classmethod
    def of(cls, header: Sequence[str], account: Account) -> Self | str:
        """The layout; or, as a text, why the file cannot be read."""
        names = [name.strip().removeprefix("\ufeff") for name in header]
        figures = set(FIGURES) <= set(names)
        columns = {name: name for name in (*FIGURES, *FIGURES_MORE)} if figures else account.columns
        needed = FIGURES if figures else {*OBLIGATORY, *account.named}
        if missing := [heading for name, heading in columns.items() if name in needed and heading not in names]:
            return f"the header has no column {', '.join(map(repr, missing))}"
        if twice := [heading for heading in columns.values() if names.count(heading) > 1]:
            return f"the header has the column {', '.join(map(repr, twice))} twice"
        return cls({name: names.index(heading) for name, heading in columns.items() if heading in names}, figures)

    def cells(self, values: Sequence[str]) -> Cells:
        """The values of a row, which are as many as those of the header."""
        # spreadsheets are kept from spoiling numbers by a tab before them
        return {name: values[place].strip() for name, place in self.places.items()}

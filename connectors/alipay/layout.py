"""How a bill is laid out: which cell is which, and whether its totals agree with its rows. Pure.

The bill of trades: https://opendocs.alipay.com/open/204/106262. The columns of the account's movements are *assumed*, from
bills that merchants published.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Self, TypeAlias

from connectors.alipay import sheet
from schema.model.errors import BadAmount, Unreadable
from schema.model.money import Money

Cells: TypeAlias = Mapping[str, str]
"""The values of one row by the names of their columns, without padding."""

_PADDING: Final = ' \t"'
_UNIT: Final = re.compile(r"[（(]([^（）()]*)[）)]\Z")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_TOTAL: Final = re.compile(r"#+\s*(\S+?)合计[：:]\s*([0-9]{1,15})笔.*?共\s*(-?[0-9.]{1,20})元")
_NOTE: Final = "备注"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of bill: what shows that a header is one of it, its first time, and the amounts that each total adds up.

    ``kinds`` names the column whose word is the name of a row's total, where rows are totalled by it.
    """

    bill_type: str
    columns: frozenset[str]
    time: str
    sums: Mapping[str, str]
    kinds: str | None = None


KINDS: Final = (
    Kind(
        "trade",
        frozenset({"支付宝交易号", "商户订单号", "业务类型", "创建时间", "完成时间", "订单金额", "商家实收"}),
        time="创建时间",
        sums={"交易": "商家实收", "退款": "商家实收"},
        kinds="业务类型",
    ),
    Kind(
        "signcustomer",
        frozenset({"账务流水号", "业务流水号", "商户订单号", "发生时间", "收入金额", "支出金额", "业务类型"}),
        time="发生时间",
        sums={"收入": "收入金额", "支出": "支出金额"},
    ),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that follow a header line. ``amounts`` are the places of those in yuan."""

    kind: Kind
    names: tuple[str, ...]
    amounts: tuple[int, ...]

    @classmethod
    def of(cls, header: str) -> Self | None:
        """Told by names without their unit, as bills of other ages have other columns; None for another file."""
        given = [name.strip(_PADDING) for name in header.split(",")]
        names = tuple(_UNIT.sub("", name) for name in given)
        amounts = tuple(place for place, name in enumerate(given) if "元" in name)
        kind = next((kind for kind in KINDS if set(names) >= kind.columns), None)
        return None if kind is None or len(set(names)) != len(names) else cls(kind, names, amounts)

    def cells(self, line: str) -> Cells:
        """The values of a row. Raises Unreadable where their number is wrong.

        Nothing is escaped, so a comma in the goods' name or the remark makes too many. Which of the two had it is told by
        where the first time stands; a row whose amounts then are none had it elsewhere.
        """
        values = [value.strip(_PADDING) for value in line.split(",")]
        if len(values) > len(self.names):
            values = self._folded(values)
        if len(values) != len(self.names):
            raise Unreadable("columns")
        return dict(zip(self.names, values, strict=True))

    def _folded(self, values: list[str]) -> list[str]:
        surplus = len(values) - len(self.names)
        first, note = self.names.index(self.kind.time), self.names.index(_NOTE) if _NOTE in self.names else -1
        early = next((more for more in range(surplus + 1) if _TIME.fullmatch(values[first + more])), -1)
        if early < 0 or first < 1 or note < first:
            raise Unreadable("columns")
        folded = [*values[: first - 1], ",".join(values[first - 1 : first + early]), *values[first + early :]]
        rest = surplus - early
        folded[note : note + rest + 1] = [",".join(folded[note : note + rest + 1])]
        if any(fen(folded[place]) is None for place in self.amounts):
            raise Unreadable("columns")
        return folded


@dataclass(slots=True)
class Tally:
    """Counts the rows of one bill and adds up their amounts, in fen, by the names of the totals."""

    kind: Kind
    rows: dict[str, int] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)

    def add(self, cells: Cells) -> None:
        """Takes in what the totals will tell of a row. An amount that cannot be read is left out, and so will differ."""
        for name, column in self.kind.sums.items():
            amount = fen(cells[column]) or 0
            if cells[self.kind.kinds] == name if self.kind.kinds else amount:
                self.rows[name] = self.rows.get(name, 0) + 1
                self.sums[name] = self.sums.get(name, 0) + amount

    def differences(self, comment: str) -> Iterator[str]:
        """Every way in which a line of totals contradicts the rows, in words. Other comments contradict nothing."""
        found = _TOTAL.match(comment)
        if found is None or found[1] not in self.kind.sums:
            return
        name, count, stated = found[1], int(found[2]), fen(found[3])
        if count != self.rows.get(name, 0):
            yield f"{name}合计 counts {count} rows; {self.rows.get(name, 0)} were read"
        summed = self.sums.get(name, 0)
        if stated is None or abs(stated) != abs(summed):  # outlays are written with and without a sign
            yield f"{name}合计 {'cannot be read' if stated is None else f'is {stated} fen'}; the rows add up to {summed} fen"


def fen(text: str) -> int | None:
    """An amount of a bill, or None where it is none."""
    try:
        return Money.of_decimal(text, sheet.CURRENCY).minor
    except BadAmount:
        return None

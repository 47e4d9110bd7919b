"""Bills for these tests, and what is read from them."""

from io import BytesIO
from typing import Any

from connectors.contract import Row
from schema.model.facts import Movement
from tests.connectors.wechat_pay import given as wechat

ALL = (wechat.SAMPLES / "bill_all.csv").read_text("utf-8")
HEADER, PAYMENT, REFUND, SUMMARY, SUMS = ALL.splitlines()
NAMES = HEADER.split(",")
READER = wechat.connector()


def rows(bill: str | bytes, **changed: Any) -> list[Row]:
    raw = bill.encode() if isinstance(bill, str) else bill
    return list((wechat.connector(**changed) if changed else READER).read_export(BytesIO(raw)))


def movements(bill: str | bytes, **changed: Any) -> list[Movement]:
    found = rows(bill, **changed)
    assert [row.problem for row in found if row.problem] == []
    return [movement for row in found for movement in row.movements]


def problems(bill: str | bytes, **changed: Any) -> list[tuple[int, str]]:
    return [(row.line, row.problem) for row in rows(bill, **changed) if row.problem is not None]


def row(line: str = PAYMENT, **changed: str) -> str:
    """A row with other values, by column."""
    values = dict(zip(NAMES, line[1:].split(",`"), strict=True)) | changed
    return "`" + ",`".join(values.values())


def bill(*lines: str, paid: str = "4.00", back: str = "0.00") -> str:
    """A bill of these rows with a summary that fits."""
    return "\n".join([HEADER, *lines, SUMMARY, f"`{len(lines)},`{paid},`{back},`0.00,`0.00000,`{paid},`{back}"])

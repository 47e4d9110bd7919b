"""Bills for these tests, and what is read from them."""

import zipfile
from io import BytesIO
from typing import Any

from connectors.contract import Row
from schema.model.facts import Movement
from tests.connectors.alipay import given as alipay

TRADES = (alipay.SAMPLES / "bill_trade.csv").read_text("utf-8")
MOVEMENTS = (alipay.SAMPLES / "bill_account.csv").read_text("utf-8")
HEAD, (HEADER, PAID, BACK), FOOT = TRADES.splitlines()[:4], TRADES.splitlines()[4:7], TRADES.splitlines()[7:]
NAMES = HEADER.split(",")
DETAIL = "20880000000000020156_20260901_业务明细.csv"
SUMMARY = "20880000000000020156_20260901_业务明细(汇总).csv"


class _Named(zipfile.ZipInfo):
    """Writes its name in GBK, without the mark of UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def zipped(files: dict[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP as Alipay makes it: names in GBK, and nothing that says so."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(_Named(name, (2026, 9, 2, 8, 46, 50)), data, how)
    return made.getvalue()


def packed(bill: str = TRADES) -> bytes:
    """The ZIP of a day: the detail file and a summary."""
    return zipped({SUMMARY: "#支付宝业务汇总查询\n".encode("gbk"), DETAIL: bill.encode("gbk")})


def rows(bill: str | bytes, **changed: Any) -> list[Row]:
    raw = bill.encode("gbk") if isinstance(bill, str) else bill
    return list(alipay.connector(**changed).read_export(BytesIO(raw)))


def movements(bill: str | bytes, **changed: Any) -> list[Movement]:
    found = rows(bill, **changed)
    assert [row.problem for row in found if row.problem] == []
    return [movement for row in found for movement in row.movements]


def problems(bill: str | bytes, **changed: Any) -> list[tuple[int, str]]:
    return [(row.line, row.problem) for row in rows(bill, **changed) if row.problem is not None]


def row(line: str = PAID, **changed: str) -> str:
    """A row with other values, by column without its unit."""
    names = [name.removesuffix("（元）") for name in NAMES]
    return ",".join((dict(zip(names, line.split(","), strict=True)) | changed).values())


def bill(*lines: str, paid: tuple[int, str] = (1, "5.00"), back: tuple[int, str] = (0, "0.00")) -> str:
    """A bill of these rows with totals that fit."""
    totals = [
        f"#交易合计：{paid[0]}笔，商家实收共{paid[1]}元，商家优惠共0.00元",
        f"#退款合计：{back[0]}笔，商家实收退款共{back[1]}元，商家优惠退款共0.00元",
    ]
    return "\n".join([*HEAD, HEADER, *lines, FOOT[0], *totals, FOOT[3], ""])

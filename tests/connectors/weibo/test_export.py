"""Files of a partner: every way in which a row goes wrong, and that it stays in its row."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, RawIOBase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Row
from connectors.weibo.export import MAX_LINE, read_export
from schema.model.facts import Clues, DonationState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.connectors.weibo import given as weibo

ALL = (weibo.SAMPLES / "export.csv").read_bytes()
HEADER, *_ = ALL.splitlines(keepends=True)
ROW = "G1,school-lunch,500,CNY,2026-09-01T10:20:30+08:00,alipay,success,"


def rows(data: bytes) -> list[Row]:
    return list(weibo.connector()[0].read_export(BytesIO(data)))


def one(line: str) -> DonationState:
    [row] = rows(HEADER + line.encode())
    assert row.problem is None
    [found] = row.movements
    assert isinstance(found, DonationState)
    return found


def problem(line: str | bytes) -> str:
    [row] = rows(HEADER + (line if isinstance(line, bytes) else line.encode()))
    assert row.movements == ()
    assert row.problem
    return row.problem


def test_a_row_in_full() -> None:
    assert one(ROW) == DonationState(
        native_id="export/G1",
        campaign=Clues(campaign="school-lunch", order="G1"),
        stage=Stage.COMPLETED,
        version=0,
        amount=Money.of_minor(500, "CNY"),
        donated_at=datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC),
        source=AmountSource.PARTNER_EXPORT,
    )


def test_the_sample_is_read_line_by_line() -> None:
    found = rows(ALL)
    assert [row.line for row in found] == [2, 3, 4, 5]
    assert [m.stage for row in found for m in row.movements] == [Stage.COMPLETED] * 3 + [Stage.PENDING]


def test_what_has_gone_back_is_a_running_sum_and_the_larger_one_is_the_newer() -> None:
    part, whole = one(ROW + "200"), one(ROW + "500")
    assert (part.amount, part.refunded) == (Money.of_minor(500, "CNY"), Money.of_minor(200, "CNY"))
    assert part.version < whole.version
    assert one(ROW + "0") == one(ROW)


async def test_a_payment_of_weibo_pay_is_one_donation_by_file_and_by_notification() -> None:
    listed = one(f"{weibo.PAY_ID},school-lunch,500,CNY,2026-09-01 10:20:30,weibo_pay,success,")
    [asked] = await weibo.connector(weibo.payment())[0].donation(weibo.PAY_ID)
    assert isinstance(asked, DonationState)
    for name in ("native_id", "stage", "version", "amount", "donated_at"):
        assert getattr(listed, name) == getattr(asked, name)


def test_the_number_of_another_channel_is_never_taken_for_a_payment_of_weibo_pay() -> None:
    assert one(ROW.replace("G1", weibo.PAY_ID)).native_id == f"export/{weibo.PAY_ID}"


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("success", Stage.COMPLETED),
        ("SUCCESS", Stage.COMPLETED),
        ("pending", Stage.PENDING),
        ("closed", Stage.VOID),
        ("failed", Stage.VOID),
    ],
)
def test_each_status_is_a_stage(status: str, stage: Stage) -> None:
    assert one(ROW.replace("success", status)).stage is stage


def test_columns_come_in_any_order_and_with_a_byte_order_mark() -> None:
    header = "refunded_fen,status,channel,occurred_at,currency,amount_fen,project_id,external_id\r\n"
    row = ",success,alipay,2026-09-01 10:20:30,CNY,500,school-lunch,G1\r\n"
    [found] = rows(b"\xef\xbb\xbf" + header.encode() + row.encode())
    assert found.movements == (one(ROW),)


def test_a_value_may_be_quoted_and_hold_a_comma() -> None:
    assert one(ROW.replace("school-lunch", '"lunch, ""first"""')).campaign == Clues(campaign='lunch, "first"', order="G1")


def test_a_row_without_a_project_is_placed_by_the_rules() -> None:
    assert one(ROW.replace("school-lunch", "")).campaign == Clues(order="G1")


@pytest.mark.parametrize(
    "line",
    [
        ROW.replace("500", "5.00"),
        ROW.replace("500", "-5"),
        ROW.replace("500", "1e3"),
        ROW.replace("500", ""),
        ROW.replace("CNY", "RMB"),
        ROW.replace("T10:20:30+08:00", "T10:20:30.1"),
        ROW.replace("2026", "1026"),
        ROW.replace("success", "tomorrow"),
        ROW.replace("success", ""),
        ROW.replace("G1", ""),
        ROW.replace("G1", "x" * 2_000),
        ROW.replace("G1", "x" * 200),
        ROW.replace("school-lunch", "x" * 201),
        ROW.replace("G1", "G\x001"),
        ROW.replace("G1", "a b").replace("alipay", "weibo_pay"),
        ROW + ",more",
        ROW + "-1",
        ROW + "1.5",
        ROW.rpartition(",")[0],
        ",,,,,",
        "x,y",
        ROW.replace("G1", '"G1'),
        ROW.replace("G1", '"G1"x'),
        ROW.encode() + b"\xff",
        ROW + " " * MAX_LINE + "x",
    ],
    ids=range(25),
)
def test_a_row_that_cannot_be_read_is_a_problem_and_hides_no_other(line: str | bytes) -> None:
    assert problem(line)
    damaged = line if isinstance(line, bytes) else line.encode()
    found = rows(HEADER + ROW.encode() + b"\n" + damaged + b"\n" + ROW.encode())
    assert [bool(row.problem) for row in found] == [False, True, False]
    assert [row.line for row in found] == [2, 3, 4]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00", b"id,amount\n1,2\n", b"<html>\n<p>", ROW.encode(), HEADER + HEADER])
def test_a_file_of_another_kind_is_told_once(data: bytes) -> None:
    [row] = rows(data)
    assert row.problem


def test_problems_show_no_value() -> None:
    assert "sesame" not in problem(ROW.replace("500", "sesame"))
    assert "sesame" not in problem(ROW.replace("success", "sesame"))


class Endless(RawIOBase):
    """A file that is as long as one likes, without being held anywhere."""

    def __init__(self, count: int) -> None:
        self._lines: Iterator[bytes] = (HEADER if n == 0 else f"{ROW}\n".replace("G1", f"G{n}").encode() for n in range(count))

    def readline(self, size: int | None = -1, /) -> bytes:
        return next(self._lines, b"")


def test_memory_is_constant_however_long_the_file() -> None:
    source: Any = Endless(10_000)
    tracemalloc.start()
    try:
        assert sum(1 for row in read_export(source) if row.movements) == 9_999
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1_000_000


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode), st.just(ROW.encode())), max_size=6))
def test_whatever_is_in_a_file_gives_rows_and_raises_nothing(lines: list[bytes]) -> None:
    for data in (b"\n".join(lines), HEADER + b"\n".join(lines)):
        for row in rows(data):
            assert bool(row.movements) != bool(row.problem)

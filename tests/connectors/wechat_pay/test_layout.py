"""Bills as wholes: their summaries, and files that are none."""

import gzip

import pytest

from tests.connectors.wechat_pay.bills import (
    ALL,
    HEADER,
    PAYMENT,
    SUMS,
    bill,
    problems,
    row,
    rows,
)


@pytest.mark.parametrize(
    ("sums", "about"),
    [
        ("`3,`4.00,`1.00,`0.00,`0.01000,`4.00,`1.00", "counts 3 rows; 2 were read"),
        ("`x,`4.00,`1.00,`0.00,`0.01000,`4.00,`1.00", "no number"),
        ("`2,`4.00,`1.00,`0.00,`0.01000,`4.01,`1.00", "订单总金额 of the summary is 401 fen; the rows add up to 400 fen"),
        ("`2,`4.00,`1.00,`0.00,`0.01000,`4.00,`", "申请退款总金额 of the summary cannot be read"),
        ("`2,`4.00", "cannot be read"),
    ],
    ids=range(5),
)
def test_a_summary_that_contradicts_its_rows_is_a_problem(sums: str, about: str) -> None:
    [(line, problem)] = problems(ALL.replace(SUMS, sums))
    assert line == 5
    assert about in problem


def test_counts_may_be_written_with_a_point() -> None:
    assert problems(ALL.replace(SUMS, "`2.0,`4.0,`1.0,`0.0,`0.01000,`4.0,`1.0")) == []


@pytest.mark.parametrize("kept", [1, 2, 3, 4])
def test_a_bill_that_is_cut_off_says_so(kept: int) -> None:
    cut = "\n".join(ALL.splitlines()[:kept])
    assert problems(cut)[-1] == (kept, "the bill ends without its summary, so rows may be missing")


def test_a_bill_before_another_must_be_whole_too() -> None:
    assert problems("\n".join([HEADER, PAYMENT, ""]) + ALL) == [
        (3, "the bill ends without its summary, so rows may be missing")
    ]


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"not a bill\n", b"`1,`2\n" * 3, b"\xff\xff\n", b"\x1f\x8b", gzip.compress(b"")], ids=range(7)
)
def test_another_file_is_one_problem(raw: bytes) -> None:
    assert len(rows(raw)) == 1
    assert problems(raw)


def test_a_bill_of_money_flows_is_another_file() -> None:
    assert len(problems("记账时间,微信支付业务单号,资金流水单号\n" + "`1,`2,`3\n" * 9)) == 1


def test_a_packed_bill_that_breaks_off_gives_what_there_was_and_says_so() -> None:
    many = [row(微信订单号=f"42{n:026}") for n in range(2_000)]
    packed = gzip.compress(bill(*many, paid="8000.00").encode())
    found = rows(packed[: len(packed) // 2])
    assert found[-1].problem == "the file cannot be read any further (gzip)"
    assert 0 < len(found) < 2_000

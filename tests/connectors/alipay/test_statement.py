"""Bills: what their rows say, and every way in which rows and files go wrong."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.alipay.unpacking import MAX_LINE
from connectors.contract import Row
from schema.model.facts import Clues, DonationState, RefundState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.connectors.alipay import given as alipay
from tests.connectors.alipay.bills import (
    BACK,
    HEADER,
    MOVEMENTS,
    PAID,
    TRADES,
    bill,
    movements,
    packed,
    problems,
    row,
    rows,
)

DONATION = DonationState(
    native_id="2026090122001400000000000001",
    campaign=Clues(order="LUNCH20260901A0001", merchant="2088000000000002"),
    stage=Stage.COMPLETED,
    version=0,
    amount=Money.of_minor(500, "CNY"),
    donated_at=datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC),
    source=AmountSource.MERCHANT_BILL,
)
REFUND = RefundState(
    native_id="RFLUNCH20260901A0001",
    donation="2026083122001400000000000009",
    lookup="2026083122001400000000000009",
    stage=Stage.COMPLETED,
    version=0,
    amount=Money.of_minor(200, "CNY"),
    refunded_at=datetime(2026, 9, 1, 10, 0, 1, tzinfo=UTC),
    source=AmountSource.MERCHANT_BILL,
)


def one(line: str, **totals: tuple[int, str]) -> DonationState | RefundState:
    [found] = movements(bill(line, **totals))
    assert isinstance(found, DonationState | RefundState)
    return found


def test_a_bill_of_trades_in_full() -> None:
    assert movements(TRADES) == [DONATION, REFUND]
    assert [found.line for found in rows(TRADES)] == [6, 7]


def test_a_bill_is_gbk_and_not_utf_8() -> None:
    assert movements(TRADES.encode("gbk")) == [DONATION, REFUND]
    assert problems(TRADES.encode("utf-8"))
    assert movements(bill(row(商品名称="㐂堃𠮷")).encode("gb18030")) == [DONATION]


def test_a_row_and_its_notification_are_one_donation() -> None:
    told = alipay.donation(alipay.SAMPLE)
    for name in ("native_id", "stage", "version", "amount", "donated_at"):
        assert getattr(DONATION, name) == getattr(told, name)


def test_a_refund_row_counts_what_the_notification_s_running_sum_counts() -> None:
    refund = one(row(BACK, 支付宝交易号=alipay.TRADE), paid=(0, "0.00"), back=(1, "-2.00"))
    told = alipay.donation(alipay.PARTLY)
    assert isinstance(refund, RefundState)
    assert (refund.donation, refund.amount, refund.refunded_at) == (told.native_id, told.refunded, told.refunded_at)


def test_line_ends_and_packing_do_not_matter() -> None:
    raw = TRADES.encode("gbk")
    for form in (raw.replace(b"\n", b"\r\n"), raw.rstrip(b"\n"), raw + b"\r\n\r\n", packed()):
        assert movements(form) == [DONATION, REFUND]


@pytest.mark.parametrize("padding", ["", "\t", "  ", " \t "])
def test_values_are_padded_with_tabs_or_blanks(padding: str) -> None:
    padded = "\n".join(
        line if line.startswith("#") else ",".join(f"{cell.strip()}{padding}" for cell in line.split(","))
        for line in TRADES.splitlines()
    )
    assert movements(padded) == [DONATION, REFUND]


def test_columns_are_found_by_name_with_units_in_any_brackets() -> None:
    old = TRADES.replace("（", "(").replace("）", ")").replace("退款批次号/请求号", "退款批次号")
    assert movements(old) == [DONATION, REFUND]
    turned = [",".join(reversed(line.split(","))) if not line.startswith("#") else line for line in TRADES.splitlines()]
    assert movements("\n".join(turned)) == [DONATION, REFUND]


@pytest.mark.parametrize("text", ["a,b", "一,二,三", '"a,b"', ",", ",,,", '"', "2026-09-01 10:20:20,"])
def test_the_goods_name_and_the_remark_may_hold_commas(text: str) -> None:
    assert one(row(备注=text)) == DONATION
    assert one(row(商品名称=text.removeprefix("2026-09-01 10:20:20"))) == DONATION
    assert one(row(商品名称="a,b", 备注=text)) == DONATION


@pytest.mark.parametrize("column", ["门店名称", "券名称", "对方账户"])
def test_a_comma_anywhere_else_is_a_problem_and_never_another_amount(column: str) -> None:
    for line in (PAID, BACK):
        assert "columns cannot be read" in dict(problems(bill(row(line, **{column: "x,y"}))))[6]


def test_what_a_trade_is_dated_by_is_its_end_else_its_beginning() -> None:
    started = one(row(完成时间=""))
    assert isinstance(started, DonationState)
    assert started.donated_at == datetime(2026, 9, 1, 2, 20, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        (PAID, {"业务类型": "预授权"}),
        (PAID, {"支付宝交易号": ""}),
        (PAID, {"支付宝交易号": "2026 09"}),
        (PAID, {"订单金额": "free"}),
        (PAID, {"订单金额": ""}),
        (PAID, {"订单金额": "-5.00"}),
        (PAID, {"订单金额": "5.001"}),
        (PAID, {"创建时间": "", "完成时间": ""}),
        (PAID, {"完成时间": "2026/9/1 10:20"}),
        (BACK, {"订单金额": "2.00"}),
        (BACK, {"退款批次号/请求号": ""}),
        (BACK, {"退款批次号/请求号": "x y"}),
        (BACK, {"完成时间": ""}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_row_that_cannot_be_read_is_a_problem_and_the_next_one_follows(line: str, changed: dict[str, str]) -> None:
    found = {told.line: told for told in rows(bill(row(line, **changed), PAID))}
    assert found[6].problem
    assert found[7].movements == (DONATION,)


@pytest.mark.parametrize("damage", [b"\xff\xfe\x00", b",,,,", b"x,y", b"\x81", b"x" * 2 * MAX_LINE], ids=range(5))
def test_a_line_that_is_damaged_hides_no_other(damage: bytes) -> None:
    raw = bill(PAID, "DAMAGE", PAID, paid=(2, "10.00")).encode("gbk").replace(b"DAMAGE", damage)
    found = rows(raw)
    assert [(told.line, told.movements) for told in found if told.movements] == [(6, (DONATION,)), (8, (DONATION,))]
    assert [told.line for told in found if told.problem] == [7]


def test_totals_are_held_against_the_rows() -> None:
    assert problems(bill(PAID, BACK, paid=(2, "5.00"), back=(1, "-3.00"))) == [
        (9, "交易合计 counts 2 rows; 1 were read"),
        (10, "退款合计 is -300 fen; the rows add up to -200 fen"),
    ]
    assert problems(bill(PAID, paid=(1, "5.0.0"))) == [(8, "交易合计 cannot be read; the rows add up to 500 fen")]


def test_a_row_that_is_lost_is_seen_in_the_totals() -> None:
    assert [line for line, _ in problems(TRADES.replace(BACK + "\n", ""))] == [9, 9]


def test_a_bill_without_its_last_line_is_a_problem() -> None:
    whole = TRADES.encode("gbk")
    for cut in (0, 5, whole.index(b"\n"), whole.index(PAID.encode("gbk")), whole.index("结束".encode("gbk"))):
        assert problems(whole[:cut])
    assert [found.movements for found in rows(whole[: whole.index(BACK.encode("gbk"))])] == [(DONATION,), ()]


def test_a_day_that_has_only_a_header_is_a_bill_without_rows() -> None:
    assert movements(bill(paid=(0, "0.00"))) == []


def test_another_merchant_s_bill_counts_nothing() -> None:
    [found] = rows(TRADES, seller_id="2088000000000009")
    assert (found.line, found.problem) == (2, "the bill is another merchant's")


def test_a_file_that_is_no_bill_is_one_problem() -> None:
    for other in ("交易时间,公众账号ID\n`x\n`y\n", HEADER.replace("业务类型", "完成时间"), "<html>\n<p>\n"):
        [found] = rows(other)
        assert found.problem == "this is no header of a bill"


def test_problems_show_nothing_of_the_buyer() -> None:
    moved = PAID.replace("\t,LUNCH", "LUNCH")
    shown = repr(rows(bill(moved, row(业务类型="*心(159****5620)"), row(支付宝交易号="*心(159****5620)"))))
    assert "159****" not in shown


def test_a_bill_of_movements_is_read_where_the_account_takes_it() -> None:
    donation, refund = movements(MOVEMENTS, bill_type="signcustomer")
    assert donation == DONATION
    assert isinstance(refund, RefundState)
    assert (refund.native_id, refund.donation, refund.amount) == ("54632446537373", REFUND.donation, REFUND.amount)
    assert refund.refunded_at == REFUND.refunded_at


def test_outlays_are_written_with_or_without_a_sign() -> None:
    unsigned = MOVEMENTS.replace("0.00,-", "0.00,")
    assert movements(unsigned, bill_type="signcustomer") == movements(MOVEMENTS, bill_type="signcustomer")


def test_a_movement_whose_number_is_no_trade_s_is_a_problem() -> None:
    other = MOVEMENTS.replace("2026090122001400000000000001", "B20260901")
    assert problems(other, bill_type="signcustomer") == [(6, "业务流水号 cannot be read")]


def test_a_bill_of_the_other_type_counts_nothing_as_its_refunds_have_other_numbers() -> None:
    for other, taken in ((MOVEMENTS, "trade"), (TRADES, "signcustomer")):
        [found] = rows(other, bill_type=taken)
        assert found.line == 5
        assert "of the type" in (found.problem or "")


@settings(max_examples=200, deadline=None)
@given(
    raw=st.binary(max_size=300) | st.text(alphabet=",#\n\r\t0a结束", max_size=200).map(lambda text: text.encode("gbk")),
    cut=st.integers(0, 1_500),
)
def test_whatever_is_in_a_file_ends_in_rows(raw: bytes, cut: int) -> None:
    whole, zip_file = TRADES.encode("gbk"), packed()
    for file in (raw, whole[:cut] + raw + whole[cut:], zip_file[:cut] + raw, zip_file[:cut] + raw + zip_file[cut:]):
        assert all(isinstance(found, Row) for found in rows(file))


def test_a_large_bill_is_read_row_by_row() -> None:
    class Endless(BytesIO):
        """A bill without an end; the lines that are read are counted."""

        def __init__(self) -> None:
            super().__init__(f"{HEADER}\n".encode("gbk"))
            self.given = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.given += 1
            return super().readline(size) or f"{PAID}\n".encode("gbk")

    source = Endless()
    found = alipay.connector().read_export(source)
    for _ in range(1_000):
        assert next(found).movements
    assert source.given == 1_001

"""Bills: every layout, every way in which rows and files go wrong."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Row
from connectors.wechat_pay.unpacking import MAX_LINE
from schema.model.facts import Clues, DonationState, RefundState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.connectors.wechat_pay import given as wechat
from tests.connectors.wechat_pay.bills import (
    ALL,
    HEADER,
    PAYMENT,
    REFUND,
    bill,
    movements,
    problems,
    row,
    rows,
)


def test_a_bill_of_all_in_full() -> None:
    assert movements(ALL) == [
        DonationState(
            native_id="4200000000202609010000000001",
            campaign=Clues('{"campaign":"school-lunch","phase":1}', "LUNCH20260901000001", "wx0000000000000001", "1900000001"),
            stage=Stage.COMPLETED,
            version=0,
            amount=Money.of_minor(400, "CNY"),
            donated_at=datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC),
            source=AmountSource.MERCHANT_BILL,
        ),
        RefundState(
            native_id="50300000002026090100000000002",
            donation="4200000000202608310000000009",
            lookup="4200000000202608310000000009",
            stage=Stage.COMPLETED,
            version=0,
            amount=Money.of_minor(100, "CNY"),
            refunded_at=datetime(2026, 9, 1, 10, 0, 1, tzinfo=UTC),
            source=AmountSource.MERCHANT_BILL,
        ),
    ]
    assert [found.line for found in rows(ALL)] == [2, 3]


@pytest.mark.parametrize("name", ["transaction.json", "partner.json"])
def test_a_row_and_its_notification_are_one_donation(name: str) -> None:
    paid = wechat.sample(name)
    line = row(
        公众账号ID=paid.get("appid") or paid["sp_appid"],
        商户号=paid.get("mchid") or paid["sp_mchid"],
        特约商户号=paid.get("sub_mchid", "0"),
        微信订单号=paid["transaction_id"],
        商户订单号=paid["out_trade_no"],
        商户数据包=paid["attach"],
        订单金额=f"{paid['amount']['total'] / 100:.2f}",
    )
    [billed] = movements(bill(line, paid=f"{paid['amount']['total'] / 100:.2f}"))
    [notified] = wechat.connector().receive(wechat.delivery(wechat.notification(paid))).facts
    assert isinstance(billed, DonationState)
    assert isinstance(notified, DonationState)
    for name in ("native_id", "campaign", "stage", "version", "amount", "donated_at"):
        assert getattr(billed, name) == getattr(notified, name)


@pytest.mark.parametrize(("name", "expected"), [("bill_success.csv", [0]), ("bill_refund.csv", [1]), ("bill_old.csv", [0, 1])])
def test_every_layout_gives_the_same_facts(name: str, expected: list[int]) -> None:
    everything = movements(ALL)
    assert movements((wechat.SAMPLES / name).read_bytes()) == [everything[place] for place in expected]


def test_the_old_layout_tells_sub_merchants_too() -> None:
    old = (wechat.SAMPLES / "bill_old.csv").read_text("utf-8").replace("`1900000001,`0,", "`1900000001,`1900000002,")
    paid, refund = movements(old)
    assert isinstance(paid, DonationState)
    assert isinstance(paid.campaign, Clues)
    assert paid.campaign.merchant == "1900000002"
    assert isinstance(refund, RefundState)
    assert refund.lookup == "1900000002/4200000000202608310000000009"


def endings() -> Iterator[bytes]:
    for text in (ALL, ALL.rstrip("\n"), ALL.replace("\n", "\r\n"), ALL.replace("\n", "\r\n").rstrip("\r\n"), ALL + "\n\n"):
        yield text.encode()
        yield b"\xef\xbb\xbf" + text.encode()


@pytest.mark.parametrize("raw", [*endings()], ids=range(10))
def test_marks_and_line_ends_do_not_matter_nor_does_packing(raw: bytes) -> None:
    assert movements(raw) == movements(gzip.compress(raw)) == movements(ALL)


def test_several_bills_may_follow_one_another() -> None:
    assert movements(ALL + "\ufeff" + ALL) == movements(ALL) * 2


@pytest.mark.parametrize("amount", ["4.00", "4.0", "4"])
def test_an_amount_has_up_to_two_decimals(amount: str) -> None:
    [paid] = movements(bill(row(订单金额=amount)))
    assert paid.amount == Money.of_minor(400, "CNY")


def test_an_order_of_nothing_is_a_donation_of_nothing() -> None:
    [paid] = movements(bill(row(订单金额="0.00"), paid="0.00"))
    assert paid.amount == Money.of_minor(0, "CNY")


def test_a_payment_that_was_revoked_is_void() -> None:
    first, second = movements(bill(PAYMENT, row(交易状态="REVOKED", 订单金额="0.00")))
    assert (first.stage, second.stage) == (Stage.COMPLETED, Stage.VOID)
    assert isinstance(second, DonationState)
    assert isinstance(first, DonationState)
    assert first.native_id == second.native_id


def test_a_refund_that_failed_takes_nothing_off_and_can_still_be_sent() -> None:
    [refund] = movements(bill(row(REFUND, 退款状态="FAIL"), paid="0.00", back="1.00"))
    assert refund.stage is Stage.PENDING


def test_a_refund_under_way_names_itself_to_be_asked_for() -> None:
    [refund] = movements(bill(row(REFUND, 退款状态="PROCESSING"), paid="0.00", back="1.00"))
    assert isinstance(refund, RefundState)
    assert (refund.stage, refund.lookup) == (Stage.PENDING, "refund:RFLUNCH20260901000002")
    [refund] = movements(bill(row(REFUND, 退款状态="PROCESSING", 特约商户号="1900000002"), paid="0.00", back="1.00"))
    assert isinstance(refund, RefundState)
    assert refund.lookup == "refund:1900000002/RFLUNCH20260901000002"


def test_a_sub_merchant_s_refund_is_looked_up_under_it() -> None:
    [refund] = movements(bill(row(REFUND, 特约商户号="1900000002"), paid="0.00", back="1.00"))
    assert isinstance(refund, RefundState)
    assert refund.lookup == "1900000002/4200000000202608310000000009"


def test_rows_of_sub_merchants_that_are_left_out_say_nothing() -> None:
    both = bill(row(特约商户号="1900000002"), row(特约商户号="1900000003", 微信订单号="42"), paid="8.00")
    [paid] = movements(both, sub_mchids=("1900000003",))
    assert isinstance(paid, DonationState)
    assert paid.native_id == "42"


def test_the_app_of_the_settings_stands_in_for_none() -> None:
    [paid] = movements(bill(row(公众账号ID="")), appid="wx0000000000000007")
    assert isinstance(paid, DonationState)
    assert isinstance(paid.campaign, Clues)
    assert paid.campaign.app == "wx0000000000000007"


@pytest.mark.parametrize("attach", ["", "a,b", 'say "hi", `you`', "`", "one,`two", ",`,`,`", '{"a":1,"b":[2,3]}'])
def test_the_merchant_s_text_may_hold_separators(attach: str) -> None:
    [paid] = movements(bill(row(商户数据包=attach)))
    assert isinstance(paid, DonationState)
    assert isinstance(paid.campaign, Clues)
    assert paid.campaign.attach == (attach or None)
    assert paid.amount == Money.of_minor(400, "CNY")


@pytest.mark.parametrize(
    "changed",
    [
        {"交易状态": "TOMORROW"},
        {"商户号": "1900000099"},
        {"微信订单号": ""},
        {"微信订单号": "42 00"},
        {"订单金额": "free"},
        {"订单金额": "4.005"},
        {"订单金额": "-4.00"},
        {"订单金额": ""},
        {"货币种类": "QQQ"},
        {"交易时间": "2026-09-01T10:20:30+08:00"},
        {"特约商户号": "one two"},
        {"商户数据包": "x" * 2_000},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_row_that_cannot_be_read_is_a_problem_and_the_next_one_follows(changed: dict[str, str]) -> None:
    first, second, *_ = rows(bill(row(**changed), PAYMENT, paid="8.00"))
    assert first.line == 2
    assert first.problem
    assert first.movements == ()
    assert second.movements == tuple(movements(bill(PAYMENT)))


@pytest.mark.parametrize(
    "changed", [{"退款状态": "TOMORROW"}, {"退款状态": ""}, {"微信退款单号": "0"}, {"申请退款金额": "x"}], ids=range(4)
)
def test_a_refund_that_cannot_be_read_is_a_problem(changed: dict[str, str]) -> None:
    assert problems(bill(row(REFUND, **changed), paid="0.00", back="1.00"))[0][0] == 2


def test_a_row_with_too_few_values_is_a_problem() -> None:
    assert problems(bill(PAYMENT.rpartition(",`")[0], PAYMENT))[0] == (2, "columns cannot be read")


@pytest.mark.parametrize("damage", ["x,y", ",,,,", "交易时间,公众账号ID", "`x"])
def test_a_line_that_is_damaged_hides_no_other(damage: str) -> None:
    found = rows(bill(PAYMENT, damage, row(微信订单号="42"), paid="8.00"))
    assert [(told.line, len(told.movements)) for told in found if told.movements] == [(2, 1), (4, 1)]
    assert next(told.line for told in found if told.problem) == 3


def test_a_row_that_is_no_text_or_far_too_long_is_a_problem() -> None:
    raw = bill(PAYMENT, row(商户数据包="x" * MAX_LINE), PAYMENT, paid="8.00").encode()
    bad = raw.replace("免费午餐".encode(), b"\xc3\x28", 1)
    assert [line for line, _ in problems(bad)] == [2, 3, 6]
    assert len([found for found in rows(bad) if found.movements]) == 1


def test_problems_show_nothing_of_the_payer() -> None:
    moved = PAYMENT.replace("`0,`,`42", "`42")  # every value two columns early
    assert "oDEMO" not in repr(rows(bill(moved, row(交易状态="oDEMO"), row(商户号="oDEMO"))))


@settings(max_examples=200, deadline=None)
@given(
    raw=st.binary(max_size=300) | st.text(alphabet="`,\n\r\ufeff0aé", max_size=200).map(str.encode),
    cut=st.integers(0, len(ALL)),
)
def test_whatever_is_in_a_file_ends_in_rows(raw: bytes, cut: int) -> None:
    whole = ALL.encode()
    for file in (raw, whole[:cut] + raw + whole[cut:], gzip.compress(whole)[: cut // 4] + raw):
        assert all(isinstance(found, Row) for found in rows(file))


def test_a_large_bill_is_read_row_by_row() -> None:
    class Endless(BytesIO):
        """A bill without an end; what is read ahead is counted."""

        def __init__(self) -> None:
            super().__init__((HEADER + "\n").encode())
            self.given = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.given += 1
            return super().readline(size) or (PAYMENT + "\n").encode()

    source = Endless()
    found = wechat.connector().read_export(source)
    for _ in range(1_000):
        assert next(found).movements
    assert source.given == 1_001


def test_a_json_sample_of_a_row_s_text_stays_json() -> None:
    [paid, _] = movements(ALL)
    assert isinstance(paid, DonationState)
    assert isinstance(paid.campaign, Clues)
    assert json.loads(paid.campaign.attach or "") == {"campaign": "school-lunch", "phase": 1}

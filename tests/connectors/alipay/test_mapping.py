"""Trades in our words."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from connectors.alipay import mapping
from schema.model.donation import DonationKind
from schema.model.facts import Clues, DonationState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.connectors.alipay import given as alipay

ACCOUNT = alipay.account()
PAID = datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC)
TOLD = datetime(2026, 9, 3, tzinfo=UTC)


def notified(**changed: str) -> DonationState:
    return mapping.notified({**alipay.SAMPLE, **changed}, ACCOUNT, TOLD)


def asked(**changed: Any) -> DonationState:
    return mapping.asked(alipay.trade(**changed), ACCOUNT, TOLD)


def attach(**changed: str) -> str | None:
    clues = notified(**changed).campaign
    assert isinstance(clues, Clues)
    return clues.attach


def test_a_trade_in_full() -> None:
    assert notified() == DonationState(
        native_id="2026090122001400000000000001",
        campaign=Clues(
            attach="campaign=school-lunch", order="LUNCH20260901A0001", app="2021000000000001", merchant="2088000000000002"
        ),
        stage=Stage.COMPLETED,
        version=0,
        amount=Money.of_minor(500, "CNY"),
        donated_at=PAID,
        source=AmountSource.MERCHANT_NOTIFICATION,
        refunded=None,
        refunded_at=None,
        kind=DonationKind.ONE_TIME,
        donor_name=None,
        message=None,
    )


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("WAIT_BUYER_PAY", Stage.PENDING),
        ("TRADE_SUCCESS", Stage.COMPLETED),
        ("TRADE_FINISHED", Stage.COMPLETED),
        ("TRADE_CLOSED", Stage.VOID),
    ],
)
def test_stages_come_from_the_trade_status(status: str, stage: Stage) -> None:
    assert notified(trade_status=status).stage is stage
    assert asked(trade_status=status, send_pay_date="").stage is stage


def test_refunds_are_a_running_sum_which_is_the_version_too() -> None:
    first, second = mapping.notified(alipay.PARTLY, ACCOUNT, TOLD), mapping.notified(alipay.CLOSED, ACCOUNT, TOLD)
    assert (first.stage, first.version, first.refunded) == (Stage.COMPLETED, 200, Money.of_minor(200, "CNY"))
    assert (second.stage, second.version, second.refunded) == (Stage.COMPLETED, 500, Money.of_minor(500, "CNY"))
    assert first.amount == second.amount == Money.of_minor(500, "CNY")
    assert first.refunded_at == datetime(2026, 9, 1, 10, 0, 1, tzinfo=UTC)
    assert second.refunded_at == datetime(2026, 9, 2, 1, 0, 5, tzinfo=UTC)


def test_a_partial_refund_is_not_lost_to_a_dedupe_on_trade_and_status() -> None:
    before, after = notified(), mapping.notified(alipay.PARTLY, ACCOUNT, TOLD)
    assert (before.native_id, before.stage) == (after.native_id, after.stage)
    assert before.version < after.version


@pytest.mark.parametrize("nothing", ["0.00", "0", "0.0", ""])
def test_a_refund_fee_of_nothing_with_a_gmt_close_is_a_plain_success(nothing: str) -> None:
    assert notified(refund_fee=nothing, gmt_close="2026-09-01 10:20:31") == notified()


def test_a_trade_closed_with_a_refund_fee_of_nothing_was_never_paid() -> None:
    assert notified(trade_status="TRADE_CLOSED", refund_fee="0.00").stage is Stage.VOID


def test_the_time_is_that_of_the_payment_in_every_state_and_in_beijing() -> None:
    for changed in ({}, {"trade_status": "TRADE_FINISHED"}, {"refund_fee": "1.00", "gmt_refund": "2026-09-05 00:00:00.001"}):
        assert notified(**changed).donated_at == PAID
    assert asked().donated_at == PAID


def test_what_is_not_paid_happened_when_it_was_made_else_when_it_was_told() -> None:
    assert notified(trade_status="WAIT_BUYER_PAY", gmt_payment="").donated_at == datetime(2026, 9, 1, 2, 20, 20, tzinfo=UTC)
    assert notified(trade_status="WAIT_BUYER_PAY", gmt_payment="", gmt_create="").donated_at == TOLD
    assert asked(trade_status="WAIT_BUYER_PAY", send_pay_date=None).donated_at == TOLD


def test_a_refund_without_its_time_happened_when_it_was_told() -> None:
    assert notified(refund_fee="1.00").refunded_at == TOLD


@pytest.mark.parametrize("text", ["campaign=school-lunch", "a b+c", "100%25", "学校 & 午餐", '{"campaign":"school"}'])
def test_passback_params_are_decoded_once_more_and_not_twice(text: str) -> None:
    assert attach(passback_params=quote_plus(text)) == text
    assert attach(passback_params=quote(text, safe="")) == text


def test_passback_params_that_are_no_utf_8_cost_no_money() -> None:
    assert attach(passback_params="%CE%D2%FF") is not None
    assert attach(passback_params="") is None


def test_the_amount_is_what_was_ordered_not_what_coupons_left_to_pay() -> None:
    assert notified(receipt_amount="4.00", buyer_pay_amount="3.00").amount == Money.of_minor(500, "CNY")


def test_an_answer_tells_the_same_trade_without_the_merchant_s_text() -> None:
    told, found = notified(), asked()
    for name in ("native_id", "stage", "version", "amount", "donated_at", "source"):
        assert getattr(found, name) == getattr(told, name)
    assert found.campaign == Clues(order="LUNCH20260901A0001", app=alipay.APP, merchant=alipay.SELLER)


def test_an_answer_that_tells_no_refunds_hides_none() -> None:
    assert (asked().version, asked().refunded) == (0, None)


def test_an_answer_of_a_trade_that_was_paid_and_is_closed_was_refunded_in_full() -> None:
    found = asked(trade_status="TRADE_CLOSED")
    assert (found.stage, found.version, found.refunded) == (Stage.COMPLETED, 500, Money.of_minor(500, "CNY"))
    assert found.refunded_at == TOLD


def test_nothing_of_the_buyer_is_in_a_fact() -> None:
    told = notified(buyer_logon_id="159****5620", buyer_open_id="oBuyer")
    for shown in (repr(told), repr(asked(buyer_logon_id="159****5620", buyer_open_id="oBuyer"))):
        assert not any(person in shown for person in ("2088000000000001", "159****", "oBuyer"))

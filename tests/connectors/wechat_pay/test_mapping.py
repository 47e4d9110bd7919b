"""Payments and refunds in our words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.wechat_pay import mapping
from connectors.wechat_pay.merchant import Lookup, Merchant
from schema.model.donation import DonationKind
from schema.model.errors import BadAmount, BadCurrency, BadTime, NotFound, Unreadable
from schema.model.facts import Clues, DonationState, RefundState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.connectors.wechat_pay import given as wechat

ASKED = datetime(2026, 9, 3, tzinfo=UTC)
DIRECT = Merchant(wechat.MCHID)


def paid(**changed: Any) -> DonationState:
    order = {**wechat.sample("transaction.json"), **changed}
    found = mapping.payment(order, DIRECT, mapping.app_of(order, None), ASKED)
    assert found is not None
    return found


def returned(merchant: Merchant = DIRECT, **changed: Any) -> RefundState:
    found = mapping.refund({**wechat.sample("refund.json"), **changed}, merchant, ASKED)
    assert found is not None
    return found


def test_a_payment_in_full() -> None:
    assert paid() == DonationState(
        native_id="4200000000202609010000000001",
        campaign=Clues("campaign=school-lunch", "LUNCH20260901000001", "wx0000000000000001", "1900000001"),
        stage=Stage.COMPLETED,
        version=0,
        amount=Money.of_minor(400, "CNY"),
        donated_at=datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC),
        source=AmountSource.MERCHANT_NOTIFICATION,
        kind=DonationKind.ONE_TIME,
        donor_name=None,
        message=None,
    )


def test_a_provider_s_payment_tells_the_sub_merchant_and_the_provider_s_app() -> None:
    order = wechat.sample("partner.json")
    found = mapping.payment(order, Merchant.of(order), mapping.app_of(order, None), ASKED)
    assert found is not None
    assert found.campaign == Clues("campaign=school-lunch", "PARTNER20260901000001", "wx0000000000000009", "1900000002")


def test_an_order_of_a_combined_payment_has_its_amount_elsewhere() -> None:
    order = wechat.sample("combined.json")["sub_orders"][0]
    found = mapping.payment(order, Merchant.of(order), "wx0000000000000001", ASKED)
    assert found is not None
    assert found.amount == Money.of_minor(300, "CNY")
    assert found.donated_at == datetime(2026, 9, 1, 2, 20, 30, 120_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        ("SUCCESS", Stage.COMPLETED),
        ("REFUND", Stage.COMPLETED),
        ("NOTPAY", Stage.PENDING),
        ("USERPAYING", Stage.PENDING),
        ("ACCEPT", Stage.PENDING),
        ("CLOSED", Stage.VOID),
        ("REVOKED", Stage.VOID),
        ("PAYERROR", Stage.VOID),
    ],
)
def test_stages_come_from_the_trade_state(state: str, stage: Stage) -> None:
    assert paid(trade_state=state).stage is stage


def test_a_state_that_is_new_is_no_donation_yet() -> None:
    order = {**wechat.sample("transaction.json"), "trade_state": "TOMORROW"}
    assert mapping.payment(order, DIRECT, None, ASKED) is None
    assert mapping.refund({**wechat.sample("refund.json"), "refund_status": "TOMORROW"}, DIRECT, ASKED) is None


def test_what_is_not_paid_has_the_time_of_asking() -> None:
    assert paid(trade_state="NOTPAY", success_time=None).donated_at == ASKED
    assert paid(trade_state="NOTPAY", success_time="").donated_at == ASKED


def test_the_amount_is_what_was_ordered_not_what_coupons_left_to_pay() -> None:
    assert paid(amount={"total": 400, "payer_total": 100, "currency": "CNY"}).amount == Money.of_minor(400, "CNY")


def test_a_currency_is_taken_where_it_is_told() -> None:
    assert paid(amount={"total": 400}).amount == Money.of_minor(400, "CNY")
    assert paid(amount={"total": 400, "currency": "HKD"}).amount == Money.of_minor(400, "HKD")
    with pytest.raises(BadCurrency):
        paid(amount={"total": 400, "currency": "QQQ"})


@pytest.mark.parametrize("total", ["4.00", None, True, -1, 10**12 + 1, [400]])
def test_an_amount_is_whole_fen(total: object) -> None:
    with pytest.raises(BadAmount):
        paid(amount={"total": total})


@pytest.mark.parametrize("name", ["transaction_id", "trade_state", "amount"])
@pytest.mark.parametrize("value", [None, "", 7, [], "\ud800"])
def test_a_field_that_is_needed_is_named_when_it_cannot_be_read(name: str, value: object) -> None:
    with pytest.raises(Unreadable) as caught:
        paid(**{name: value})
    assert caught.value.reason == name


def test_attach_is_kept_to_the_letter() -> None:
    text = ' {"campaign":"école 学校"},`x '
    found = paid(attach=text)
    assert isinstance(found.campaign, Clues)
    assert found.campaign.attach == text
    with pytest.raises(Unreadable):
        paid(attach="x" * 1_025)
    with pytest.raises(Unreadable):
        paid(attach="\udfff")


def test_a_time_that_is_none_is_an_error() -> None:
    with pytest.raises(BadTime):
        paid(success_time="2026-09-01 10:20:30")


def test_a_refund_in_full() -> None:
    assert returned() == RefundState(
        native_id="50300000002026090200000000001",
        donation="4200000000202609010000000001",
        lookup="4200000000202609010000000001",
        stage=Stage.COMPLETED,
        version=0,
        amount=Money.of_minor(100, "CNY"),
        refunded_at=datetime(2026, 9, 2, 1, 0, 5, tzinfo=UTC),
        source=AmountSource.MERCHANT_NOTIFICATION,
    )


def test_a_sub_merchant_s_refund_is_looked_up_under_it() -> None:
    assert returned(Merchant(wechat.MCHID, "1900000002")).lookup == "1900000002/4200000000202609010000000001"


@pytest.mark.parametrize(
    ("state", "stage"),
    [("SUCCESS", Stage.COMPLETED), ("PROCESSING", Stage.PENDING), ("ABNORMAL", Stage.PENDING), ("CLOSED", Stage.VOID)],
)
def test_stages_of_refunds_come_from_either_name_of_the_state(state: str, stage: Stage) -> None:
    assert returned(refund_status=state).stage is stage
    answer = {**wechat.sample("refund_answer.json"), "status": state}
    asked = mapping.refund(answer, DIRECT, ASKED)
    assert asked is not None
    assert asked.stage is stage


def test_notification_and_answer_tell_one_refund() -> None:
    assert mapping.refund(wechat.sample("refund_answer.json"), DIRECT, ASKED) == returned()


def test_a_refund_under_way_is_dated_by_its_creation_else_by_the_telling() -> None:
    answer = {**wechat.sample("refund_answer.json"), "status": "PROCESSING", "success_time": None}
    found = mapping.refund(answer, DIRECT, ASKED)
    assert found is not None
    assert found.refunded_at == datetime(2026, 9, 2, 1, 0, 1, tzinfo=UTC)
    assert returned(success_time=None, refund_status="ABNORMAL").refunded_at == ASKED


@pytest.mark.parametrize("text", ["4200", "1900000002/4200", "refund:RF_1*2|3@x.y-z", "refund:1900000002/RF1"])
def test_a_lookup_is_read_as_it_was_written(text: str) -> None:
    assert str(Lookup.parse(text)) == text


@pytest.mark.parametrize("text", ["", "/", "a/b/c", "refund:", "refund:/x", "x" * 65, "4200?mchid=1", "../4200", "４２００"])
def test_nothing_is_behind_another_text(text: str) -> None:
    with pytest.raises(NotFound):
        Lookup.parse(text)

"""Genuine notifications: what is read, what is let pass, and what goes to a person."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.wechat_pay.connector import WeChatPay
from schema.model.errors import DeliveryRejected, Unreadable
from schema.model.facts import DonationState, RefundState, Unrecognised
from tests.connectors.wechat_pay import given as wechat

BODY = (wechat.SAMPLES / "notification.json").read_bytes()
SIGNED = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial")


@pytest.fixture(scope="module")
def lunch() -> WeChatPay:
    return wechat.connector()


def unreadable(lunch: WeChatPay, body: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        lunch.receive(wechat.delivery(body))
    return caught.value.reason


def facts(lunch: WeChatPay, body: bytes) -> tuple[object, ...]:
    return lunch.receive(wechat.delivery(body)).facts


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[]", b"{", b"null", b'{"event_type":"a","event_type":"b"}', b"[" * 100_000, b"1" * 5_000],
    ids=range(8),
)
def test_what_is_signed_and_no_message_is_unreadable(lunch: WeChatPay, body: bytes) -> None:
    assert unreadable(lunch, body) == "json"


def test_a_message_under_another_apiv3_key_is_unreadable(lunch: WeChatPay) -> None:
    payload = wechat.sample("transaction.json")
    assert unreadable(lunch, wechat.notification(payload, key="x" * 32)) == "decryption"


@pytest.mark.parametrize(
    "change",
    [
        {"algorithm": "AEAD_SM4_GCM"},
        {"ciphertext": "%"},
        {"ciphertext": "é"},
        {"ciphertext": 7},
        {"ciphertext": ""},
        {"nonce": "short"},
        {"nonce": None},
        {"nonce": "\ud800" * 12},
        {"associated_data": "refund"},
        {"associated_data": ["transaction"]},
    ],
    ids=range(10),
)
def test_a_changed_resource_is_unreadable(lunch: WeChatPay, change: dict[str, Any]) -> None:
    envelope = json.loads(BODY)
    envelope["resource"].update(change)
    assert unreadable(lunch, json.dumps(envelope).encode()) in ("algorithm", "resource", "decryption")


@pytest.mark.parametrize("associated", ["", None])
def test_associated_data_may_be_empty_or_absent(lunch: WeChatPay, associated: str | None) -> None:
    assert len(facts(lunch, wechat.notification(wechat.sample("transaction.json"), associated=associated))) == 1


@pytest.mark.parametrize(
    "change",
    [{"amount": {"total": "4.00"}}, {"amount": {"total": -1}}, {"amount": {"total": 10**12 + 1}}, {"amount": {}}],
    ids=range(4),
)
def test_an_amount_that_is_none_is_unreadable(lunch: WeChatPay, change: dict[str, Any]) -> None:
    assert unreadable(lunch, wechat.notification({**wechat.sample("transaction.json"), **change})) == "bad_amount"


def test_a_payment_to_another_merchant_is_unreadable(lunch: WeChatPay) -> None:
    assert unreadable(lunch, wechat.notification({**wechat.sample("transaction.json"), "mchid": "1900000099"})) == "merchant"
    assert unreadable(lunch, wechat.notification({**wechat.sample("partner.json"), "sp_mchid": "1900000099"})) == "merchant"
    refund = {**wechat.sample("refund.json"), "mchid": "1900000099"}
    assert unreadable(lunch, wechat.notification(refund, "REFUND.SUCCESS", "refund")) == "merchant"
    combined = {**wechat.sample("combined.json"), "combine_mchid": "1900000099"}
    assert unreadable(lunch, wechat.notification(combined)) == "merchant"


def test_only_the_named_sub_merchants_count_where_some_are_named() -> None:
    body = wechat.notification(wechat.sample("partner.json"))
    assert facts(wechat.connector(sub_mchids=("1900000002",)), body)
    assert unreadable(wechat.connector(sub_mchids=("1900000003",)), body) == "merchant"


def test_errors_and_reprs_show_nothing_of_the_payer(lunch: WeChatPay) -> None:
    broken = wechat.notification({**wechat.sample("transaction.json"), "transaction_id": "oDEMO/1"})
    with pytest.raises(Unreadable) as caught:
        lunch.receive(wechat.delivery(broken))
    assert "oDEMO" not in repr(caught.value)
    for name in ("transaction.json", "partner.json", "combined.json"):
        assert "oDEMO" not in repr(lunch.receive(wechat.delivery(wechat.notification(wechat.sample(name)))))


def test_every_order_of_a_combined_payment_is_a_donation(lunch: WeChatPay) -> None:
    first, second = facts(lunch, wechat.notification(wechat.sample("combined.json")))
    assert isinstance(first, DonationState)
    assert isinstance(second, DonationState)
    assert [first.native_id[-2:], second.native_id[-2:]] == ["31", "32"]


def test_an_order_that_another_merchant_is_paid_is_left_out_of_a_combined_payment(lunch: WeChatPay) -> None:
    combined = wechat.sample("combined.json")
    combined["sub_orders"][1]["mchid"] = "1900000099"
    ours, other = facts(lunch, wechat.notification(combined))
    assert isinstance(ours, DonationState)
    assert other == Unrecognised("TRANSACTION.SUCCESS/transaction")
    combined["sub_orders"][0]["mchid"] = "1900000099"
    assert unreadable(lunch, wechat.notification(combined)) == "merchant"


@pytest.mark.parametrize("event", ["REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"])
def test_refunds_are_read(lunch: WeChatPay, event: str) -> None:
    [refund] = facts(lunch, wechat.notification(wechat.sample("refund.json"), event, "refund", associated="refund"))
    assert isinstance(refund, RefundState)


@pytest.mark.parametrize(
    ("event", "original"),
    [
        ("TRANSACTION.SUCCESS", "profitsharing"),
        ("TRANSACTION.INDUSTRY_SUCCESS", "transaction"),
        ("BUDGET.LOCKED", ""),
        ("BUDGET.FINISHED", ""),
        ("BUDGET.CLOSED", "budget"),
        ("SECURITY_ECHO.SUCCESS", "security"),
        ("PAYSCORE.USER_PAID", "payscore"),
    ],
)
def test_what_is_no_payment_is_acknowledged_and_not_booked(lunch: WeChatPay, event: str, original: str) -> None:
    receipt = lunch.receive(wechat.delivery(wechat.notification(wechat.sample("transaction.json"), event, original)))
    assert receipt.facts == (Unrecognised(f"{event}/{original}"),)
    assert receipt.reply.status == 200


def test_a_message_of_an_unknown_kind_need_not_open(lunch: WeChatPay) -> None:
    assert facts(lunch, b'{"event_type":"NEW.THING"}') == (Unrecognised("NEW.THING/"),)


def test_a_long_or_odd_kind_is_cut(lunch: WeChatPay) -> None:
    [fact] = facts(lunch, json.dumps({"event_type": "\x00" + "x" * 900}).encode())
    assert isinstance(fact, Unrecognised)
    assert fact.kind == "x" * 100


def school_fee() -> dict[str, Any]:
    payment = wechat.sample("transaction.json")
    return {**payment, "sub_mchid": "1900000002", "trade_type": "AUTH"}


@pytest.mark.parametrize(
    "payload",
    [
        wechat.sample("parking.json"),
        school_fee(),
        {k: v for k, v in wechat.sample("transaction.json").items() if k != "trade_type"},
        {},
    ],
    ids=["parking", "school fee", "other fields", "nothing"],
)
def test_other_products_under_the_event_of_payments_are_not_booked(lunch: WeChatPay, payload: dict[str, Any]) -> None:
    assert facts(lunch, wechat.notification(payload)) == (Unrecognised("TRANSACTION.SUCCESS/transaction"),)


def test_an_order_of_ours_in_a_state_that_is_not_known_waits_for_somebody_to_look_at_it(lunch: WeChatPay) -> None:
    with pytest.raises(Unreadable, match="trade_state"):
        facts(lunch, wechat.notification({**wechat.sample("transaction.json"), "trade_state": "TOMORROW"}))


def test_fields_that_are_new_are_ignored(lunch: WeChatPay) -> None:
    payment = {**wechat.sample("transaction.json"), "new_field": {"deep": [1.5, None]}}
    assert facts(lunch, wechat.notification(payment)) == facts(lunch, BODY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
NAMES = sorted({name for kind in ("transaction", "partner", "combined", "refund") for name in wechat.sample(f"{kind}.json")})


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=400), values=st.dictionaries(st.sampled_from(SIGNED), st.text(max_size=80)))
def test_whatever_is_sent_ends_in_a_rejection(lunch: WeChatPay, body: bytes, values: dict[str, str]) -> None:
    with pytest.raises(DeliveryRejected):
        lunch.receive(
            wechat.delivery(body, {**wechat.signed(b"another body"), **values}, at=wechat.NOW + timedelta(microseconds=1))
        )


@settings(max_examples=100, deadline=None)
@given(envelope=st.dictionaries(st.sampled_from(["event_type", "resource", "create_time", "id"]), JSON) | JSON)
def test_whatever_is_signed_is_read_or_unreadable(lunch: WeChatPay, envelope: object) -> None:
    read(lunch, json.dumps(envelope).encode())


@settings(max_examples=300, deadline=None)
@given(
    base=st.sampled_from(["transaction.json", "partner.json", "combined.json", "refund.json"]),
    change=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=3),
    nested=st.dictionaries(st.sampled_from(["total", "total_amount", "refund", "currency", "mchid", "trade_state"]), JSON),
)
def test_whatever_is_sealed_is_read_or_unreadable(
    lunch: WeChatPay, base: str, change: dict[str, Any], nested: dict[str, Any]
) -> None:
    payload = {**wechat.sample(base), **change}
    if nested:
        payload["amount"] = nested
        payload["sub_orders"] = [{**order, **nested} for order in wechat.sample("combined.json")["sub_orders"]]
    refund = base == "refund.json"
    read(lunch, wechat.notification(payload, *(("REFUND.SUCCESS", "refund") if refund else ())))


def read(lunch: WeChatPay, body: bytes) -> None:
    try:
        receipt = lunch.receive(wechat.delivery(body))
    except Unreadable:
        return
    assert receipt.reply.status == 200
    assert "oDEMO" not in repr(receipt)

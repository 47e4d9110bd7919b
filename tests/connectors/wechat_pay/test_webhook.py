"""Notifications: what is believed, what is read, and what is let pass."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Delivery
from connectors.http import Headers
from connectors.wechat_pay.connector import WeChatPay
from connectors.wechat_pay.sealed import unseal
from schema.model.errors import DeliveryRejected, KeyUnknown, Unreadable
from schema.model.facts import DonationState, RefundState, Unrecognised
from tests.connectors.wechat_pay import given as wechat

BODY = (wechat.SAMPLES / "notification.json").read_bytes()
SIGNED = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial")


@pytest.fixture(scope="module")
def lunch() -> WeChatPay:
    return wechat.connector()


def spoiled(lunch: WeChatPay, body: bytes, headers: Mapping[str, str], **how: Any) -> DeliveryRejected:
    with pytest.raises(DeliveryRejected) as caught:
        lunch.receive(wechat.delivery(body, headers, **how))
    return caught.value


def unreadable(lunch: WeChatPay, body: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        lunch.receive(wechat.delivery(body))
    return caught.value.reason


def facts(lunch: WeChatPay, body: bytes) -> tuple[object, ...]:
    return lunch.receive(wechat.delivery(body)).facts


# ------------------------------------------------------------------------------------------------ the published vectors


def test_the_sample_opens_to_exactly_its_clear_text() -> None:
    clear = unseal(wechat.APIV3_KEY.encode(), json.loads(BODY)["resource"])
    assert clear == (wechat.SAMPLES / "transaction.json").read_bytes()


def test_the_text_that_is_signed_is_the_published_one() -> None:
    message = b"1788229231\nDemoHeaderNonce00000000000000001\n" + BODY + b"\n"
    assert hashlib.sha256(message).hexdigest() == "e04baeb1f3a4baeac33689cd427881448c7e8d7fca1868c561b8ea8fddfbf67c"
    headers = {**wechat.signed(BODY), "Wechatpay-Signature": wechat.sign(message)}
    assert wechat.connector().receive(wechat.delivery(BODY, headers)).facts


def test_a_payment_is_one_donation_and_is_answered_as_wechat_expects(lunch: WeChatPay) -> None:
    receipt = lunch.receive(wechat.delivery(BODY))
    [donation] = receipt.facts
    assert isinstance(donation, DonationState)
    assert donation.native_id == "4200000000202609010000000001"
    assert receipt.fetch == ()
    assert (receipt.reply.status, receipt.reply.content_type) == (200, "application/json")
    assert receipt.reply.body.decode() == '{"code":"SUCCESS","message":"成功"}'


# ---------------------------------------------------------------------------------------------------- what is believed


def test_every_changed_byte_of_the_body_is_refused(lunch: WeChatPay) -> None:
    headers = wechat.signed(BODY)
    for place in range(len(BODY)):
        changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
        assert spoiled(lunch, changed, headers).reason == "signature"


@pytest.mark.parametrize("name", SIGNED)
def test_every_changed_character_of_a_signed_header_is_refused(lunch: WeChatPay, name: str) -> None:
    headers = wechat.signed(BODY)
    value = headers[name]
    for place in range(len(value)):
        other = "A" if value[place] != "A" else "B"
        changed = value[:place] + (str((int(value[place]) + 1) % 10) if value[place].isdigit() else other) + value[place + 1 :]
        spoiled(lunch, BODY, {**headers, name: changed})


@pytest.mark.parametrize("name", SIGNED)
def test_a_signed_header_must_be_there_and_only_once(lunch: WeChatPay, name: str) -> None:
    headers = wechat.signed(BODY)
    assert spoiled(lunch, BODY, {k: v for k, v in headers.items() if k != name}).reason == "header_missing"
    assert spoiled(lunch, BODY, {**headers, name: ""}).reason == "header_missing"
    twice = Delivery("POST", "", Headers([*headers.items(), (name, headers[name])]), BODY, wechat.NOW)
    with pytest.raises(DeliveryRejected) as caught:
        lunch.receive(twice)
    assert not isinstance(caught.value, KeyUnknown)


def test_a_missing_signature_type_is_the_rsa_one_and_any_other_is_refused(lunch: WeChatPay) -> None:
    headers = wechat.signed(BODY)
    del headers["Wechatpay-Signature-Type"]
    assert lunch.receive(wechat.delivery(BODY, headers)).facts
    for other in ("WECHATPAY2-SM2-WITH-SM3", "", "none", "WECHATPAY2-SHA256-RSA2048, WECHATPAY2-SHA256-RSA2048"):
        assert spoiled(lunch, BODY, {**headers, "Wechatpay-Signature-Type": other}).reason == "signature_type"


def test_header_names_come_in_any_letter_case(lunch: WeChatPay) -> None:
    headers = {name.upper(): value for name, value in wechat.signed(BODY).items()}
    assert lunch.receive(wechat.delivery(BODY, headers)).facts


@pytest.mark.parametrize("sign", [1, -1])
def test_a_message_is_good_for_less_than_300_seconds_both_ways(lunch: WeChatPay, sign: int) -> None:
    headers = wechat.signed(BODY)
    late = timedelta(seconds=300) * sign
    assert lunch.receive(wechat.delivery(BODY, headers, at=wechat.NOW + timedelta(seconds=299.9) * sign)).facts
    assert spoiled(lunch, BODY, headers, at=wechat.NOW + late).reason == "time_window"


@pytest.mark.parametrize(
    "timestamp", ["now", "1e9", "-1788229231", "１７８８２２９２３１", "99999999999999", "17882292.31", " 1788229231"]
)
def test_a_timestamp_is_plain_seconds(lunch: WeChatPay, timestamp: str) -> None:
    assert spoiled(lunch, BODY, {**wechat.signed(BODY), "Wechatpay-Timestamp": timestamp}).reason == "timestamp"


def test_the_border_between_nonce_and_body_cannot_be_moved(lunch: WeChatPay) -> None:
    body = b"first\n" + BODY
    headers = wechat.signed(body)
    moved = {**headers, "Wechatpay-Nonce": headers["Wechatpay-Nonce"] + "\nfirst"}
    assert spoiled(lunch, BODY, moved).reason == "nonce"


@pytest.mark.parametrize(
    "rest", ["", "AAAA", "AAAAA", "not base64 at all!", "é", base64.b64encode(b"x" * 256).decode(), "/+" * 600], ids=range(7)
)
def test_a_probe_is_a_wrong_signature_like_any_other(lunch: WeChatPay, rest: str) -> None:
    spoiled(lunch, BODY, {**wechat.signed(BODY), "Wechatpay-Signature": f"WECHATPAY/SIGNTEST/{rest}"})


def test_another_key_under_a_known_serial_is_refused(lunch: WeChatPay) -> None:
    assert spoiled(lunch, BODY, wechat.signed(BODY, name="stranger")).reason == "signature"


def test_serials_compare_in_any_letter_case(lunch: WeChatPay) -> None:
    assert lunch.receive(wechat.delivery(BODY, wechat.signed(BODY, serial=wechat.SERIAL.lower()))).facts
    lowered = wechat.connector(verification_keys={wechat.PUBLIC_KEY_ID.lower(): wechat.pem_public("wechat")})
    assert lowered.receive(wechat.delivery(BODY, wechat.signed(BODY, serial=wechat.PUBLIC_KEY_ID))).facts


@pytest.mark.parametrize("serial", [wechat.SERIAL, wechat.PUBLIC_KEY_ID])
def test_while_a_merchant_changes_over_both_keys_are_good(serial: str) -> None:
    keys = {wechat.SERIAL: wechat.pem_certificate("wechat"), wechat.PUBLIC_KEY_ID: wechat.pem_public("wechat")}
    both = wechat.connector(verification_keys=keys)
    assert both.receive(wechat.delivery(BODY, wechat.signed(BODY, serial=serial))).facts


@pytest.mark.parametrize("keys", [None, {wechat.SERIAL: wechat.pem_certificate("wechat")}], ids=["none", "certificate"])
def test_an_unknown_serial_asks_for_the_certificates(keys: Mapping[str, str] | None) -> None:
    lunch = wechat.connector(verification_keys=keys)
    assert isinstance(spoiled(lunch, BODY, wechat.signed(BODY, serial="0" * 40)), KeyUnknown)


def test_an_unknown_serial_is_refused_where_there_are_only_public_keys() -> None:
    lunch = wechat.connector(verification_keys={wechat.PUBLIC_KEY_ID: wechat.pem_public("wechat")})
    refused = spoiled(lunch, BODY, wechat.signed(BODY))
    assert not isinstance(refused, KeyUnknown)
    assert refused.reason == "key_unknown"


def test_a_serial_of_another_form_fetches_nothing(lunch: WeChatPay) -> None:
    for serial in ("0, 0", "x" * 65, "../0", "é"):
        assert not isinstance(spoiled(lunch, BODY, {**wechat.signed(BODY), "Wechatpay-Serial": serial}), KeyUnknown)


def test_an_xml_callback_of_the_older_api_is_refused(lunch: WeChatPay) -> None:
    assert spoiled(lunch, b"<xml><return_code>SUCCESS</return_code></xml>", {"Content-Type": "text/xml"}).status_hint == 401


# ------------------------------------------------------------------------------------------- genuine, but not to be read


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


# ------------------------------------------------------------------------------------------------------------- dispatch


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
        {**wechat.sample("transaction.json"), "trade_state": "TOMORROW"},
        {},
    ],
    ids=["parking", "school fee", "other fields", "other state", "nothing"],
)
def test_other_products_under_the_event_of_payments_are_not_booked(lunch: WeChatPay, payload: dict[str, Any]) -> None:
    assert facts(lunch, wechat.notification(payload)) == (Unrecognised("TRANSACTION.SUCCESS/transaction"),)


def test_fields_that_are_new_are_ignored(lunch: WeChatPay) -> None:
    payment = {**wechat.sample("transaction.json"), "new_field": {"deep": [1.5, None]}}
    assert facts(lunch, wechat.notification(payment)) == facts(lunch, BODY)


# ----------------------------------------------------------------------------------------------------------- whatever

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

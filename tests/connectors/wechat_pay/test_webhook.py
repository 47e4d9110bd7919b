"""Notifications: what is believed, byte for byte."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from string import ascii_letters, digits
from typing import Any

import pytest

from connectors.contract import Delivery
from connectors.http import Headers
from connectors.wechat_pay.connector import WeChatPay
from connectors.wechat_pay.sealed import unseal
from schema.model.errors import DeliveryRejected, KeyUnknown
from schema.model.facts import DonationState
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


def test_a_signature_has_one_spelling_only(lunch: WeChatPay) -> None:
    headers = wechat.signed(BODY)
    value = headers["Wechatpay-Signature"]
    assert value.endswith("==")  # so of the last character before it four bits mean nothing
    others = [value[:-3] + char + "==" for char in ascii_letters + digits + "+/" if char != value[-3]]
    same = [other for other in others if base64.b64decode(other) == base64.b64decode(value)]
    assert len(same) == 15
    for other in same:
        assert spoiled(lunch, BODY, {**headers, "Wechatpay-Signature": other}).reason == "signature"


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

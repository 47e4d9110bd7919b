"""Notifications: what is believed, byte for byte."""

import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote, unquote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.alipay.connector import Alipay
from schema.model.errors import DeliveryRejected, Unreadable
from schema.model.facts import DonationState, Unrecognised
from tests.connectors.alipay import given as alipay

BODY = alipay.form(alipay.signed(alipay.SAMPLE))
GENUINE = alipay.received(alipay.SAMPLE)


@pytest.fixture(scope="module")
def lunch() -> Alipay:
    return alipay.connector()


def refusal(lunch: Alipay, body: bytes) -> str:
    with pytest.raises(DeliveryRejected) as caught:
        lunch.receive(alipay.delivery(body))
    return caught.value.reason


def test_a_trade_is_one_donation(lunch: Alipay) -> None:
    receipt = lunch.receive(alipay.delivery(BODY))
    [donation] = receipt.facts
    assert isinstance(donation, DonationState)
    assert donation.native_id == alipay.TRADE
    assert receipt.fetch == ()


def test_the_answer_is_exactly_success(lunch: Alipay) -> None:
    reply = lunch.receive(alipay.delivery(BODY)).reply
    assert (reply.status, reply.body) == (200, b"success")
    assert reply.content_type.startswith("text/plain")


def test_every_changed_byte_of_the_form_is_refused(lunch: Alipay) -> None:
    for place in range(len(BODY)):
        refusal(lunch, BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :])


@pytest.mark.parametrize("name", sorted(alipay.SAMPLE))
def test_a_field_that_is_missing_or_changed_is_refused(lunch: Alipay, name: str) -> None:
    genuine = alipay.signed(alipay.SAMPLE)
    refusal(lunch, alipay.form({key: value for key, value in genuine.items() if key != name}))
    refusal(lunch, alipay.form({**genuine, name: genuine[name] + "0"}))


def test_the_app_s_public_key_in_place_of_alipay_s_verifies_nothing() -> None:
    wrong = alipay.connector(alipay_public_key=alipay.console("stranger"))
    assert refusal(wrong, BODY) == "signature"


def test_sign_type_left_in_the_signed_text_is_refused(lunch: Alipay) -> None:
    left_in = alipay.signed(alipay.SAMPLE, but=("sign",))
    assert refusal(lunch, alipay.form(left_in)) == "signature"


def test_a_downgrade_to_rsa_with_sha_1_is_refused(lunch: Alipay) -> None:
    text = "&".join(f"{key}={value}" for key, value in sorted(alipay.SAMPLE.items()) if key != "sign_type").encode()
    weak = {**alipay.SAMPLE, "sign": alipay.sign(text, sha1=True)}
    assert refusal(lunch, alipay.form({**weak, "sign_type": "RSA"})) == "sign_type"
    assert refusal(lunch, alipay.form(weak)) == "signature"


@pytest.mark.parametrize("sign_type", ["", "rsa2", "RSA", "RSA2 ", "none"])
def test_only_rsa2_is_taken(lunch: Alipay, sign_type: str) -> None:
    assert refusal(lunch, alipay.form({**alipay.signed(alipay.SAMPLE), "sign_type": sign_type})) == "sign_type"


def with_both_signs() -> tuple[dict[str, str], str]:
    """A notification in whose signature are both a ``+`` and a ``/``, in whose text are what decoding twice would change."""
    for count in range(100):
        fields = alipay.signed({**alipay.SAMPLE, "body": f"50% + 2%2B3 %20 {count}"})
        if "+" in fields["sign"] and "/" in fields["sign"]:
            return fields, fields["sign"]
    raise AssertionError("a hundred signatures have no plus")


def test_the_form_is_decoded_once_so_plus_and_percent_2b_stay_what_they_are(lunch: Alipay) -> None:
    fields, sign = with_both_signs()
    body = alipay.form(fields)
    assert quote(sign, safe="").encode() in body
    assert lunch.receive(alipay.delivery(body)).facts
    twice = alipay.form({name: unquote_plus(value) for name, value in fields.items()})
    assert refusal(lunch, twice) == "signature"


def test_a_plus_that_was_not_encoded_is_a_blank_and_so_refused(lunch: Alipay) -> None:
    fields, _ = with_both_signs()
    assert refusal(lunch, alipay.form(fields).replace(b"%2B", b"+")) == "signature"


def test_it_does_not_matter_how_a_framework_writes_the_form_again(lunch: Alipay) -> None:
    lower = re.sub(rb"%[0-9A-F]{2}", lambda found: found[0].lower(), BODY)
    every = "&".join(
        f"{name}={''.join(f'%{byte:02X}' for byte in value.encode())}" for name, value in alipay.signed(alipay.SAMPLE).items()
    ).encode()
    turned = b"&".join(reversed(BODY.split(b"&")))
    blanks = BODY.replace(b"+", b"%20")
    [expected] = lunch.receive(alipay.delivery(BODY)).facts
    for body in (lower, every, turned, blanks):
        assert lunch.receive(alipay.delivery(body)).facts == (expected,)


def test_empty_fields_are_not_signed_and_say_nothing(lunch: Alipay) -> None:
    more = {**alipay.SAMPLE, "refund_fee": "", "gmt_close": "", "body": ""}
    assert lunch.receive(alipay.delivery(alipay.form(alipay.signed(more)))).facts == lunch.receive(alipay.delivery(BODY)).facts


def test_a_field_that_comes_twice_is_refused(lunch: Alipay) -> None:
    for more in (b"&total_amount=5.00", b"&total_amount=", b"&sign=x", b"&sign_type=RSA2"):
        assert refusal(lunch, BODY + more) == "form"


@pytest.mark.parametrize("body", [b"", b"\x00", b"\xff" * 9, b"&", b"a=1&&b=2", b"sign", b"null", b"[" * 9_999], ids=range(8))
def test_what_is_no_form_is_refused(lunch: Alipay, body: bytes) -> None:
    assert refusal(lunch, body) == "form"


@pytest.mark.parametrize("sign", ["", "=", "AAAA", "A" * 5_000, "é", "not base64!", "\n"])
def test_a_signature_that_is_none_is_refused(lunch: Alipay, sign: str) -> None:
    assert refusal(lunch, alipay.form({**alipay.signed(alipay.SAMPLE), "sign": sign})).startswith("signature")


def test_a_refund_cannot_be_hidden_by_running_two_fields_together(lunch: Alipay) -> None:
    genuine = alipay.signed(alipay.PARTLY)
    hidden = {name: value for name, value in genuine.items() if name != "refund_fee"}
    hidden["receipt_amount"] = f"{genuine['receipt_amount']}&refund_fee={genuine['refund_fee']}"
    assert refusal(lunch, alipay.form(hidden)) == "border"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"app_id": "2021000000000009"}, "app"),
        ({"app_id": ""}, "app"),
        ({"seller_id": "2088000000000009"}, "seller"),
        ({"seller_id": ""}, "seller"),
    ],
)
def test_what_alipay_signed_for_another_is_refused(lunch: Alipay, change: Mapping[str, str], reason: str) -> None:
    assert refusal(lunch, alipay.form(alipay.signed({**alipay.SAMPLE, **change}))) == reason


@pytest.mark.parametrize("kind", ["dut_user_sign", "", "trade_status_sync2"])
def test_a_kind_that_is_new_is_acknowledged_and_not_booked(kind: str) -> None:
    receipt = alipay.received({**alipay.SAMPLE, "notify_type": kind, "seller_id": ""})
    assert receipt.facts == (Unrecognised(kind or "unnamed"),)
    assert receipt.reply.body == b"success"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"trade_status": "TRADE_PENDING"}, "trade_status"),
        ({"trade_status": ""}, "trade_status"),
        ({"trade_no": ""}, "trade_no"),
        ({"trade_no": "20 26"}, "trade_no"),
        ({"total_amount": ""}, "total_amount"),
        ({"total_amount": "1e400"}, "bad_amount"),
        ({"total_amount": "-5.00"}, "bad_amount"),
        ({"total_amount": "5.001"}, "bad_amount"),
        ({"refund_fee": "-2.00"}, "bad_time"),  # as a version it is none
        ({"refund_fee": "two"}, "bad_amount"),
        ({"gmt_payment": "2026-09-01T10:20:30Z"}, "bad_time"),
        ({"passback_params": "x" * 2_000}, "passback_params"),
    ],
)
def test_a_genuine_trade_that_cannot_be_read_waits_for_a_person(change: Mapping[str, str], reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        alipay.received({**alipay.SAMPLE, **change})
    assert caught.value.reason == reason


def test_a_form_in_another_charset_waits_for_a_person(lunch: Alipay) -> None:
    fields = {**alipay.SAMPLE, "charset": "GBK"}
    pairs = {name: value.encode("gbk") for name, value in fields.items()}
    text = b"&".join(name.encode() + b"=" + value for name, value in sorted(pairs.items()) if name != "sign_type")
    pairs["sign"] = alipay.sign(text).encode()
    body = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs.items()).encode()
    with pytest.raises(Unreadable) as caught:
        lunch.receive(alipay.delivery(body))
    assert caught.value.reason == "charset"


@settings(max_examples=200, deadline=None)
@given(
    body=st.binary(max_size=200),
    place=st.integers(0, len(BODY)),
    fields=st.dictionaries(
        st.sampled_from([*alipay.CLOSED, "gmt_close", "x"]),
        st.text(max_size=30).filter(lambda text: text.isprintable()),
        max_size=5,
    ),
)
def test_whatever_comes_is_refused_or_read_or_waits_for_a_person(body: bytes, place: int, fields: Mapping[str, str]) -> None:
    lunch = alipay.connector()
    for forged in (body, BODY[:place] + body, BODY[:place] + body + BODY[place + 1 :]):
        with suppress(DeliveryRejected):  # an empty field more is the same notification
            assert lunch.receive(alipay.delivery(forged)).facts == GENUINE.facts
    try:
        told = lunch.receive(alipay.delivery(alipay.form(alipay.signed({**alipay.CLOSED, **fields, "sign_type": "RSA2"}))))
    except (Unreadable, DeliveryRejected):
        return
    assert len(told.facts) == 1

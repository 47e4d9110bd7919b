"""Webhooks: nothing is believed before it is proven. What they say is in test_events."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http import Headers
from connectors.spec import Secret
from connectors.tiltify.connector import TiltifyWebhook
from schema.model.errors import DeliveryRejected, Unreadable
from schema.model.facts import DonationState
from tests.connectors.tiltify.given import (
    KEY,
    SENT,
    SIGNATURE,
    STAMP,
    delivery,
    pairs,
    receive,
    sample,
    sign,
    signed,
    standing,
    tiltify,
)

NEEDED = ("X-Tiltify-Timestamp", "X-Tiltify-Signature")


def refused(body: bytes, headers: Headers) -> str:
    with pytest.raises(DeliveryRejected) as caught:
        receive(delivery(body, headers))
    return caught.value.reason


def test_the_vector_of_the_sheet_is_accepted() -> None:
    body = sample("donation_updated.json")
    assert len(body) == 744
    receipt = receive(delivery(body, Headers({"X-Tiltify-Timestamp": STAMP, "X-Tiltify-Signature": SIGNATURE})))
    (fact,) = receipt.facts
    assert isinstance(fact, DonationState)
    assert (fact.native_id, fact.donor_name) == ("22222222-2222-4222-8222-222222222222", "Sample Donor")
    assert (receipt.reply.status, receipt.fetch) == (204, ())
    assert sign(body) == SIGNATURE


def test_the_key_is_text_and_not_hex() -> None:
    body = sample("donation_updated.json")
    headers = pairs(body) | {"X-Tiltify-Signature": sign(body, key=bytes.fromhex(KEY))}
    assert refused(body, Headers(headers)) == "signature"


def test_every_flipped_byte_of_the_body_is_refused() -> None:
    body = sample("donation_updated.json")
    headers = Headers(pairs(body))
    for place in range(len(body)):
        for flip in (0x01, 0x20, 0x80):
            spoiled = body[:place] + bytes([body[place] ^ flip]) + body[place + 1 :]
            assert refused(spoiled, headers) == "signature"


@pytest.mark.parametrize("name", NEEDED)
def test_every_flipped_byte_of_what_proves_it_is_refused(name: str) -> None:
    body = sample("donation_updated.json")
    right = pairs(body)
    for place in range(len(right[name])):
        for flip in (0x01, 0x20, 0x80):
            spoiled = right[name][:place] + chr(ord(right[name][place]) ^ flip) + right[name][place + 1 :]
            assert refused(body, Headers(right | {name: spoiled})) == "signature"


def test_json_that_was_parsed_and_written_again_proves_nothing() -> None:
    body = sample("fact_updated.json")
    compact = json.dumps(json.loads(body), separators=(",", ":")).encode()
    for altered in (compact, json.dumps(json.loads(body)).encode(), b"\xef\xbb\xbf" + body, body + b"\n", b""):
        assert refused(altered, Headers(pairs(body))) == "signature"


def test_the_boundary_between_timestamp_and_body_cannot_be_moved() -> None:
    body = sample("donation_updated.json")
    for stamp, rest in (("2026-05-02T18:30:00", b"250000Z." + body), (f"{STAMP}.{body[:3].decode()}", body[3:])):
        moved = {"X-Tiltify-Timestamp": stamp, "X-Tiltify-Signature": SIGNATURE}
        assert refused(rest, Headers(moved)) in {"signature", "timestamp"}


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("value", ["é", "\ud800", "A" * 1_000_000, "9" * 5_000, "\x00", "=", "-1", "NaN"])
def test_absurd_headers_are_refused_and_nothing_else(name: str, value: str) -> None:
    body = sample("donation_updated.json")
    assert refused(body, Headers(pairs(body) | {name: value})) == "signature"


@pytest.mark.parametrize("name", NEEDED)
def test_each_header_is_needed_exactly_once(name: str) -> None:
    body = sample("donation_updated.json")
    right = pairs(body)
    assert refused(body, Headers({k: v for k, v in right.items() if k != name})) == "header_missing"
    assert refused(body, Headers(right | {name: ""})) == "header_missing"
    assert refused(body, Headers([*right.items(), (name.upper(), right[name])])) == "signature"


def test_the_headers_that_are_not_signed_are_not_looked_at() -> None:
    body = sample("donation_updated.json")
    bare = {name.lower(): value for name, value in pairs(body).items() if name in NEEDED}
    assert receive(delivery(body, Headers(bare))).facts


@pytest.mark.parametrize(
    "signature",
    [
        SIGNATURE[:-1],
        SIGNATURE.lower(),
        f" {SIGNATURE}",
        f"sha256={SIGNATURE}",
        SIGNATURE.replace("I=", "J="),  # the same bytes in another text
        sign(sample("donation_updated.json"), key="the-signing-key-of-another-endpoint"),
        sign(sample("donation_updated.json"), key=""),
    ],
)
def test_a_signature_of_another_form_or_key_is_refused(signature: str) -> None:
    body = sample("donation_updated.json")
    assert refused(body, Headers(pairs(body) | {"X-Tiltify-Signature": signature})) == "signature"


def test_while_a_key_is_changed_both_are_accepted() -> None:
    new, old = "the-new-signing-key", "the-old-signing-key"
    connector, _ = tiltify(standing, signing_key=Secret(new), previous_signing_key=Secret(old))
    assert isinstance(connector, TiltifyWebhook)
    body = sample("donation_updated.json")
    assert connector.receive(signed(body, key=new)) == connector.receive(signed(body, key=old))
    with pytest.raises(DeliveryRejected, match="signature"):
        connector.receive(signed(body, key="a-third-signing-key"))


def test_once_a_key_is_changed_the_old_one_is_refused() -> None:
    body = sample("donation_updated.json")
    with pytest.raises(DeliveryRejected, match="signature"):
        receive(signed(body, key="the-old-signing-key"), "the-new-signing-key")


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_within_five_minutes_a_message_is_taken(seconds: int) -> None:
    assert receive(signed(sample("donation_updated.json"), SENT + timedelta(seconds=seconds))).facts


@pytest.mark.parametrize("seconds", [-86_400, -301, -300.000001, 300.000001, 301, 86_400])
def test_an_expired_or_future_message_is_refused(seconds: float) -> None:
    with pytest.raises(DeliveryRejected, match="window"):
        receive(signed(sample("donation_updated.json"), SENT + timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    "stamp", ["yesterday", "1777746600", "2026-05-02T18:30:00", "2026-05-02T18:30:61Z", "0001-01-01T00:00:00Z"]
)
def test_a_signed_stamp_that_is_no_moment_is_refused(stamp: str) -> None:
    body = sample("donation_updated.json")
    assert refused(body, Headers(pairs(body, stamp=stamp))) == "timestamp"


def test_the_signature_is_looked_at_before_the_body_is_parsed() -> None:
    assert refused(b"no json", Headers(pairs(b"no json") | {"X-Tiltify-Signature": SIGNATURE})) == "signature"
    with pytest.raises(Unreadable, match="json"):
        receive(signed(b"no json"))


@given(headers=st.lists(st.tuples(st.sampled_from([*NEEDED, "x"]), st.text(max_size=80))), body=st.binary(max_size=200))
def test_no_stranger_gets_past_the_door_or_breaks_it(headers: list[tuple[str, str]], body: bytes) -> None:
    assert refused(body, Headers(headers))

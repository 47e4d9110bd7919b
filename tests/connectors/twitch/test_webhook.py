"""Webhooks: nothing is believed before it is proven, and nothing proven ends in a crash."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Delivery, Receipt
from connectors.http import Headers
from connectors.twitch import webhook
from schema.model.errors import DeliveryRejected, Unreadable
from schema.model.facts import CampaignState, DonationState, FeedStopped, Unrecognised
from tests.connectors.twitch.given import (
    BROADCASTER,
    SECRET,
    SENT,
    SIGNATURE,
    delivery,
    pairs,
    sample,
    sign,
    signed,
    words,
)

SIGNED = ("Twitch-Eventsub-Message-Id", "Twitch-Eventsub-Message-Timestamp", "Twitch-Eventsub-Message-Signature")
NEEDED = (*SIGNED, "Twitch-Eventsub-Message-Type")


def receive(given_delivery: Delivery) -> Receipt:
    return webhook.receive(given_delivery, secret=SECRET, broadcaster=BROADCASTER)


def refused(body: bytes, headers: Headers) -> str:
    with pytest.raises(DeliveryRejected) as caught:
        receive(delivery(body, headers))
    return caught.value.reason


def outcome(given_delivery: Delivery) -> str:
    """One word: "read", or why it is unreadable. Anything else is raised."""
    try:
        receive(given_delivery)
    except Unreadable as error:
        return error.reason
    return "read"


def test_the_published_vector_is_accepted() -> None:
    body = sample("donate.json")
    assert sign(body) == SIGNATURE
    receipt = receive(signed(body))
    (fact,) = receipt.facts
    assert isinstance(fact, DonationState)
    assert (fact.native_id, fact.donor_name) == (words("donate.json")["event"]["id"], "Sample_Donor")
    assert receipt.reply.status == 204
    assert receipt.fetch == ()


def test_every_flipped_byte_of_the_body_is_refused() -> None:
    body = sample("donate.json")
    headers = Headers(pairs(body))
    for place in range(len(body)):
        for flip in (0x01, 0x20, 0x80):
            spoiled = body[:place] + bytes([body[place] ^ flip]) + body[place + 1 :]
            assert refused(spoiled, headers) == "signature"


@pytest.mark.parametrize("name", SIGNED)
def test_every_flipped_byte_of_what_is_signed_is_refused(name: str) -> None:
    body = sample("donate.json")
    right = pairs(body)
    for place in range(len(right[name])):
        for flip in (0x01, 0x20, 0x80):
            spoiled = right[name][:place] + chr(ord(right[name][place]) ^ flip) + right[name][place + 1 :]
            assert refused(body, Headers(right | {name: spoiled}))


def test_the_same_json_written_otherwise_is_refused() -> None:
    body = sample("donate.json")
    for altered in (b"\xef\xbb\xbf" + body, body + b"\n", json.dumps(json.loads(body)).encode(), b""):
        assert refused(altered, Headers(pairs(body))) == "signature"


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("value", ["", "é", "\ud800", "sha256=é", "a" * 1_000_000, "sha256=" + "0" * 1_000_000, "\x00"])
def test_absurd_headers_are_refused_and_nothing_else(name: str, value: str) -> None:
    body = sample("donate.json")
    headers = Headers(pairs(body) | {name: value})
    if name == "Twitch-Eventsub-Message-Type" and value == "\x00":
        assert receive(delivery(body, headers)).facts == (Unrecognised("unnamed"),)  # signed, and of no kind
    else:
        assert refused(body, headers)


@pytest.mark.parametrize("name", NEEDED)
def test_each_header_is_needed_exactly_once(name: str) -> None:
    body = sample("donate.json")
    right = pairs(body)
    assert refused(body, Headers({k: v for k, v in right.items() if k != name})) == "header_missing"
    assert refused(body, Headers([*right.items(), (name.upper(), right[name])])) == "header_malformed"


@pytest.mark.parametrize(
    "signature",
    [
        SIGNATURE.upper(),
        SIGNATURE.replace("sha256", "sha1"),
        SIGNATURE.removeprefix("sha256="),
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE + " ",
        sign(sample("donate.json"), secret="the-secret-of-another-account"),
        sign(sample("donate.json"), secret=""),
    ],
)
def test_a_signature_of_another_form_or_key_is_refused(signature: str) -> None:
    body = sample("donate.json")
    assert refused(body, Headers(pairs(body) | {"Twitch-Eventsub-Message-Signature": signature})) == "signature"


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
def test_header_names_come_in_any_case(change: Any) -> None:
    body = sample("donate.json")
    assert receive(delivery(body, Headers({change(k): v for k, v in pairs(body).items()}))).facts


@pytest.mark.parametrize("seconds", [-600, 0, 600])
def test_within_ten_minutes_a_message_is_taken(seconds: int) -> None:
    assert receive(signed(sample("donate.json"), received_at=SENT + timedelta(seconds=seconds))).facts


@pytest.mark.parametrize("seconds", [-86_400, -601, -600.000001, 600.000001, 601, 86_400])
def test_an_expired_or_future_message_is_refused(seconds: float) -> None:
    with pytest.raises(DeliveryRejected, match="window"):
        receive(signed(sample("donate.json"), received_at=SENT + timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    "stamp", ["yesterday", "1777744805", "2026-05-02T18:00:05", "2026-05-02T18:00:61Z", "0001-01-01T00:00:00Z"]
)
def test_a_signed_stamp_that_is_no_moment_is_refused(stamp: str) -> None:
    body = sample("donate.json")
    assert refused(body, Headers(pairs(body, stamp=stamp))) == "timestamp"


def test_the_signature_is_looked_at_before_the_body_is_parsed() -> None:
    body = b"no json"
    wrong = pairs(body) | {"Twitch-Eventsub-Message-Signature": SIGNATURE}
    assert refused(body, Headers(wrong)) == "signature"
    with pytest.raises(Unreadable, match="json"):
        receive(signed(body))


def test_a_repeated_delivery_gives_the_same_facts() -> None:
    first = signed(sample("progress.json"))
    assert receive(first) == receive(first)


def test_a_challenge_is_answered_with_its_bare_text() -> None:
    reply = receive(signed(sample("challenge.json"), "webhook_callback_verification")).reply
    assert (reply.status, reply.body, reply.content_type) == (200, b"sample-challenge-0123456789", "text/plain")


def test_a_forged_challenge_is_not_answered() -> None:
    body = sample("challenge.json")
    forged = pairs(body, "webhook_callback_verification") | {"Twitch-Eventsub-Message-Signature": SIGNATURE}
    assert refused(body, Headers(forged)) == "signature"


@pytest.mark.parametrize("challenge", [None, "", 7, ["x"], "a\nb", "\ud800", "x" * 1_001])
def test_an_absurd_challenge_is_not_answered(challenge: object) -> None:
    with pytest.raises(Unreadable, match="challenge"):
        receive(signed(words("challenge.json") | {"challenge": challenge}, "webhook_callback_verification"))


def test_a_challenge_for_the_made_up_broadcaster_of_the_official_tool_is_answered() -> None:
    foreign = words("challenge.json")
    foreign["subscription"]["condition"]["broadcaster_user_id"] = "1"
    assert receive(signed(foreign, "webhook_callback_verification")).reply.status == 200


def test_a_revocation_stops_the_feed_in_twitchs_word() -> None:
    receipt = receive(signed(sample("revocation.json"), "revocation"))
    assert receipt.facts == (FeedStopped("authorization_revoked"),)
    assert 200 <= receipt.reply.status < 300


def test_a_notification_sent_again_as_another_kind_does_nothing() -> None:
    for kind in ("revocation", "webhook_callback_verification"):
        with pytest.raises(Unreadable):
            receive(signed(sample("donate.json"), kind))
    with pytest.raises(Unreadable):
        receive(signed(sample("revocation.json"), "notification"))


def test_unknown_kinds_and_topics_are_counted_and_answered() -> None:
    other = words("donate.json")
    other["subscription"]["type"] = "channel.follow"
    assert receive(signed(other)).facts == (Unrecognised("channel.follow"),)
    assert receive(signed(other, "revocation")).facts == (Unrecognised("channel.follow"),)
    assert receive(signed(other, "greeting")) == Receipt((Unrecognised("greeting"),))


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_batch_gives_a_fact_for_each_event(*, wrapped: bool) -> None:
    single = words("donate.json")
    event = single.pop("event")
    events = [event, event | {"id": "another"}]
    batch = single | {"events": [{"id": "item", "data": e} for e in events] if wrapped else events}
    ids = [fact.native_id for fact in receive(signed(batch)).facts if isinstance(fact, DonationState)]
    assert ids == [event["id"], "another"]


@pytest.mark.parametrize("field", ["broadcaster_user_id", "broadcaster_id"])
@pytest.mark.parametrize("name", ["donate.json", "progress.json"])
def test_an_event_of_another_broadcaster_is_kept_away(name: str, field: str) -> None:
    foreign = words(name)
    foreign["event"][field] = "1"
    with pytest.raises(Unreadable, match="broadcaster"):
        receive(signed(foreign))


@pytest.mark.parametrize("condition", [{}, None, {"broadcaster_user_id": "1"}, {"broadcaster_user_id": ["900100200"]}])
def test_the_condition_names_our_broadcaster(condition: object) -> None:
    foreign = words("stop.json")
    foreign["subscription"]["condition"] = condition
    for field in ("broadcaster_user_id", "broadcaster_id"):
        foreign["event"].pop(field, None)
    with pytest.raises(Unreadable, match="broadcaster"):
        receive(signed(foreign))


def test_the_condition_is_enough_where_the_event_names_nobody() -> None:
    bare = words("progress.json")
    del bare["event"]["broadcaster_id"]
    assert isinstance(receive(signed(bare)).facts[0], CampaignState)


@given(
    headers=st.lists(st.tuples(st.sampled_from([*NEEDED, "x"]), st.text(max_size=80))),
    body=st.binary(max_size=200),
)
def test_no_stranger_gets_past_the_door_or_breaks_it(headers: list[tuple[str, str]], body: bytes) -> None:
    assert refused(body, Headers(headers))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["notification", "revocation", "webhook_callback_verification"])
SAMPLES = st.sampled_from(["donate.json", "start.json", "progress.json", "stop.json", "challenge.json", "revocation.json"])


@given(kind=KINDS, payload=JSON)
def test_any_signed_json_is_read_or_unreadable(kind: str, payload: object) -> None:
    assert outcome(signed(json.dumps(payload).encode(), kind)).isidentifier()


@given(kind=KINDS, name=SAMPLES, data=st.data())
def test_any_signed_sample_with_a_spoiled_value_is_read_or_unreadable(kind: str, name: str, data: st.DataObject) -> None:
    payload = words(name)
    part = payload
    while True:
        key = data.draw(st.sampled_from(sorted(part)))
        if not isinstance(part[key], dict) or data.draw(st.booleans()):
            break
        part = part[key]
    part[key] = data.draw(JSON)
    assert outcome(signed(payload, kind)).isidentifier()

"""Rules about deliveries that must be refused: altered, forged, late, early, or of another account."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from string import ascii_letters, digits
from typing import Final

from connectors.contract import Delivery, Receipt, ReceivesDeliveries
from connectors.http import Headers
from connectors.testing.conformance.account import secrets_of
from connectors.testing.conformance.bench import Bench, running
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.rules import Rule
from schema.model.errors import DeliveryRejected

MOST_FLIPS: Final = 600
MARGIN: Final = timedelta(seconds=5)
"""Between the network's stamp and the receipt lie a whole second and the way; an emulator's clock may run fast."""
_BASE64: Final = ascii_letters[26:] + ascii_letters[:26] + digits + "+/"


async def flipped_bytes(bench: Bench) -> None:
    """A delivery of whose body any one bit was changed is refused."""
    delivery = await _sample(bench)
    places = list(range(len(delivery.body)))
    if len(places) > MOST_FLIPS:
        places = sorted(random.Random(1).sample(places, MOST_FLIPS))
    for place in places:
        body = bytearray(delivery.body)
        body[place] ^= 1
        _refused(bench, replace(delivery, body=bytes(body)), f"a body with byte {place} of {len(body)} changed")


async def changed_headers(bench: Bench) -> None:
    """A delivery with any character of a signed header changed is refused."""
    delivery = await _sample(bench)
    names = _signed(bench, delivery)
    expect(names, "the case names no signed_headers; where the signature is in the body, exempt this rule and say so")
    for name in names:
        for place, value in _changes(delivery.headers[name]):
            _refused(bench, _with(delivery, {name: value}), f"a delivery with character {place} of {name} changed")


async def absent_headers(bench: Bench) -> None:
    """A delivery without a signed header, with an empty one, or with one that came twice is refused."""
    delivery = await _sample(bench)
    names = _signed(bench, delivery)
    for name in names:
        value = delivery.headers[name]
        _refused(bench, _with(delivery, {name: None}), f"a delivery without {name}")
        _refused(bench, _with(delivery, {name: ""}), f"a delivery with an empty {name}")
        _refused(bench, _with(delivery, {name: f"{value}, {value}"}), f"a delivery with two {name}")
    if names:
        _refused(bench, replace(delivery, headers=Headers()), "a delivery without any headers")


async def absurd_deliveries(bench: Bench) -> None:
    """Huge, empty and broken deliveries are refused, and raise nothing else."""
    delivery = await _sample(bench)
    for name in _signed(bench, delivery):
        for absurd in ("A" * 1_000_000, "9" * 5_000, "é", "\udcff", "\x00", "=", "-1", "１７８８２２９２３１", "NaN"):
            _refused(bench, _with(delivery, {name: absurd}), f"a delivery with {absurd[:8]!a} for {name}")
    for absurd_body in (
        b"",
        b"\x00",
        b"\xff" * 100,
        b"[" * 100_000,
        b"\xef\xbb\xbf" + delivery.body,
        delivery.body + b"\n",
        b"null",
    ):
        _refused(bench, replace(delivery, body=absurd_body), f"a delivery with the body {absurd_body[:8]!r}")
    for again in _rewritten(delivery.body):
        _refused(bench, replace(delivery, body=again), "a delivery whose JSON was written anew")


async def strangers_deliveries(bench: Bench) -> None:
    """A genuine delivery of another account of the network is refused."""
    async with running(bench.case, bench.case.stranger()) as other:
        await other.give(1_999)
        expect(other.telling, "the other account delivered nothing")
        for delivery, _ in other.telling:
            _refused(bench, delivery, "a delivery of another account")


async def windows(bench: Bench) -> None:
    """A delivery is accepted within the window around its receipt, and refused before and after it."""
    delivery, window = await _sample(bench), bench.case.window
    if window is None:
        raise Broken("the case names no window; where the network dates no delivery, exempt this rule and say so")
    for sign, word in ((1, "late"), (-1, "early")):
        inside = replace(delivery, received_at=delivery.received_at + sign * (window - MARGIN))
        outside = replace(delivery, received_at=delivery.received_at + sign * (window + MARGIN))
        try:
            bench.receive(inside)
        except DeliveryRejected as error:
            raise Broken(f"a delivery {window - MARGIN} {word} was refused: {error}") from error
        _refused(bench, outside, f"a delivery {window + MARGIN} {word}")


async def _sample(bench: Bench) -> Delivery:
    """A genuine delivery of a donation."""
    await bench.give(1_999)
    expect(bench.telling, "a donation was given, and no delivery tells of it")
    return bench.telling[-1][0]


def _signed(bench: Bench, delivery: Delivery) -> tuple[str, ...]:
    absent = [name for name in bench.case.signed_headers if name not in delivery.headers]
    expect(not absent, f"signed_headers names what the emulator does not send: {absent}")
    return bench.case.signed_headers


def _refused(bench: Bench, delivery: Delivery, what: str) -> None:
    try:
        receipt: Receipt = bench.receive(delivery)
    except DeliveryRejected as error:
        shown = repr(error) + str(error)
        expect(not any(secret in shown for secret in secrets_of(bench.settings)), f"the refusal of {what} quotes a secret")
        return
    except Exception as error:
        raise Broken(f"{what} raised {type(error).__name__} instead of DeliveryRejected") from error
    raise Broken(f"{what} was accepted, with {len(receipt.facts)} facts")


def _with(delivery: Delivery, changes: Mapping[str, str | None]) -> Delivery:
    lowered = {name.lower(): value for name, value in changes.items()}
    merged = {**delivery.headers, **lowered}
    return replace(delivery, headers=Headers({name: value for name, value in merged.items() if value is not None}))


def _changes(value: str) -> Iterator[tuple[int, str]]:
    """The value with one character replaced, in two ways each; the last bits of base64 mean nothing, so the first change."""
    places = range(len(value)) if len(value) <= MOST_FLIPS else sorted(random.Random(1).sample(range(len(value)), MOST_FLIPS))
    for place in places:
        char = value[place]
        others = {_BASE64[_BASE64.index(char) ^ 0b110000]} if char in _BASE64 else {chr(ord(char) ^ 1)}
        if char in digits:
            others.add(digits[(int(char) + 5) % 10])
        for other in sorted(others):
            yield place, value[:place] + other + value[place + 1 :]


def _rewritten(body: bytes) -> list[bytes]:
    try:
        value = json.loads(body)
    except ValueError:
        return []
    forms = [json.dumps(value, indent=1).encode(), json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()]
    return [form for form in forms if form != body]


RULES: Final = (
    Rule("a-changed-body-is-refused", flipped_bytes, (ReceivesDeliveries,)),
    Rule("a-changed-header-is-refused", changed_headers, (ReceivesDeliveries,)),
    Rule("a-missing-header-is-refused", absent_headers, (ReceivesDeliveries,)),
    Rule("absurd-deliveries-are-refused", absurd_deliveries, (ReceivesDeliveries,)),
    Rule("another-account-is-refused", strangers_deliveries, (ReceivesDeliveries,)),
    Rule("late-and-early-deliveries-are-refused", windows, (ReceivesDeliveries,)),
)

"""Rules about deliveries that must be refused: altered, forged, late, early, or of another account."""

import json
import random
import time
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
from connectors.testing.conformance.case import AnyCase
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.rules import Rule
from schema.model.errors import DeliveryRejected

MOST_FLIPS: Final = 600
ABSURD_VALUES: Final = ("A" * 1_000_000, "9" * 5_000, "é", "\udcff", "\x00", "=", "-1", "１７８８２２９２３１", "NaN")
ABSURD_BODIES: Final = (b"", b"\x00", b"\xff" * 100, b"[" * 100_000, b"null")
SHAPES: Final = (b"{", b'{"a":', b"[1,", b"&", b"a=b&", b"%41", b"=", b" ", b"\n", b"\x00", b"\xf0\x9f\x8c\x8a", b'"\\\\')
LARGEST: Final = 512 * 1024
"""Bytes of a delivery that the gateway lets in."""
AT_ONCE: Final = 0.5
"""Seconds of the processor."""
MARGIN: Final = timedelta(seconds=5)
"""Between the network's stamp and the receipt lie a whole second and the way; an emulator's clock may run fast."""
_BASE64: Final = ascii_letters[26:] + ascii_letters[:26] + digits + "+/"


async def flipped_bytes(bench: Bench) -> str:
    """A delivery of whose body any one bit was changed is refused."""
    delivery = await _sample(bench)
    places = list(range(len(delivery.body)))
    if len(places) > MOST_FLIPS:
        places = sorted(random.Random(1).sample(places, MOST_FLIPS))
    for place in places:
        body = bytearray(delivery.body)
        body[place] ^= 1
        _refused(bench, replace(delivery, body=bytes(body)), f"a body with byte {place} of {len(body)} changed")
    return f"{len(places)} altered bodies were refused"


async def changed_headers(bench: Bench) -> str:
    """A delivery with any character of a signed header changed is refused."""
    delivery = await _sample(bench)
    names = _signed(bench, delivery)
    expect(names, "the case names no signed_headers; where the signature is in the body, exempt this rule and say so")
    count = 0
    for name in names:
        for place, value in _changes(delivery.headers[name]):
            _refused(bench, _with(delivery, {name: value}), f"a delivery with character {place} of {name} changed")
            count += 1
    return f"{count} altered values of {len(names)} headers were refused"


async def absent_headers(bench: Bench) -> str:
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
    return f"{len(names)} headers were left out, emptied and doubled"


async def absurd_deliveries(bench: Bench) -> str:
    """Huge, empty and broken deliveries are refused, and raise nothing else."""
    delivery = await _sample(bench)
    signed, rewritten = _signed(bench, delivery), _rewritten(delivery.body)
    bodies = (*ABSURD_BODIES, b"\xef\xbb\xbf" + delivery.body, delivery.body + b"\n")
    for name in signed:
        for absurd in ABSURD_VALUES:
            _refused(bench, _with(delivery, {name: absurd}), f"a delivery with {absurd[:8]!a} for {name}")
    for body in bodies:
        _refused(bench, replace(delivery, body=body), f"a delivery with the body {body[:8]!r}")
    for again in rewritten:
        _refused(bench, replace(delivery, body=again), "a delivery whose JSON was written anew")
    return f"{len(signed) * len(ABSURD_VALUES) + len(bodies) + len(rewritten)} absurd deliveries were refused"


async def large_deliveries(bench: Bench) -> str:
    """A delivery as large as the gateway lets in is refused at once, whatever it is made of."""
    delivery = await _sample(bench)
    slowest = 0.0
    for shape in (*SHAPES, delivery.body):
        body = (shape * (LARGEST // max(1, len(shape)) + 1))[:LARGEST]
        began = time.process_time()
        _refused(bench, replace(delivery, body=body), f"a delivery of {LARGEST} bytes of {shape[:8]!r}")
        slowest = max(slowest, time.process_time() - began)
        expect(slowest < AT_ONCE, f"{LARGEST} bytes of {shape[:8]!r} took {slowest:.1f} s to refuse")
    return f"{len(SHAPES) + 1} shapes of {LARGEST // 1024} KiB were refused, each in {slowest * 1000:.0f} ms or less"


async def strangers_deliveries(bench: Bench) -> str:
    """A genuine delivery of another account of the network is refused."""
    async with running(bench.case, bench.case.stranger()) as other:
        await other.give(1_999)
        expect(other.telling, "the other account delivered nothing")
        for delivery, _ in other.telling:
            _refused(bench, delivery, "a delivery of another account")
        return f"{len(other.telling)} deliveries of another account were refused"


async def windows(bench: Bench) -> str:
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
    return f"accepted within {window} to both sides, and refused beyond"


async def _sample(bench: Bench) -> Delivery:
    """A genuine delivery of a donation."""
    await bench.give(1_999)
    expect(bench.telling, "a donation was given, and no delivery tells of it")
    return bench.telling[-1][0]


def _no_header_signed(case: AnyCase) -> bool:
    """no header is signed"""
    return not case.signed_headers


def _undated(case: AnyCase) -> bool:
    """no delivery is dated"""
    return case.window is None


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
    Rule("a-changed-body-is-refused", flipped_bytes, Grade.SILVER, (ReceivesDeliveries,)),
    Rule("a-changed-header-is-refused", changed_headers, Grade.SILVER, (ReceivesDeliveries,), spare=_no_header_signed),
    Rule("a-missing-header-is-refused", absent_headers, Grade.SILVER, (ReceivesDeliveries,), spare=_no_header_signed),
    Rule("absurd-deliveries-are-refused", absurd_deliveries, Grade.PLATINUM, (ReceivesDeliveries,)),
    Rule("large-deliveries-are-refused-at-once", large_deliveries, Grade.PLATINUM, (ReceivesDeliveries,)),
    Rule("another-account-is-refused", strangers_deliveries, Grade.SILVER, (ReceivesDeliveries,)),
    Rule("late-and-early-deliveries-are-refused", windows, Grade.SILVER, (ReceivesDeliveries,), spare=_undated),
)

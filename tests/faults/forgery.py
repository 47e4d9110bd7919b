"""Letters that are not what a network wrote: altered, dated otherwise, signed by somebody else, or with a signature spoiled."""

import base64
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from connectors.alipay.emulator import signing as alipay
from connectors.testing.emulation.rsa_keys import keys_of
from connectors.tiltify.emulator import signing as tiltify
from connectors.weibo.emulator import signing as weibo
from tests.end_to_end.notices import twitch_signed, wechat_signed
from tests.faults.post import Letter

SIGNATURE: Final = MappingProxyType(
    {
        "wechat_pay": "wechatpay-signature",
        "twitch": "twitch-eventsub-message-signature",
        "tiltify": "x-tiltify-signature",
    }
)
"""The header that it is in. The other networks have it in their forms."""
TIMESTAMP: Final = "x-tiltify-timestamp"
WINDOWS: Final = MappingProxyType({"wechat_pay": 300, "twitch": 600, "tiltify": 300})
"""Seconds that a signature is good for, in both directions. What the other networks sign is not dated."""
LONG: Final = 15_000
"""Characters: what the server lets through, so the check behind it must bear that much."""
STRANGER: Final = "s" * 32

Spoil = Callable[[Letter, random.Random], Letter]


def form_of(letter: Letter) -> dict[str, str]:
    """The fields of a form."""
    return dict(parse_qsl(letter.body.decode(), strict_parsing=True))


def with_form(letter: Letter, fields: Mapping[str, str]) -> Letter:
    """Other fields in its place."""
    return replace(letter, body=urlencode(fields).encode())


def signature_of(letter: Letter) -> str:
    """As it stands."""
    name = SIGNATURE.get(letter.key)
    return dict(letter.headers)[name] if name else form_of(letter)["sign"]


def with_signatures(letter: Letter, *values: str) -> Letter:
    """These signatures in place of its own; none takes it away."""
    name = SIGNATURE.get(letter.key)
    if name:
        kept = tuple(pair for pair in letter.headers if pair[0] != name)
        return replace(letter, headers=kept + tuple((name, value) for value in values))
    fields = [pair for pair in form_of(letter).items() if pair[0] != "sign"]
    return replace(letter, body=urlencode([*fields, *(("sign", value) for value in values)]).encode())


# ---------------------------------------------------------------------------------------------------------- altered bodies


def flipped(letter: Letter, rng: random.Random) -> Letter:
    """One bit of what is signed is another one."""
    if letter.key in SIGNATURE:
        place = rng.randrange(len(letter.body))
        return replace(letter, body=_flip(letter.body, place, rng))
    fields = form_of(letter)
    name = rng.choice(sorted(name for name in fields if name not in ("sign", "sign_type") and fields[name]))
    value = fields[name].encode()
    changed = _flip(value, rng.randrange(len(value)), rng).decode("latin-1")
    return with_form(letter, fields | {name: changed})


def _flip(data: bytes, place: int, rng: random.Random) -> bytes:
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]


def written_anew(letter: Letter, rng: random.Random) -> Letter:
    """The same in other bytes. A form may be written in many ways, all signed alike, so there a field is one more."""
    if letter.key in SIGNATURE:
        return replace(letter, body=json.dumps(json.loads(letter.body)).encode() + b" ")
    return with_form(letter, form_of(letter) | {"zeal": str(rng.random())})


def _body(change: Callable[[bytes], bytes]) -> Spoil:
    return lambda letter, _: replace(letter, body=change(letter.body))


ALTERED: Final[Mapping[str, Spoil]] = MappingProxyType(
    {
        "a bit flipped": flipped,
        "written anew": written_anew,
        "a byte order mark": _body(lambda body: b"\xef\xbb\xbf" + body),
        "cut": lambda letter, rng: replace(letter, body=letter.body[: rng.randrange(len(letter.body) // 2)]),
        "nothing": _body(lambda _: b""),
        "no UTF-8": _body(lambda _: b"\xff\xfe\x00"),
    }
)

# -------------------------------------------------------------------------------------------------------------- signatures


def _signature(change: Callable[[str, random.Random], tuple[str, ...]]) -> Spoil:
    return lambda letter, rng: with_signatures(letter, *change(signature_of(letter), rng))


def _scheme(letter: Letter, _: random.Random) -> Letter:
    """Under the name of another scheme."""
    found = signature_of(letter)
    if letter.key == "twitch":
        return with_signatures(letter, found.replace("sha256=", "sha1="))
    if letter.key == "wechat_pay":
        return replace(letter, headers=(*letter.headers, ("wechatpay-signature-type", "WECHATPAY2-SM2-WITH-SM3")))
    if letter.key == "tiltify":
        return with_signatures(letter, base64.b64decode(found).hex())
    return with_form(letter, form_of(letter) | {"sign_type": "MD5"})


SPOILED: Final[Mapping[str, Spoil]] = MappingProxyType(
    {
        "missing": _signature(lambda _, __: ()),
        "empty": _signature(lambda _, __: ("",)),
        "two": _signature(lambda found, _: (found, found)),
        "a good one and a bad one": _signature(lambda found, _: (found, found[::-1])),
        "another scheme": _scheme,
        "beyond ASCII": _signature(lambda _, __: ("签名é",)),
        "long": _signature(lambda _, __: ("A" * LONG,)),
        "no base64": _signature(lambda found, _: ("!" * len(found),)),
        "one letter less": _signature(lambda found, _: (found.rstrip("=")[:-1],)),
        "other letters": _signature(lambda found, rng: ("".join(rng.sample(found, len(found))),)),
    }
)

# ------------------------------------------------------------------------------------------------------------ other signers


def redated(letter: Letter, emulator: Any, ago: timedelta) -> Letter:
    """Signed by the network itself, at another time."""
    if letter.key == "wechat_pay":
        return letter.saying(wechat_signed(emulator, letter.body, ago=ago))
    if letter.key == "twitch":
        kind = dict(letter.headers)["twitch-eventsub-message-type"]
        return letter.saying(twitch_signed(emulator, letter.body, kind=kind, ago=ago))
    return _tiltify(letter, emulator.endpoint.signing_key, f"{datetime.now(UTC) - ago:%Y-%m-%dT%H:%M:%S.%fZ}")


def signed_again(letter: Letter, emulator: Any, body: bytes) -> Letter:
    """Other bytes, signed now by the network itself."""
    return redated(replace(letter, body=body), emulator, timedelta())


def signed_by_stranger(letter: Letter, emulator: Any) -> Letter:
    """Genuine in all, but for the key."""
    key = keys_of("a stranger")(2048)
    if letter.key == "wechat_pay":
        known = emulator.keys.named(dict(letter.headers)["wechatpay-serial"])
        return letter.saying(wechat_signed(emulator, letter.body, key=replace(known, private=key)))
    if letter.key == "twitch":
        kind = dict(letter.headers)["twitch-eventsub-message-type"]
        return letter.saying(twitch_signed(emulator, letter.body, kind=kind, secret=STRANGER))
    if letter.key == "tiltify":
        return _tiltify(letter, STRANGER, dict(letter.headers)[TIMESTAMP])
    fields = form_of(letter)
    if letter.key == "weibo":
        return with_form(letter, weibo.sign(key, fields))
    return with_form(letter, fields | {"sign": alipay.sign(key, alipay.signed_text(fields, without=("sign", "sign_type")))})


def _tiltify(letter: Letter, key: str, timestamp: str) -> Letter:
    told = {TIMESTAMP: timestamp, SIGNATURE["tiltify"]: tiltify.signature(key, timestamp, letter.body)}
    return replace(letter, headers=tuple((dict(letter.headers) | told).items()))

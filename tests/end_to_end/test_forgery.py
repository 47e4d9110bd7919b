"""What is not proven genuine is refused with 401 and an empty body, writes nothing, and is counted by its reason."""

import asyncio
import contextlib
import json
import random
import socket
import string
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest

from connectors.testing.emulation import Outgoing
from connectors.twitch.emulator.payloads import DONATE
from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.end_to_end.notices import compact, twitch_notice, twitch_signed, wechat_notice, wechat_signed
from tests.end_to_end.world import LUNCH, REEF, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

Pairs = list[tuple[str, str]]
Spoil = Callable[[Pairs, bytes, random.Random], tuple[Pairs, bytes]]

MEGABYTE: Final = 1_000_000
# The server lets heads of 16 KiB through, so the check behind it must bear that much.
LONG: Final = "A" * 15_000


def header(name: str, *values: str) -> Spoil:
    """Puts these values in place of a header; none takes it away."""
    return lambda pairs, body, _: ([p for p in pairs if p[0] != name] + [(name, value) for value in values], body)


def changed(name: str, change: Callable[[str], str]) -> Spoil:
    """Changes the value of a header."""
    return lambda pairs, body, _: ([(n, change(value) if n == name else value) for n, value in pairs], body)


def twice(name: str) -> Spoil:
    """Sends a header that is right two times."""
    return lambda pairs, body, _: (pairs + [pair for pair in pairs if pair[0] == name], body)


def flipped(pairs: Pairs, body: bytes, rng: random.Random) -> tuple[Pairs, bytes]:
    """Flips one bit anywhere."""
    place = rng.randrange(len(body))
    return pairs, body[:place] + bytes([body[place] ^ 1 << rng.randrange(8)]) + body[place + 1 :]


def other_body(change: Callable[[bytes], bytes]) -> Spoil:
    """Changes the body."""
    return lambda pairs, body, _: (pairs, change(body))


def free_bits(signature: str) -> str:
    """The same 256 bytes in other letters: of the last letter but the padding, four bits say nothing."""
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    last = letters.index(signature[-3])
    return f"{signature[:-3]}{letters[last ^ 1]}=="


ALTERED: Final[dict[str, tuple[Spoil, str]]] = {
    "one bit flipped": (flipped, "signature"),
    "JSON written anew": (other_body(lambda body: json.dumps(json.loads(body)).encode()), "signature"),
    "a byte order mark": (other_body(lambda body: b"\xef\xbb\xbf" + body), "signature"),
    "a line end more": (other_body(lambda body: body + b"\n"), "signature"),
    "no body": (other_body(lambda _: b""), "signature"),
    "no UTF-8": (other_body(lambda _: b"\xff\xfe\x00"), "signature"),
}
W: Final = "Wechatpay-"
WECHAT: Final[dict[str, tuple[Spoil, str]]] = {
    **ALTERED,
    "no signature": (header(W + "Signature"), "header_missing"),
    "an empty signature": (header(W + "Signature", ""), "header_missing"),
    "two signatures": (twice(W + "Signature"), "signature"),
    "a signature that is no base64": (header(W + "Signature", "!" * 344), "signature"),
    "a signature beyond ASCII": (header(W + "Signature", "签名é"), "signature"),
    "a long signature": (header(W + "Signature", LONG), "signature_too_long"),
    "base64 with other free bits": (changed(W + "Signature", free_bits), "signature"),
    "another scheme": (header(W + "Signature-Type", "WECHATPAY2-SM2-WITH-SM3"), "signature_type"),
    "no nonce": (header(W + "Nonce"), "header_missing"),
    "a nonce beyond ASCII": (header(W + "Nonce", "é"), "nonce"),
    "no time": (header(W + "Timestamp"), "header_missing"),
    "a time in words": (header(W + "Timestamp", "now"), "timestamp"),
    "a time with an exponent": (changed(W + "Timestamp", lambda value: value + "e0"), "timestamp"),
    "a time moved by a second": (changed(W + "Timestamp", lambda value: str(int(value) + 1)), "signature"),
    "no serial": (header(W + "Serial"), "header_missing"),
    "two serials": (twice(W + "Serial"), "serial"),
    "a serial beyond ASCII": (header(W + "Serial", "序列"), "serial"),
}
T: Final = "Twitch-Eventsub-Message-"
TWITCH: Final[dict[str, tuple[Spoil, str]]] = {
    **ALTERED,
    "no signature": (header(T + "Signature"), "header_missing"),
    "an empty signature": (header(T + "Signature", ""), "header_malformed"),
    "two signatures": (twice(T + "Signature"), "header_malformed"),
    "a signature beyond ASCII": (header(T + "Signature", "sha256=é"), "header_malformed"),
    "a long signature": (header(T + "Signature", LONG), "header_malformed"),
    "another scheme": (changed(T + "Signature", lambda value: value.replace("sha256", "sha1")), "signature"),
    "no scheme": (changed(T + "Signature", lambda value: value.removeprefix("sha256=")), "signature"),
    "another id": (header(T + "Id", str(uuid.UUID(int=1))), "signature"),
    "no time": (header(T + "Timestamp"), "header_missing"),
    "another time": (changed(T + "Timestamp", lambda value: value.replace("Z", "0Z")), "signature"),
}


def genuine_wechat(world: World, ago: timedelta = timedelta(), key: WeChatPayEmulator | None = None) -> Outgoing:
    """A payment of one fen that is in no book, signed as long ago as wanted."""
    number = f"4200{uuid.uuid4().hex}"[:32]
    merchant = {"mchid": world.wechat.merchant.mchid, "appid": world.wechat.merchant.appid}
    order = {"transaction_id": number, "out_trade_no": number, "trade_type": "JSAPI", "trade_state": "SUCCESS"}
    notice = wechat_notice(world.wechat, {**merchant, **order, "amount": {"total": 1, "currency": "CNY"}})
    signer = (key or world.wechat).keys.public
    return wechat_signed(world.wechat, notice.body, key=signer, serial=world.wechat.keys.public.serial, ago=ago)


def genuine_twitch(world: World, ago: timedelta = timedelta(), secret: str = "") -> Outgoing:
    """A donation to a campaign that never starts, so that it is held."""
    amount = {"value": 100, "decimal_places": 2, "currency": "USD"}
    event = {
        "id": str(uuid.uuid4()),
        "campaign_id": "never",
        "broadcaster_user_id": world.twitch.broadcaster.id,
        "amount": amount,
    }
    return twitch_signed(world.twitch, twitch_notice(world.twitch, DONATE, event).body, ago=ago, secret=secret)


async def refused(world: World, path: str, headers: Pairs, body: bytes, reason: str) -> None:
    """Sends a delivery and looks at everything that may come of it."""
    account = path.rpartition("/")[2]
    before = await world.written()
    counted = await world.count("giving_deliveries_rejected_total", account=account, reason=reason)

    reply = await world.post(path, headers, body)

    assert (reply.status, reply.body) == (401, b"")
    assert await world.written() == before
    assert await world.count("giving_deliveries_rejected_total", account=account, reason=reason) == counted + 1


@pytest.mark.parametrize("how", WECHAT)
async def test_a_spoiled_notification_of_wechat_pay_is_refused(shared: World, how: str) -> None:
    spoil, reason = WECHAT[how]
    genuine = genuine_wechat(shared)

    await refused(shared, LUNCH, *spoil(list(genuine.headers.items()), genuine.body, shared.rng), reason)

    assert await shared.send(LUNCH, genuine) == 200


@pytest.mark.parametrize("how", TWITCH)
async def test_a_spoiled_message_of_twitch_is_refused(shared: World, how: str) -> None:
    spoil, reason = TWITCH[how]
    genuine = genuine_twitch(shared)

    await refused(shared, REEF, *spoil(list(genuine.headers.items()), genuine.body, shared.rng), reason)

    assert await shared.send(REEF, genuine) == 204


@pytest.mark.parametrize("sign", [1, -1], ids=["old", "ahead"])
async def test_a_signature_from_outside_its_window_is_refused(shared: World, sign: int) -> None:
    for path, make, reason, seconds in ((LUNCH, genuine_wechat, "time_window", 301), (REEF, genuine_twitch, "window", 601)):
        late = make(shared, ago=timedelta(seconds=sign * seconds))
        await refused(shared, path, list(late.headers.items()), late.body, reason)

        # within it by a few seconds, which are left for a slow machine
        in_time = make(shared, ago=timedelta(seconds=sign * (seconds - 11)))
        assert await shared.send(path, in_time) in (200, 204)


async def test_a_notification_signed_with_the_key_of_another_account_is_refused(shared: World) -> None:
    stranger = genuine_wechat(shared, key=WeChatPayEmulator(seed=shared.seed + 1))
    await refused(shared, LUNCH, list(stranger.headers.items()), stranger.body, "signature")

    other = genuine_twitch(shared, secret="the-secret-of-another-account")
    await refused(shared, REEF, list(other.headers.items()), other.body, "signature")


async def test_a_message_of_one_network_proves_nothing_at_another(shared: World) -> None:
    wechat, twitch = genuine_wechat(shared), genuine_twitch(shared)

    await refused(shared, REEF, list(wechat.headers.items()), wechat.body, "header_missing")
    await refused(shared, LUNCH, list(twitch.headers.items()), twitch.body, "header_missing")


@pytest.mark.parametrize("path", [LUNCH, REEF])
async def test_a_header_of_a_megabyte_is_refused_before_it_is_read(shared: World, path: str) -> None:
    before = await shared.written()
    name = "Wechatpay-Signature" if path == LUNCH else "Twitch-Eventsub-Message-Signature"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n{name}: {'A' * MEGABYTE}\r\n\r\n"

    answer = await asyncio.to_thread(raw, shared.port, head.encode() + compact({}))

    assert answer.startswith(b"HTTP/1.1 431 ")
    assert await shared.written() == before
    assert await shared.send(LUNCH, genuine_wechat(shared)) == 200


def raw(port: int, request: bytes) -> bytes:
    """Sends bytes, although the other side may close before it has taken them all, and gives what it answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        with contextlib.suppress(ConnectionError, TimeoutError):
            connection.sendall(request)
        return connection.recv(4_096)

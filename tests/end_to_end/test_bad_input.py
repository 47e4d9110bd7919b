"""What should not come in: too large, empty, unreadable, to nobody. Nothing is written, and nothing is said about it."""

import uuid
from collections.abc import AsyncIterator
from typing import Final

import pytest

from connectors.testing.emulation import Outgoing
from connectors.twitch.emulator.payloads import DONATE
from tests.end_to_end.notices import compact, twitch_notice, twitch_signed, twitch_subscription, wechat_notice, wechat_signed
from tests.end_to_end.world import LUNCH, REEF, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST: Final = 512 * 1024


def large(world: World, size: int) -> Outgoing:
    """A genuine message of Twitch with so many bytes, most of them in a field that nobody knows."""
    subscription = twitch_subscription(world.twitch, "channel.follow")
    bare = compact({"subscription": subscription, "event": {}, "padding": ""})
    body = compact({"subscription": subscription, "event": {}, "padding": "x" * (size - len(bare))})
    assert len(body) == size
    return twitch_signed(world.twitch, body)


async def test_a_body_of_512_kib_is_read_whole(shared: World) -> None:
    before = await shared.count("giving_facts_total", kind="unrecognised")

    assert await shared.send(REEF, large(shared, MOST)) == 204

    assert await shared.count("giving_facts_total", kind="unrecognised") == before + 1


@pytest.mark.parametrize("announced", [True, False], ids=["with its length", "in chunks"])
async def test_one_byte_more_is_too_much(shared: World, announced: bool) -> None:
    outgoing, before = large(shared, MOST + 1), await shared.written()
    counted = await shared.count("giving_deliveries_rejected_total", account="reef", reason="too_large")

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(outgoing.body), 60_000):
            yield outgoing.body[start : start + 60_000]

    body = outgoing.body if announced else chunks()
    async with shared.session.post(shared.url + REEF, data=body, headers=dict(outgoing.headers)) as answer:
        reply = (answer.status, await answer.read())

    assert reply == (413, b"")
    assert await shared.written() == before
    assert await shared.count("giving_deliveries_rejected_total", account="reef", reason="too_large") == counted + 1


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/weibo",
        "/webhooks/weibo/lunch",
        "/webhooks/twitch/lunch",
        "/webhooks/wechat_pay/dinner",
        "/webhooks/wechat_pay/LUNCH",
        "/webhooks/wechat_pay/%00",
        f"/webhooks/wechat_pay/{'a' * 5_000}",
    ],
)
async def test_a_delivery_to_nobody_is_404(shared: World, method: str, path: str) -> None:
    before = await shared.written()
    counted = await shared.count("giving_deliveries_rejected_total", account="", reason="no_account")

    reply = await shared.ask(method, path, body=b"{}")

    assert (reply.status, reply.body) == (404, b"")
    assert await shared.written() == before
    assert await shared.count("giving_deliveries_rejected_total", account="", reason="no_account") == counted + 1


@pytest.mark.parametrize("path", [LUNCH, REEF])
@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe\x00\x80", b"[" * 100_000, b"\x00"], ids=lambda body: repr(body[:5]))
async def test_what_carries_no_proof_is_refused_whatever_it_is(shared: World, path: str, body: bytes) -> None:
    account = path.rpartition("/")[2]
    before = await shared.written()
    counted = await shared.count("giving_deliveries_rejected_total", account=account, reason="header_missing")

    posted = await shared.post(path, {"Content-Type": "application/json"}, body)
    got = await shared.ask("GET", path)

    assert [(reply.status, reply.body) for reply in (posted, got)] == [(401, b"")] * 2
    assert await shared.written() == before
    assert await shared.count("giving_deliveries_rejected_total", account=account, reason="header_missing") == counted + 2


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_another_method_is_not_served(shared: World, method: str) -> None:
    assert (await shared.ask(method, LUNCH, body=b"{}")).status == 405


UNREADABLE: Final = {
    "nothing": b"",
    "no UTF-8": b"\xff\xfe\x00\x80",
    "no JSON": b"<xml/>",
    "no object": b"[]",
    "a number": b"7",
    "half an object": b'{"id":',
    "a key twice": b'{"id":"1","id":"2"}',
    "too deep": b'{"id":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "a number of 5,000 digits": b'{"id":' + b"7" * 5_000 + b"}",
    "NaN": b'{"id":NaN}',
    "an empty object": b"{}",
    "a lone surrogate": b'{"event_type":"\\ud800","resource":"\\ud800","subscription":"\\ud800"}',
}


@pytest.mark.parametrize("what", UNREADABLE)
async def test_what_is_genuine_and_cannot_be_read_is_kept_and_answered_2xx(shared: World, what: str) -> None:
    shown = await shared.campaigns()
    for path, made in (
        (LUNCH, wechat_signed(shared.wechat, UNREADABLE[what])),
        (REEF, twitch_signed(shared.twitch, UNREADABLE[what])),
        (LUNCH, wechat_notice(shared.wechat, UNREADABLE[what])),
    ):
        account = path.rpartition("/")[2]
        held = await shared.count("giving_held_total", account=account)
        kept = await shared.count("giving_facts_total", kind="unrecognised")

        assert await shared.send(path, made) in (200, 204)

        # held, or counted as something that nobody knows where there was enough to say so
        now_held = await shared.count("giving_held_total", account=account)
        now_kept = await shared.count("giving_facts_total", kind="unrecognised")
        assert (now_held - held) + (now_kept - kept) == 1
    assert await shared.campaigns() == shown


async def test_the_only_account_of_a_network_is_reached_without_its_name(shared: World) -> None:
    event = {"id": str(uuid.uuid4()), "broadcaster_user_id": shared.twitch.broadcaster.id}

    assert await shared.send("/webhooks/twitch", twitch_notice(shared.twitch, DONATE, event)) == 204
    assert (await shared.post("/webhooks/twitch")).status == 401

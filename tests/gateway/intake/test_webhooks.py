"""The way in: what each delivery is answered, and what it leaves behind."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest
from redis.asyncio import Redis

from connectors.contract import Receipt
from gateway.http.limits import Limits
from schema.model.errors import DeliveryRejected, Unreadable
from schema.model.facts import Movement
from tests.gateway.acme import NOW, Acme, Listing, given
from tests.gateway.intake.sending import GOOD, SUCCESS, send
from tests.gateway.world import World


@pytest.fixture
def acme() -> Acme:
    connector = Acme()
    connector.receipts[GOOD] = Receipt((given(1, 400),), reply=SUCCESS)
    return connector


@pytest.fixture
def world(redis: Redis, acme: Acme) -> World:
    return World(redis, acme)


async def test_a_good_delivery_counts_and_gets_exactly_the_reply_of_its_connector(world: World) -> None:
    answer = await send(world.webhooks(), GOOD)
    assert (answer.status, answer.body, answer.headers[b"content-type"]) == (200, SUCCESS.body, b"application/json")
    assert await world.raised() == 400
    assert world.counted("giving_deliveries_total", account="lunch", outcome="applied") == 1
    assert world.counted("giving_delivery_seconds_count", account="lunch") == 1
    assert (await world.book.read("lunch")).heard_at == NOW


async def test_a_reply_without_a_body_is_empty(world: World, acme: Acme) -> None:
    acme.receipts[GOOD] = Receipt()
    answer = await send(world.webhooks(), GOOD)
    assert (answer.status, answer.body, answer.headers) == (204, b"", {})


async def test_the_same_delivery_again_is_answered_the_same_and_counts_once(world: World) -> None:
    answers = [await send(world.webhooks(), GOOD) for _ in range(4)]
    assert {answer.status for answer in answers} == {200}
    assert await world.raised() == 400


async def test_the_connector_gets_the_bytes_as_they_came(world: World, acme: Acme) -> None:
    await send(world.webhooks(), b"go", b"", b"od", query=b"a=%FF&b=\xff", headers=[(b"x-sign", b"\xe9"), (b"X-Sign", b"2")])
    [received] = acme.received
    assert (received.method, received.query, received.body) == ("POST", "a=%FF&b=\xff", GOOD)
    assert received.headers["x-sign"] == "\xe9, 2"
    assert received.received_at == NOW


@pytest.mark.parametrize("host", [b"[", b"\xff", b"a" * 300, b"[::1", b""])
async def test_no_host_header_disturbs(world: World, host: bytes) -> None:
    assert (await send(world.webhooks(), GOOD, headers=[(b"host", host)], query=b"\xff\xfe=1")).status == 200


@pytest.mark.parametrize("path", ["/webhooks/acme/dinner", "/webhooks/other/lunch", "/webhooks/other", "/webhooks/acme/LUNCH"])
async def test_an_address_that_is_no_account_is_404_and_says_nothing(world: World, path: str) -> None:
    answer = await send(world.webhooks(), GOOD, path=path)
    assert (answer.status, answer.body) == (404, b"")


async def test_the_connectors_key_stands_for_its_only_account(redis: Redis, world: World) -> None:
    assert (await send(world.webhooks(), GOOD, path="/webhooks/acme")).status == 200
    values = {"accounts": {"lunch": {"connector": "acme"}, "dinner": {"connector": "acme"}}}
    two = World(redis, Acme(), Acme(), values=values)
    assert (await send(two.webhooks(), GOOD, path="/webhooks/acme")).status == 404


async def test_an_account_that_receives_nothing_is_404(redis: Redis) -> None:
    world = World(redis, Listing())
    answer = await send(world.webhooks(), GOOD)
    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize("reason", ["signature", "window", "timestamp"])
async def test_a_refused_delivery_is_401_without_a_word_and_counted_by_its_reason(acme: Acme, reason: str) -> None:
    # nothing listens there: a delivery that proves nothing must cost no call of Redis
    world = World(Redis.from_url("redis://127.0.0.1:1"), acme)
    acme.receipts[b"forged"] = DeliveryRejected(reason)
    answer = await send(world.webhooks(), b"forged")
    assert (answer.status, answer.body) == (401, b"")
    assert b"content-type" not in answer.headers
    assert world.counted("giving_deliveries_rejected_total", account="lunch", reason=reason) == 1
    assert world.counted("giving_deliveries_total", account="lunch", outcome="rejected") == 1


async def test_a_body_of_the_limit_is_taken_and_one_byte_more_is_413(world: World, acme: Acme) -> None:
    whole = b"x" * 64
    acme.receipts[whole] = Receipt()
    refused = Counter[str]()
    webhooks = world.webhooks(limits=Limits(webhook_bytes=64), refused=refused)
    length = [(b"content-length", b"64")]
    assert (await send(webhooks, whole)).status == 204
    assert (await send(webhooks, whole, headers=length)).status == 204
    assert (len(acme.received), refused) == (2, {})
    for chunks, headers in (
        ((whole + b"x",), []),
        ((whole, b"x"), []),
        ((whole,), [(b"content-length", b"65")]),
        ((whole,), [(b"content-length", b"9" * 400)]),
    ):
        answer = await send(webhooks, *chunks, headers=headers)
        assert (answer.status, answer.body) == (413, b"")
    assert len(acme.received) == 2
    assert world.counted("giving_deliveries_rejected_total", account="lunch", reason="too_large") == 4
    assert refused == {"webhook_bytes": 4}


@pytest.mark.parametrize("length", [b"-1", b"\xb2", b"1e3", b"", b"zwei"])
async def test_a_length_that_is_no_number_is_no_fault(world: World, length: bytes) -> None:
    assert (await send(world.webhooks(), GOOD, headers=[(b"content-length", length)])).status == 200


def test_the_limit_of_a_body_is_512_kib_if_no_other_is_set() -> None:
    assert Limits().webhook_bytes == 512 * 1024


async def test_while_the_ledger_does_not_confirm_it_is_503_and_counts_once_later(world: World, acme: Acme) -> None:
    down = World(Redis.from_url("redis://127.0.0.1:1"), acme)
    acme.receipts[b"bad"] = Unreadable("message")
    for body in (GOOD, b"bad"):
        answer = await send(down.webhooks(), body)
        assert (answer.status, answer.body) == (503, b"")
    assert down.counted("giving_deliveries_total", account="lunch", outcome="unconfirmed") == 2
    assert (await send(world.webhooks(), GOOD)).status == 200
    assert await world.raised() == 400


async def test_what_takes_too_long_is_503(world: World, acme: Acme) -> None:
    class Slow(Acme):
        async def donation(self, native_id: str) -> Sequence[Movement]:
            await asyncio.Event().wait()
            return []

    slow = Slow()
    slow.receipts[GOOD] = Receipt(fetch=("a",))
    world = World(world.redis, slow)
    refused = Counter[str]()
    answer = await send(world.webhooks(limits=Limits(webhook_seconds=0.05), refused=refused), GOOD)
    assert (answer.status, refused) == (503, {"webhook_seconds": 1})
    assert world.counted("giving_deliveries_total", account="lunch", outcome="timeout") == 1


async def test_a_network_that_hangs_up_changes_nothing(world: World, acme: Acme) -> None:
    await send(world.webhooks(), b"go", gone=True)
    assert acme.received == []
    assert world.counted("giving_deliveries_total", account="lunch", outcome="disconnected") == 1

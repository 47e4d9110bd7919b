"""The way in: what each delivery is answered, and what it leaves behind."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from connectors.contract import Receipt, Reply
from gateway.intake.webhooks import MAX_BODY
from schema.model.errors import DeliveryRejected, KeyUnknown, Unreadable, UpstreamGarbled, UpstreamUnavailable
from schema.model.facts import Clues, Movement
from tests.gateway.acme import NOW, Acme, Listing, Pushing, delivery, given, spec
from tests.gateway.world import PATIENCE, UNDECLARED, World, application

GOOD = b"good"
ADDRESS = "/webhooks/acme/lunch"
SUCCESS = Reply(200, b'{"code":"SUCCESS"}', "application/json")


@dataclass(frozen=True)
class Answer:
    """What a network was answered."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def send(
    webhooks: Any,
    *chunks: bytes,
    path: str = ADDRESS,
    query: bytes = b"",
    method: str = "POST",
    headers: Sequence[tuple[bytes, bytes]] = (),
    gone: bool = False,
) -> Answer:
    """One request, as a server hands it over. ``gone``: the network hangs up before its body is whole."""
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    waiting.append({"type": "http.disconnect"} if gone else {"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def give(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": [(b"host", b"giving.example"), *headers],
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "client": ("127.0.0.1", 1),
    }
    async with asyncio.timeout(PATIENCE):
        await application(webhooks)(scope, receive, give)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], dict(sent[0]["headers"]), body)


class Rotating(Acme):
    """Knows a key only after its keys were refreshed."""

    def __init__(self, *, fails: int = 0) -> None:
        super().__init__()
        self.keys = {"first"}
        self.published = {"first"}
        self.refreshed = 0
        self.fails = fails
        self.gate = asyncio.Event()
        self.gate.set()

    def receive(self, delivery: Any) -> Receipt:
        """By the key that the body names."""
        if delivery.body.decode() not in self.keys:
            raise KeyUnknown
        return Receipt(reply=SUCCESS)

    async def refresh_keys(self) -> None:
        """Takes over what is published, once the gate is open."""
        self.refreshed += 1
        await self.gate.wait()
        if self.fails:
            self.fails -= 1
            raise UpstreamUnavailable("certificates cannot be had")
        self.keys = set(self.published)


@pytest.fixture
def acme() -> Acme:
    connector = Acme()
    connector.receipts[GOOD] = Receipt((given(1, 400),), reply=SUCCESS)
    return connector


@pytest.fixture
def world(redis: Redis, acme: Acme) -> World:
    return World(redis, acme)


# answers


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
    webhooks = world.webhooks(max_body=64)
    length = [(b"content-length", b"64")]
    assert (await send(webhooks, whole)).status == 204
    assert (await send(webhooks, whole, headers=length)).status == 204
    assert len(acme.received) == 2
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


@pytest.mark.parametrize("length", [b"-1", b"\xb2", b"1e3", b"", b"zwei"])
async def test_a_length_that_is_no_number_is_no_fault(world: World, length: bytes) -> None:
    assert (await send(world.webhooks(), GOOD, headers=[(b"content-length", length)])).status == 200


def test_the_limit_of_a_body_is_512_kib() -> None:
    assert MAX_BODY == 512 * 1024


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
    answer = await send(world.webhooks(answer_within=timedelta(milliseconds=50)), GOOD)
    assert answer.status == 503
    assert world.counted("giving_deliveries_total", account="lunch", outcome="timeout") == 1


async def test_a_network_that_hangs_up_changes_nothing(world: World, acme: Acme) -> None:
    await send(world.webhooks(), b"go", gone=True)
    assert acme.received == []
    assert world.counted("giving_deliveries_total", account="lunch", outcome="disconnected") == 1


# quarantine


async def test_what_is_genuine_and_cannot_be_read_is_held_and_answered_well(world: World, acme: Acme) -> None:
    acme.receipts[b"odd"] = Unreadable("message")
    answer = await send(world.webhooks(), b"odd", query=b"q=1")
    assert (answer.status, answer.body) == (204, b"")
    [held] = await world.quarantine.all("lunch")
    assert (held.reason, held.delivery.body, held.delivery.query) == ("message", b"odd", "q=1")
    assert world.counted("giving_held_total", account="lunch", reason="message") == 1
    assert world.counted("giving_deliveries_total", account="lunch", outcome="held") == 1


async def test_what_cannot_be_applied_yet_is_held_with_the_reply_of_its_connector(redis: Redis) -> None:
    connector = Acme()
    connector.receipts[GOOD] = Receipt((given(1, 400, Clues(attach="tea")),), fetch=("a",), reply=SUCCESS)
    world = World(redis, connector, values=UNDECLARED)
    answer = await send(world.webhooks(), GOOD)
    assert (answer.status, answer.body) == (200, SUCCESS.body)
    [held] = await world.quarantine.all("lunch")
    assert held.reason == "unplaced"


async def test_what_is_held_is_tried_again_and_released_when_it_counts(world: World, acme: Acme) -> None:
    acme.receipts[GOOD] = Receipt(fetch=("a",))
    acme.known["a"] = UpstreamUnavailable("down")
    webhooks = world.webhooks()
    await send(webhooks, GOOD)
    assert await webhooks.try_again(world.account) == 0
    assert acme.asked == ["a"]  # not due yet
    world.clock.turn(timedelta(minutes=1))
    assert await webhooks.try_again(world.account) == 0
    acme.known["a"] = [given(1, 400)]
    world.clock.turn(timedelta(minutes=5))
    assert await webhooks.try_again(world.account) == 1
    assert await world.quarantine.all("lunch") == []
    assert await world.raised() == 400


async def test_a_held_delivery_is_judged_by_the_time_of_its_receipt(world: World, acme: Acme) -> None:
    acme.receipts[GOOD] = Receipt(fetch=("a",))
    webhooks = world.webhooks()
    await send(webhooks, GOOD)
    world.clock.turn(timedelta(hours=5))
    await webhooks.try_again(world.account)
    assert [received.received_at for received in acme.received] == [NOW, NOW]


async def test_one_that_can_be_read_no_more_waits_for_a_person(world: World, acme: Acme) -> None:
    acme.receipts[GOOD] = Receipt(fetch=("a",))
    webhooks = world.webhooks()
    await send(webhooks, GOOD)
    acme.receipts[GOOD] = Unreadable("ciphertext")
    world.clock.turn(timedelta(minutes=1))
    assert await webhooks.try_again(world.account) == 0
    [held] = await world.quarantine.all("lunch")
    assert held.reason == "ciphertext"
    world.clock.turn(timedelta(days=1))
    assert await world.quarantine.due("lunch") == []


async def test_after_a_restart_with_an_empty_key_ring_what_is_held_is_still_tried_again(redis: Redis) -> None:
    connector = Rotating()
    connector.keys = connector.published = set()
    world = World(redis, connector)
    await world.quarantine.hold("lunch", delivery(b"first"), "unconfirmed")
    world.clock.turn(timedelta(minutes=1))
    webhooks = world.webhooks(refresh_every=timedelta(0))
    assert await webhooks.try_again(world.account) == 0
    [held] = await world.quarantine.all("lunch")
    assert held.reason == "unconfirmed"
    connector.published = {"first"}
    world.clock.turn(timedelta(minutes=5))
    assert await webhooks.try_again(world.account) == 1
    assert await world.quarantine.all("lunch") == []


async def test_an_account_that_receives_nothing_has_nothing_to_try_again(redis: Redis) -> None:
    world = World(redis, Listing())
    assert await world.webhooks().try_again(world.account) == 0


# keys


async def test_keys_are_refreshed_once_for_all_that_wait(redis: Redis) -> None:
    connector = Rotating()
    connector.published, connector.keys = {"first", "second"}, {"first"}
    connector.gate.clear()
    webhooks = World(redis, connector).webhooks()
    waiting = [asyncio.create_task(send(webhooks, b"second")) for _ in range(20)]
    assert (await send(webhooks, b"first")).status == 200
    connector.gate.set()
    assert {answer.status for answer in await asyncio.gather(*waiting)} == {200}
    assert connector.refreshed == 1


async def test_a_key_that_is_still_unknown_is_refused_and_not_asked_for_again_for_a_while(redis: Redis) -> None:
    connector = Rotating()
    world = World(redis, connector)
    webhooks = world.webhooks()
    for _ in range(10):
        answer = await send(webhooks, b"forged")
        assert (answer.status, answer.body) == (401, b"")
    assert connector.refreshed == 1
    assert world.counted("giving_deliveries_rejected_total", account="lunch", reason="key_unknown") == 10


async def test_after_the_pause_keys_are_asked_for_again(redis: Redis) -> None:
    connector = Rotating()
    webhooks = World(redis, connector).webhooks(refresh_every=timedelta(0))
    assert (await send(webhooks, b"second")).status == 401
    connector.published = {"second"}
    assert (await send(webhooks, b"second")).status == 200
    assert (await send(webhooks, b"first")).status == 401  # revoked
    assert connector.refreshed == 3


async def test_keys_that_cannot_be_refreshed_are_503_and_asked_for_again_soon(redis: Redis) -> None:
    connector = Rotating(fails=1)
    connector.published = {"second"}
    world = World(redis, connector)
    webhooks = world.webhooks(refresh_after_failure=timedelta(0))
    answer = await send(webhooks, b"second")
    assert (answer.status, answer.body) == (503, b"")
    assert (await send(webhooks, b"second")).status == 200
    assert connector.refreshed == 2


@pytest.mark.parametrize("flood", [1, 12])
async def test_a_flood_while_keys_cannot_be_had_asks_once(redis: Redis, flood: int) -> None:
    connector = Rotating(fails=100)
    webhooks = World(redis, connector).webhooks()
    for _ in range(flood):
        assert (await send(webhooks, b"second")).status == 503
    assert connector.refreshed == 1


async def test_a_refresh_that_the_network_garbles_is_503(redis: Redis) -> None:
    class Garbled(Rotating):
        async def refresh_keys(self) -> None:
            raise UpstreamGarbled("no certificates")

    assert (await send(World(redis, Garbled()).webhooks(), b"second")).status == 503


async def test_without_keys_to_refresh_an_unknown_one_is_refused(redis: Redis) -> None:
    connector = Pushing()
    connector.receipts[GOOD] = KeyUnknown()
    assert (await send(World(redis, connector, spec=spec()).webhooks(), GOOD)).status == 401

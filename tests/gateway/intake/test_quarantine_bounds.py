"""Quarantine has an end: what finds no room is said to have none, and nothing that is held goes for it."""

from collections import Counter
from datetime import timedelta
from typing import Any, cast

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from connectors.contract import Receipt
from connectors.testing.fakes import FakeClock
from gateway.intake.quarantine import KEPT, Holding, Quarantine
from gateway.store import keys
from gateway.store.seal import Sealer
from schema.model.errors import QuarantineFull, Unreadable
from tests.gateway.acme import NOW, Acme, delivery
from tests.gateway.intake.sending import send
from tests.gateway.world import World

MOST = 3
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


def bounded(redis: Redis, clock: FakeClock, most: int = MOST, most_bytes: int = 1 << 20) -> Quarantine:
    return Quarantine(redis, Sealer(b"k" * 32), clock, most=most, most_bytes=most_bytes)


async def filled(quarantine: Quarantine, count: int = MOST, account: str = "lunch", reason: str = "unplaced") -> None:
    for number in range(count):
        await quarantine.hold(account, delivery(b"%d" % number), reason)


async def test_as_many_as_may_be_are_held_and_one_more_is_refused_with_nothing_lost(redis: Redis, clock: FakeClock) -> None:
    quarantine = bounded(redis, clock)
    await filled(quarantine)
    before = {name: await redis.dump(name) for name in await redis.keys()}
    with capture_logs() as logs, pytest.raises(QuarantineFull):
        await quarantine.hold("lunch", delivery(b"one more"), "clash")
    assert {name: await redis.dump(name) for name in await redis.keys()} == before
    assert logs == [{"event": "quarantine.full", "log_level": "error", "account": "lunch", "reason": "clash"}]


async def test_it_may_be_as_large_as_it_may_and_a_byte_more_is_refused(redis: Redis, clock: FakeClock) -> None:
    await bounded(redis, clock).hold("lunch", delivery(b"first"), "unplaced")
    [first] = await bounded(redis, clock).all("lunch")
    with pytest.raises(QuarantineFull):
        await bounded(redis, clock, most_bytes=2 * first.size - 1).hold("lunch", delivery(b"other"), "unplaced")
    await bounded(redis, clock, most_bytes=2 * first.size).hold("lunch", delivery(b"other"), "unplaced")
    assert (await bounded(redis, clock).holding("lunch")).size == 2 * first.size


async def test_what_is_held_already_needs_no_room_of_its_own(redis: Redis, clock: FakeClock) -> None:
    quarantine = bounded(redis, clock)
    await filled(quarantine)
    await quarantine.hold("lunch", delivery(b"0"), "unplaced")
    for held in await quarantine.all("lunch"):
        await quarantine.again(held, "clash")
    assert {(held.reason, held.tries) for held in await quarantine.all("lunch")} == {("clash", 1)}


async def test_the_room_of_one_account_is_not_anothers(redis: Redis, clock: FakeClock) -> None:
    quarantine = bounded(redis, clock)
    await filled(quarantine)
    await filled(quarantine, account="dinner")
    assert await quarantine.accounts() == ["dinner", "lunch"]


async def test_what_leaves_makes_room_to_the_last_byte(redis: Redis, clock: FakeClock) -> None:
    quarantine = bounded(redis, clock)
    for _ in range(3):
        await filled(quarantine)
        for held in await quarantine.all("lunch"):
            assert await quarantine.release(held)
            assert not await quarantine.release(held)
    assert not await redis.exists(*keys.held("lunch"))


async def test_what_is_over_makes_room_too(redis: Redis, clock: FakeClock) -> None:
    quarantine = bounded(redis, clock)
    await filled(quarantine, reason="clash")
    clock.turn(KEPT)
    with capture_logs() as logs:
        assert await quarantine.due("lunch") == []
    assert [line["event"] for line in logs] == ["delivery.given_up"] * MOST
    await filled(quarantine)


async def test_how_much_is_held_is_told_without_opening_it(redis: Redis, clock: FakeClock) -> None:
    quarantine = bounded(redis, clock)
    assert await quarantine.holding("lunch") == Holding(Counter(), 0, None)
    await quarantine.hold("lunch", delivery(b"1"), "unplaced")
    clock.turn(MINUTE)
    await quarantine.hold("lunch", delivery(b"2"), "clash")
    stranger = Quarantine(redis, Sealer(b"x" * 32), clock)
    held = await stranger.holding("lunch")
    assert (held.reasons, held.oldest) == ({"unplaced": 1, "clash": 1}, NOW)
    sealed = await cast("Any", redis.hvals(keys.held("lunch")[0]))
    assert held.size == sum(map(len, sealed))


async def test_the_same_again_is_held_since_the_first_time_and_for_the_newest_reason(redis: Redis, clock: FakeClock) -> None:
    quarantine = bounded(redis, clock)
    await quarantine.hold("lunch", delivery(), "decryption")
    clock.turn(timedelta(days=1))
    await quarantine.hold("lunch", delivery(), "unplaced")
    [held] = await quarantine.all("lunch")
    assert (held.reason, held.held_at, held.tries) == ("unplaced", NOW, 0)
    assert held.tried_next == clock.now() + MINUTE
    clock.turn(MINUTE)
    assert await quarantine.due("lunch") == [held]


async def test_only_what_is_tried_by_itself_says_when(redis: Redis, clock: FakeClock) -> None:
    quarantine = bounded(redis, clock)
    await quarantine.hold("lunch", delivery(), "clash")
    [held] = await quarantine.all("lunch")
    assert (held.tried_next, held.due_at) == (None, NOW + KEPT)


async def test_one_that_was_released_while_it_was_tried_does_not_come_back(redis: Redis, clock: FakeClock) -> None:
    quarantine = bounded(redis, clock)
    await quarantine.hold("lunch", delivery(), "unplaced")
    [held] = await quarantine.all("lunch")
    await quarantine.release(held)
    await quarantine.again(held, "unplaced")
    assert await quarantine.all("lunch") == []
    assert not await redis.exists(*keys.held("lunch"))


async def test_a_network_whose_quarantine_is_full_is_told_to_send_again_and_may_once_there_is_room(redis: Redis) -> None:
    acme = Acme()
    acme.receipts = {b"%d" % number: Unreadable("message") for number in range(MOST + 1)}
    world = World(redis, acme)
    world.quarantine = Quarantine(redis, world.sealer, world.clock, most=MOST)
    answers = [(await send(world.webhooks(), body)).status for body in acme.receipts]
    assert answers == [204] * MOST + [503]
    assert world.counted("giving_deliveries_total", account="lunch", outcome="unconfirmed") == 1
    assert world.counted("giving_held_total", account="lunch", reason="message") == MOST

    acme.receipts = dict.fromkeys(acme.receipts, Receipt())
    [first, *_] = await world.quarantine.all("lunch")
    assert (await world.webhooks().once_more(world.account, first)).reason is None
    acme.receipts[b"%d" % MOST] = Unreadable("message")
    assert (await send(world.webhooks(), b"%d" % MOST)).status == 204


async def test_a_delivery_that_applies_needs_no_room(redis: Redis) -> None:
    acme = Acme()
    acme.receipts = {b"good": Receipt()}
    world = World(redis, acme)
    world.quarantine = Quarantine(redis, world.sealer, world.clock, most=0)
    assert (await send(world.webhooks(), b"good")).status == 204

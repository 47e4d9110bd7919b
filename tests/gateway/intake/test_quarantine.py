"""What cannot be applied yet: sealed, durable, tried again by a schedule, given up after 30 days."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from connectors.contract import Delivery
from connectors.testing.fakes import FakeClock
from gateway.intake.quarantine import KEPT, TRIED_AGAIN, Held, Quarantine
from gateway.store import keys
from gateway.store.seal import Sealer
from schema.model.errors import LedgerUnavailable, SettingsInvalid, Unreadable
from tests.gateway.acme import NOW, delivery

CANARY = "canary-77b0"
MINUTE = timedelta(minutes=1)
PERSONS = ["clash", "currency", "badamount", "unreadable", "basis", "totalrange", "key_unknown"]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def quarantine(redis: Redis, clock: FakeClock) -> Quarantine:
    return Quarantine(redis, Sealer(b"k" * 32), clock)


async def opened(quarantine: Quarantine, held: Held) -> Delivery:
    """What was received."""
    evidence = await quarantine.evidence(held)
    assert isinstance(evidence, Delivery)
    return evidence


async def empty(redis: Redis) -> bool:
    """Whether nothing is left but the names of those that held something."""
    return await redis.keys() == [keys.HOLDING.encode()]


async def everything(redis: Redis) -> AsyncIterator[bytes]:
    """Every key and value of the server as bytes."""
    async for name in redis.scan_iter():
        yield name
        kind = await redis.type(name)
        if kind == b"string":
            yield cast("bytes", await redis.get(name))
        elif kind == b"set":
            for member in await cast("Any", redis.smembers(name)):
                yield member
        elif kind == b"hash":
            found = await redis.hgetall(name)
            for part in (*found.keys(), *found.values()):
                yield part if isinstance(part, bytes) else part.encode()
        else:
            for member in cast("list[bytes]", await redis.zrange(name, 0, -1)):
                yield member


async def test_a_delivery_comes_back_whole_with_the_time_of_its_receipt(quarantine: Quarantine, clock: FakeClock) -> None:
    received = delivery(b"\x00\xff not utf-8", query="a=1&b=%ff", at=NOW - timedelta(microseconds=123_457))
    await quarantine.hold("lunch", received, "unplaced")
    clock.turn(timedelta(hours=1))
    [held] = await quarantine.due("lunch")
    assert await opened(quarantine, held) == received
    assert (held.account, held.reason, held.held_at, held.tries) == ("lunch", "unplaced", NOW, 0)
    assert dict((await opened(quarantine, held)).headers) == {"acme-signature": "canary-signature"}


async def test_nothing_that_was_received_can_be_read_in_redis(redis: Redis, quarantine: Quarantine) -> None:
    await quarantine.hold("lunch", delivery(CANARY.encode(), query=CANARY), "unplaced")
    seen = [value async for value in everything(redis)]
    assert len(seen) >= 4
    for value in seen:
        for secret in (CANARY, "canary-signature", CANARY.encode().hex()):
            assert secret.encode() not in value


async def test_what_one_account_holds_cannot_be_opened_as_anothers(redis: Redis, quarantine: Quarantine) -> None:
    await quarantine.hold("lunch", delivery(), "unplaced")
    for ours, theirs in zip(keys.held("lunch"), keys.held("dinner"), strict=True):
        await redis.copy(ours, theirs)
    [mine], [others] = await quarantine.all("lunch"), await quarantine.all("dinner")
    assert await quarantine.evidence(mine) == delivery()
    with pytest.raises(Unreadable, match="sealed"):
        await quarantine.evidence(others)


async def test_another_data_key_is_the_operators_mistake(redis: Redis, quarantine: Quarantine, clock: FakeClock) -> None:
    await quarantine.hold("lunch", delivery(), "unplaced")
    other = Quarantine(redis, Sealer(b"x" * 32), clock)
    with pytest.raises(SettingsInvalid, match="data_key"):
        await other.evidence((await other.all("lunch"))[0])


async def test_the_same_bytes_are_held_once(quarantine: Quarantine) -> None:
    for _ in range(3):
        await quarantine.hold("lunch", delivery(b"same"), "unplaced")
    await quarantine.hold("lunch", delivery(b"other"), "unplaced")
    await quarantine.hold("dinner", delivery(b"same"), "unplaced")
    assert len(await quarantine.all("lunch")) == 2
    assert len(await quarantine.all("dinner")) == 1


async def test_two_deliveries_that_differ_in_their_query_are_two(quarantine: Quarantine) -> None:
    """A network that notifies by GET has an empty body each time."""
    for query in ("trade=1", "trade=2", "trade=2"):
        await quarantine.hold("lunch", delivery(b"", query=query, method="GET"), "unconfirmed")
    held = [await opened(quarantine, each) for each in await quarantine.all("lunch")]
    assert sorted(each.query for each in held) == ["trade=1", "trade=2"]


@pytest.mark.parametrize("reason", sorted(TRIED_AGAIN))
async def test_it_is_tried_after_1_5_15_minutes_then_hourly(quarantine: Quarantine, clock: FakeClock, reason: str) -> None:
    await quarantine.hold("lunch", delivery(), reason)
    for minutes in (1, 5, 15, 60, 60, 60):
        clock.turn(minutes * MINUTE - timedelta(seconds=1))
        assert await quarantine.due("lunch") == []
        clock.turn(timedelta(seconds=1))
        [held] = await quarantine.due("lunch")
        await quarantine.again(held, reason)
    assert (await quarantine.all("lunch"))[0].tries == 6
    assert (await quarantine.all("lunch"))[0].held_at == NOW


@pytest.mark.parametrize("reason", PERSONS)
async def test_what_waits_for_a_person_is_never_tried_by_itself(quarantine: Quarantine, clock: FakeClock, reason: str) -> None:
    await quarantine.hold("lunch", delivery(), reason)
    await quarantine.wake("lunch")
    assert await quarantine.due("lunch") == []
    clock.turn(KEPT - timedelta(seconds=1))
    assert await quarantine.due("lunch") == []
    assert len(await quarantine.all("lunch")) == 1


async def test_one_that_turns_out_to_need_a_person_is_not_tried_any_more(quarantine: Quarantine, clock: FakeClock) -> None:
    await quarantine.hold("lunch", delivery(), "unconfirmed")
    clock.turn(MINUTE)
    [held] = await quarantine.due("lunch")
    await quarantine.again(held, "clash")
    clock.turn(timedelta(days=7))
    assert await quarantine.due("lunch") == []


@pytest.mark.parametrize("reason", ["unconfirmed", "clash"])
async def test_raw_bytes_are_given_up_after_30_days(
    redis: Redis, quarantine: Quarantine, clock: FakeClock, reason: str
) -> None:
    await quarantine.hold("lunch", delivery(), reason)
    clock.turn(KEPT - timedelta(minutes=30))
    for held in await quarantine.due("lunch"):
        await quarantine.again(held, reason)
    clock.turn(timedelta(minutes=30))
    assert await quarantine.due("lunch") == []
    assert await quarantine.all("lunch") == []
    assert await empty(redis)


async def test_waking_makes_due_what_may_go_by_itself(quarantine: Quarantine) -> None:
    for body, reason in ((b"1", "nocampaign"), (b"2", "unplaced"), (b"3", "clash")):
        await quarantine.hold("lunch", delivery(body), reason)
    await quarantine.hold("dinner", delivery(), "nocampaign")
    await quarantine.wake("lunch")
    assert {(await opened(quarantine, held)).body for held in await quarantine.due("lunch")} == {b"1", b"2"}
    assert await quarantine.due("dinner") == []


async def test_one_that_was_released_while_others_were_woken_leaves_nothing_behind(
    redis: Redis, quarantine: Quarantine, clock: FakeClock
) -> None:
    class Late(Quarantine):
        """Sees what was held before it was released."""

        async def all(self, account: str) -> list[Held]:
            found = await super().all(account)
            for held in found:
                await self.release(held)
            return found

    await quarantine.hold("lunch", delivery(), "unplaced")
    await Late(redis, Sealer(b"k" * 32), clock).wake("lunch")
    assert await empty(redis)


async def test_what_is_released_is_gone(redis: Redis, quarantine: Quarantine, clock: FakeClock) -> None:
    await quarantine.hold("lunch", delivery(), "unplaced")
    clock.turn(MINUTE)
    for held in await quarantine.due("lunch"):
        await quarantine.release(held)
    assert await empty(redis)


async def test_no_more_than_asked_for_are_read(quarantine: Quarantine, clock: FakeClock) -> None:
    for number in range(5):
        await quarantine.hold("lunch", delivery(b"%d" % number), "unplaced")
        clock.turn(timedelta(seconds=1))
    clock.turn(timedelta(hours=1))
    due = await quarantine.due("lunch", 2)
    assert [(await opened(quarantine, held)).body for held in due] == [b"0", b"1"]


async def test_what_redis_does_not_confirm_is_said(clock: FakeClock) -> None:
    quarantine = Quarantine(Redis.from_url("redis://127.0.0.1:1"), Sealer(b"k" * 32), clock)
    with pytest.raises(LedgerUnavailable):
        await quarantine.hold("lunch", delivery(), "unplaced")
    with pytest.raises(LedgerUnavailable):
        await quarantine.due("lunch")
    with pytest.raises(LedgerUnavailable):
        await quarantine.wake("lunch")

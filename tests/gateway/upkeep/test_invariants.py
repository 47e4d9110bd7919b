"""Whatever is changed by hand in Redis is found within one pass, by the name of its campaign; and nothing else is."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, cast

import msgpack
import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.store import keys
from gateway.store.cache import Cache
from gateway.upkeep.audit import Audit
from gateway.upkeep.invariants import EVERY, LEASE, Invariants
from schema.model.facts import Clues, Stage
from schema.model.ids import CampaignId
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, NOW, OTHER, REEF, back, given, state, who
from tests.gateway.upkeep.test_jobs import Turnstile
from tests.gateway.world import PATIENCE, World

CAMPAIGNS = (LUNCH, OTHER, REEF)
DAY = timedelta(days=1)


@pytest.fixture
def world(client: Redis) -> World:
    return World(client)


def audit(world: World) -> Audit:
    return Audit(world.redis, world.clock, share=1)


def invariants(world: World, campaigns: Sequence[CampaignId] = CAMPAIGNS) -> Invariants:
    async def known() -> Sequence[CampaignId]:
        return campaigns

    return Invariants(audit(world), known, world.metrics)


async def given_much(world: World) -> None:
    """Gifts of several campaigns and days with refunds and endorsers, and a total that a network states."""
    for number in range(12):
        clues = Clues(attach="lunch;star=1" if number % 3 == 0 else "lunch" if number % 3 == 1 else "tea")
        at = NOW - timedelta(hours=1) - DAY * (number % 4) * 133
        assert await world.ingest.apply(world.account, [given(number, 100 + number, clues, at=at)]) == []
    for number in (0, 1, 5):
        assert await world.ingest.apply(world.account, [back(number, 40)]) == []
    await world.open(REEF, Basis.REPORTED, "EUR")
    for minor in (400, 500):
        await world.ledger.total(REEF, state(minor, version=int(NOW.timestamp() * 1e6) + minor))


async def told(world: World, by: Invariants | None = None) -> list[tuple[str, str]]:
    """What one pass tells: campaign and sum."""
    with capture_logs() as logs:
        await (by or invariants(world)).once()
    return [(line["campaign"], line["what"]) for line in logs if line["event"] == "books.drift"]


async def first(redis: Redis, table: str, newest: bool = True) -> bytes:
    fields = await cast("Any", redis.hkeys(table))
    return cast("bytes", sorted(fields, key=int)[-1 if newest else 0])


async def changed(redis: Redis, table: str, field: bytes | str, part: int, by: int = 1) -> None:
    """Adds to one number of a value, as by hand."""
    value = await cast("Any", redis.hget(table, cast("Any", field)))
    parts = value.decode().split(" ")
    parts[part] = str(int(parts[part]) + by)
    await cast("Any", redis.hset(table, cast("Any", field), " ".join(parts)))


async def total(redis: Redis) -> None:
    await cast("Any", redis.hincrby(keys.total(LUNCH), "raised", 1))


async def refunded(redis: Redis) -> None:
    await cast("Any", redis.hincrby(keys.total(LUNCH), "refunded", -1))


async def count(redis: Redis) -> None:
    await cast("Any", redis.hincrby(keys.total(LUNCH), "count", 1))


async def day(redis: Redis) -> None:
    table = keys.buckets(LUNCH)[2]
    await changed(redis, table, await first(redis, table, newest=False), 0)


async def hour(redis: Redis) -> None:
    table = keys.buckets(LUNCH)[1]
    await changed(redis, table, await first(redis, table), 1)


async def minute(redis: Redis) -> None:
    table = keys.buckets(LUNCH)[0]
    await changed(redis, table, await first(redis, table), 2)


async def endorser(redis: Redis) -> None:
    await changed(redis, keys.endorsers(LUNCH), "star", 0)


async def stranger(redis: Redis) -> None:
    await cast("Any", redis.hset(keys.endorsers(LUNCH), "nobody", "5 0 1"))


async def garbled(redis: Redis) -> None:
    table = keys.buckets(LUNCH)[2]
    await cast("Any", redis.hset(table, "20000", "a b c"))


async def another_type(redis: Redis) -> None:
    await redis.delete(keys.endorsers(LUNCH))
    await redis.set(keys.endorsers(LUNCH), "5")


async def no_record(redis: Redis) -> None:
    await cast("Any", redis.hset(keys.records(LUNCH, b"\0" * 16), b"\0" * 16, b"\xc1"))


async def record(redis: Redis) -> None:
    table = keys.records(LUNCH, who(1))
    said = msgpack.unpackb(await cast("Any", redis.hget(table, cast("Any", who(1)))), raw=True)
    said[2] += 1
    await cast("Any", redis.hset(table, cast("Any", who(1)), msgpack.packb(said)))


@pytest.mark.parametrize(
    ("by_hand", "what"),
    [
        (total, {"total"}),
        (refunded, {"total"}),
        (count, {"total"}),
        (day, {"days"}),
        (hour, {"hours"}),
        (minute, {"minutes"}),
        (endorser, {"endorser star"}),
        (stranger, {"endorser nobody"}),
        (garbled, {"history"}),
        (another_type, {"keys"}),
        (no_record, {"records"}),
        (record, {"total", "days", "hours"}),
    ],
)
async def test_what_is_changed_by_hand_is_told_within_one_pass_with_its_campaign(
    world: World, by_hand: Callable[[Redis], Awaitable[None]], what: set[str]
) -> None:
    await given_much(world)
    assert await told(world) == []
    assert world.counted("giving_drift_campaigns", platform="acme") == 0
    await by_hand(world.redis)
    assert set(await told(world)) == {(str(LUNCH), each) for each in what}
    assert world.counted("giving_drift_campaigns", platform="acme") == 1
    assert world.counted("giving_books_total", platform="acme", outcome="drift") == 1
    assert world.counted("giving_books_total", platform="acme", outcome="balanced") == 5


@pytest.mark.parametrize(
    ("table", "part", "what"),
    [(0, 1, {"minutes"}), (1, 1, {"hours"}), (2, 1, {"total", "hours", "minutes"}), (2, 0, {"hours", "minutes"})],
)
async def test_what_a_network_states_must_be_its_newest_report_in_history(
    world: World, table: int, part: int, what: set[str]
) -> None:
    await given_much(world)
    name = keys.buckets(REEF)[table]
    await changed(world.redis, name, await first(world.redis, name), part)
    assert set(await told(world)) == {(str(REEF), each) for each in what}


@pytest.mark.parametrize(
    ("field", "value", "what"), [("raised", "501", "total"), ("count", "7", None), ("refunded", "1", "sums")]
)
async def test_a_total_that_a_network_did_not_state_is_told(world: World, field: str, value: str, what: str | None) -> None:
    await given_much(world)
    await cast("Any", world.redis.hset(keys.total(REEF), field, value))
    # a count that the newest report does not tell may be of an older one
    assert await told(world) == ([] if what is None else [(str(REEF), what)])


async def test_the_error_says_what_is_kept_and_what_the_records_come_to(world: World) -> None:
    await world.open()
    await world.put(given(1, 400))
    await cast("Any", world.redis.hincrby(keys.total(LUNCH), "raised", 5))
    with capture_logs() as logs:
        await invariants(world).once()
    [line] = logs
    assert (line["kept"], line["due"], line["log_level"]) == ("405 0 1", "400 0 1", "error")


async def test_it_is_told_once_until_it_changes_and_when_it_is_over(world: World) -> None:
    await given_much(world)
    by = invariants(world)
    await total(world.redis)
    assert len(await told(world, by)) == 1
    await world.put(given(77, 900))  # the figures move, the difference does not
    assert await told(world, by) == []
    assert world.counted("giving_drift_campaigns", platform="acme") == 1
    await total(world.redis)
    assert len(await told(world, by)) == 1
    await cast("Any", world.redis.hincrby(keys.total(LUNCH), "raised", -2))
    with capture_logs() as logs:
        await by.once()
    assert [(line["event"], line["campaign"]) for line in logs] == [("books.balanced", str(LUNCH))]
    assert world.counted("giving_drift_campaigns", platform="acme") == 0


async def test_a_campaign_that_is_not_looked_at_any_more_alarms_nobody(world: World) -> None:
    await given_much(world)
    campaigns = [LUNCH, OTHER]
    by = invariants(world, campaigns)
    await total(world.redis)
    await by.once()
    campaigns.remove(LUNCH)
    await by.once()
    assert world.counted("giving_drift_campaigns", platform="acme") == 0


async def test_campaigns_without_anything_balance(world: World) -> None:
    await world.open()
    await world.open(REEF, Basis.REPORTED, "EUR")
    assert await told(world) == []


async def test_what_was_known_before_it_counts_is_in_no_sum(world: World) -> None:
    """A refund before its donation, a pending one, a void one, a hidden amount."""
    await world.open()
    await world.put(back(1, 40))
    await world.put(given(2, 400, stage=Stage.PENDING))
    await world.put(given(3, 400, stage=Stage.VOID))
    await world.put(given(4, 400))
    assert await told(world) == []
    await world.put(given(1, 30))  # of which more was given back than it was
    assert await told(world) == []


async def test_history_that_is_over_is_not_asked_for(world: World) -> None:
    for age in (0, 47, 49, 24 * 397, 24 * 403):
        world.clock.moment = NOW - timedelta(hours=age)
        await world.ingest.apply(world.account, [given(age, 100, at=world.clock.moment)])
    for later in (0, 1, 24, 24 * 5, 24 * 400):
        world.clock.moment = NOW + timedelta(hours=later)
        assert await told(world) == []


async def test_one_of_equal_processes_does_it_again_and_again_and_leaves_no_alarm_behind(world: World) -> None:
    await given_much(world)
    await total(world.redis)
    clock = Turnstile()
    task = asyncio.create_task(invariants(world).run(Cache(world.redis), clock.sleep))
    assert await clock.wanted() == EVERY
    other = asyncio.create_task(invariants(world).run(Cache(world.redis), clock.sleep))
    clock.may.release()
    assert await clock.wanted() == EVERY
    assert world.counted("giving_jobs_total", account=LEASE, job=LEASE, outcome="done") == 2
    assert world.counted("giving_drift_campaigns", platform="acme") == 1
    for each in (other, task):
        each.cancel()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(task, other, return_exceptions=True)
    [family] = world.metrics.drift.collect()
    assert family.samples == []

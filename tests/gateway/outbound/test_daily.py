"""A budget that a network counts by the day: never more than that in any 24 hours, whoever asks, however often."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from connectors.http import HttpRequest
from connectors.testing.fakes import FakeClock
from gateway.store.cache import Bucket, Cache
from gateway.store.embedded import embedded
from schema.model.errors import TryLater, UpstreamUnavailable
from tests.gateway.outbound.upstream import answer, upstream
from tests.gateway.outbound.world import world

DAY = timedelta(days=1)
MILLISECOND = timedelta(milliseconds=1)
NONE = timedelta()


def bucket_of(redis: Redis, calls: int, clock: FakeClock | None = None) -> Bucket:
    """A bucket of these calls a day."""
    return Cache(redis).bucket("lunch", "default", calls, clock or FakeClock())


async def emptied(bucket: Bucket) -> tuple[int, timedelta]:
    """How many there were at once, and how long it is until the next one."""
    for taken in range(bucket.most + 1):
        if wait := await bucket.take():
            return taken, wait
    raise AssertionError("it has no bottom")


async def most_in_a_day(buckets: list[Bucket], clock: FakeClock, steps: list[timedelta]) -> tuple[int, int]:
    """Takes whatever there is at each step; the most in any 24 hours, and in all."""
    taken: list[datetime] = []
    for number, step in enumerate(steps):
        while not await buckets[number % len(buckets)].take():
            taken.append(clock.now())
        clock.turn(step)
    return max(sum(moment <= other < moment + DAY for other in taken) for moment in taken), len(taken)


@pytest.mark.parametrize("calls", [1, 2, 3, 4, 5, 99, 100, 101])
async def test_in_no_24_hours_are_there_more_than_its_calls(redis: Redis, calls: int) -> None:
    clock, rng = FakeClock(), random.Random(calls)
    steps = [timedelta(milliseconds=rng.randrange(1, 2 * 86_400_000 // max(20, calls))) for _ in range(5 * max(20, calls))]
    most, _ = await most_in_a_day([bucket_of(redis, calls, clock)], clock, steps)
    assert most <= calls


async def test_a_full_one_gives_all_of_them_in_a_day(redis: Redis) -> None:
    clock = FakeClock()
    steps = [timedelta(minutes=19, seconds=12)] * 76  # one comes back in 24 h / 75; the last step begins at 24 h sharp
    most, taken = await most_in_a_day([bucket_of(redis, 100, clock)], clock, steps)
    assert (most, taken) == (99, 100)


async def test_after_a_quarter_at_once_the_next_one_waits_as_long_as_it_says_and_no_longer(redis: Redis) -> None:
    clock = FakeClock()
    bucket = bucket_of(redis, 100, clock)
    assert await emptied(bucket) == (25, DAY / 75)
    clock.turn(DAY / 75 - MILLISECOND)
    assert await bucket.take() == MILLISECOND
    clock.turn(MILLISECOND)
    assert await bucket.take() == NONE
    assert await bucket.take() == DAY / 75


async def test_asking_again_and_again_brings_nothing_back_sooner(redis: Redis) -> None:
    clock = FakeClock()
    bucket = bucket_of(redis, 100, clock)
    _, wait = await emptied(bucket)
    for _ in range(2_000):
        clock.turn(MILLISECOND)
        left = await bucket.take()
    assert left == wait - 2_000 * MILLISECOND


async def test_processes_whose_clocks_differ_do_not_get_more(redis: Redis) -> None:
    ahead, behind = FakeClock(), FakeClock()
    ahead.turn(timedelta(minutes=10))
    both = [bucket_of(redis, 100, ahead), bucket_of(redis, 100, behind)]
    await emptied(both[0])
    for _ in range(50):
        assert [bool(await bucket.take()) for bucket in both] == [True, True]


async def test_a_day_later_it_is_full_again_and_never_fuller(redis: Redis) -> None:
    clock = FakeClock()
    bucket = bucket_of(redis, 100, clock)
    await emptied(bucket)
    clock.turn(30 * DAY)
    assert (await emptied(bucket))[0] == 25


async def test_accounts_and_budgets_do_not_share(redis: Redis) -> None:
    clock, cache = FakeClock(), Cache(redis)
    await emptied(cache.bucket("lunch", "default", 8, clock))
    assert (await emptied(cache.bucket("tea", "default", 8, clock)))[0] == 2
    assert (await emptied(cache.bucket("lunch", "pay", 8, clock)))[0] == 2


async def test_a_restart_of_gateway_and_server_does_not_fill_it(tmp_path: Path) -> None:
    clock, found = FakeClock(), []
    for _ in range(2):
        async with embedded(tmp_path) as url:
            redis = Redis.from_url(url)
            found.append((await emptied(bucket_of(redis, 100, clock)))[0])
            await redis.aclose()
        clock.turn(timedelta(minutes=20))
    assert found == [25, 1]


async def test_a_server_that_is_down_grants_nothing() -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1")
    with pytest.raises(TryLater):
        await bucket_of(nowhere, 100).take()
    await nowhere.aclose()


async def test_a_call_over_the_days_budget_is_not_made_and_says_for_how_long(redis: Redis) -> None:
    bucket = bucket_of(redis, 8)
    async with upstream(answer(200, b"{}")) as network, world(daily={"default": bucket}) as port:
        for _ in range(2):
            await port.http.send(HttpRequest("GET", network.url))
        with pytest.raises(UpstreamUnavailable) as caught:
            await port.http.send(HttpRequest("GET", network.url))
    assert len(network.asked) == 2
    assert caught.value.retry_after == DAY / 6


async def test_attempts_that_fail_are_calls_too(redis: Redis) -> None:
    bucket = bucket_of(redis, 12)
    async with upstream(answer(500)) as network, world(daily={"default": bucket}) as port:
        with pytest.raises(UpstreamUnavailable):
            await port.http.send(HttpRequest("GET", network.url))
    assert len(network.asked) == 3
    assert await bucket.take() > NONE

"""What is tracked of an account: bounded in number and time, and the same for all processes."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from connectors.testing.fakes import FakeClock
from gateway.store.cache import Cache
from gateway.store.tracked import KEPT, Tracked
from schema.model.errors import TryLater
from tests.gateway.acme import NOW

SECOND = timedelta(seconds=1)
STEPS = st.lists(
    st.one_of(st.tuples(st.just("keep"), st.integers(0, 5)), st.tuples(st.just("pass"), st.integers(1, 400))), max_size=30
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


def tracked(redis: Redis, clock: FakeClock, *, most: int = 3, a_minute: int = 3, account: str = "reef") -> Tracked:
    """Of one process."""
    return Tracked(Cache(redis), account, clock, most=most, a_minute=a_minute)


@pytest.fixture
async def other(redis_url: str, redis: Redis, clock: FakeClock) -> AsyncIterator[Tracked]:
    """What another process has."""
    client = Redis.from_url(redis_url)
    yield tracked(client, clock)
    await client.aclose()


async def test_what_one_process_wants_all_know_and_no_other_account(redis: Redis, clock: FakeClock, other: Tracked) -> None:
    assert await tracked(redis, clock).want("学:1 ") is None
    assert await other.all() == {"学:1 "}
    assert await tracked(redis, clock, account="wood").all() == set()


async def test_so_many_are_new_in_a_minute_and_the_next_one_when_one_has_come_back(redis: Redis, clock: FakeClock) -> None:
    many = tracked(redis, clock, most=100)
    assert [await many.want(native) for native in "abcd"] == [None, None, None, "first_sights_per_minute"]
    assert await many.want("a") is None  # it is no new one
    clock.turn(20 * SECOND)
    assert [await many.want(native) for native in "de"] == [None, "first_sights_per_minute"]
    assert await many.all() == set("abcd")


async def test_so_many_are_tracked_and_the_next_one_when_one_was_not_asked_for_any_more(redis: Redis, clock: FakeClock) -> None:
    many = tracked(redis, clock, a_minute=100)
    assert [await many.want(native) for native in "abcd"] == [None, None, None, "tracked_campaigns"]
    clock.turn(KEPT)
    assert [await many.keep(native) for native in "ab"] == [True, True]
    assert not await many.keep("d")  # to the very end of its time
    clock.turn(SECOND)
    assert await many.all() == set("ab")
    assert [await many.keep(native) for native in "dc"] == [True, False]
    assert await many.all() == set("abd")


async def test_what_was_denied_is_not_wanted_any_more_for_a_while(redis: Redis, clock: FakeClock, other: Tracked) -> None:
    one = tracked(redis, clock)
    await one.want("a")
    await one.deny("a", timedelta(seconds=30))
    assert (await other.is_denied("a"), await other.is_denied("b"), await other.all()) == (True, False, set())
    [key] = [key async for key in redis.scan_iter("cache:denied:*")]
    assert 0 < await redis.pttl(key) <= 30_000


async def test_nothing_of_it_stays_for_good(redis: Redis, clock: FakeClock) -> None:
    await tracked(redis, clock).want("a")
    assert all([await redis.pttl(key) > 0 async for key in redis.scan_iter("*")])


async def test_a_server_that_does_not_answer_is_no_answer(clock: FakeClock) -> None:
    nobody = tracked(Redis.from_url("unix:///nowhere.sock"), clock)
    for call in (nobody.all(), nobody.want("a"), nobody.keep("a"), nobody.deny("a", SECOND), nobody.is_denied("a")):
        with pytest.raises(TryLater):
            await call


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
async def test_in_any_order_it_holds_those_that_were_let_in_and_asked_for_lately(
    redis: Redis, steps: list[tuple[str, int]]
) -> None:
    await redis.flushall()
    clock = FakeClock(NOW)
    one, model = tracked(redis, clock), dict[str, timedelta]()
    at = timedelta()
    for step, value in steps:
        if step == "pass":
            at += value * SECOND
            clock.turn(value * SECOND)
            continue
        native, live = str(value), {name: asked for name, asked in model.items() if at - asked <= KEPT}
        # who was among them and is asked for again is let in as long as nobody has taken its place
        fits = native in model or len(live) < 3
        assert await one.keep(native) == fits
        if fits:
            model = {**(model if native in model else live), native: at}
        assert await one.all() == {name for name, asked in model.items() if at - asked <= KEPT}
        assert len(await one.all()) <= 3

"""A network that mostly fails is left alone for a while, and then tried with care."""

from contextlib import suppress
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from connectors.http import HttpRequest
from gateway.outbound.breaker import Breaker
from gateway.outbound.limits import Limits
from gateway.outbound.metrics import BreakerStates
from schema.model.errors import UpstreamUnavailable
from tests.gateway.outbound.upstream import answer, hang, upstream
from tests.gateway.outbound.world import FakeTime, world

REST = timedelta(seconds=30)
NONE = timedelta()


def breaker_of(time: FakeTime) -> Breaker:
    """One with the bounds that all have."""
    return Breaker(Limits(), time.monotonic)


def went(breaker: Breaker, *calls: bool | None) -> None:
    """These calls, one after the other."""
    for healthy in calls:
        assert breaker.wait() == NONE
        breaker.leave(breaker.enter(), healthy=healthy)


def opened(time: FakeTime) -> Breaker:
    """One that has just opened."""
    breaker = breaker_of(time)
    went(breaker, *[False] * 20)
    assert breaker.wait() == REST
    return breaker


def test_nineteen_failures_are_too_few_and_the_twentieth_opens_it() -> None:
    breaker = breaker_of(FakeTime())
    went(breaker, *[False] * 19)
    assert not breaker.is_open
    went(breaker, False)
    assert breaker.is_open


@pytest.mark.parametrize(("failures", "is_open"), [(9, False), (10, True)])
def test_half_of_twenty_calls_open_it_and_one_less_does_not(failures: int, *, is_open: bool) -> None:
    breaker = breaker_of(FakeTime())
    went(breaker, *[True] * (20 - failures), *[False] * failures)
    assert breaker.is_open is is_open


def test_what_does_not_tell_how_the_network_is_counts_for_nothing() -> None:
    breaker = breaker_of(FakeTime())
    went(breaker, *[False] * 19, *[None] * 100)
    assert not breaker.is_open


def test_failures_of_thirty_seconds_ago_are_forgotten() -> None:
    time = FakeTime()
    breaker = breaker_of(time)
    went(breaker, *[False] * 19)
    time.seconds += 30
    went(breaker, *[False] * 19)
    assert not breaker.is_open
    went(breaker, False)
    assert breaker.is_open


def test_it_rests_and_then_lets_three_probes_through_at_once_and_no_fourth() -> None:
    time = FakeTime()
    breaker = opened(time)
    time.seconds += 29
    assert breaker.wait() == timedelta(seconds=1)
    time.seconds += 1
    for _ in range(3):
        assert breaker.wait() == NONE
        breaker.enter()
    assert breaker.wait() == Limits().deadline
    assert breaker.is_open


def test_three_probes_that_are_answered_close_it() -> None:
    time = FakeTime()
    breaker = opened(time)
    time.seconds += 30
    states = []
    for calls in ([True, True], [True], [False] * 19):  # after which it counts from the beginning
        went(breaker, *calls)
        states.append(breaker.is_open)
    assert states == [True, False, False]


def test_one_probe_that_fails_makes_it_rest_again() -> None:
    time = FakeTime()
    breaker = opened(time)
    time.seconds += 30
    went(breaker, True, True, False)
    assert breaker.wait() == REST


def test_a_probe_that_is_given_up_makes_room_for_another() -> None:
    time = FakeTime()
    breaker = opened(time)
    time.seconds += 30
    went(breaker, *[None] * 10, True, True, True)
    assert not breaker.is_open


@pytest.mark.parametrize("healthy", [True, False])
def test_what_began_before_it_opened_says_nothing_about_now(*, healthy: bool) -> None:
    time = FakeTime()
    breaker = breaker_of(time)
    late = [breaker.enter() for _ in range(3)]
    went(breaker, *[False] * 20)
    time.seconds += 30
    for era in late:
        breaker.leave(era, healthy=healthy)
    assert (breaker.is_open, breaker.wait()) == (True, NONE)


async def test_while_it_is_open_nothing_is_sent_and_the_caller_is_told_for_how_long() -> None:
    async with upstream(answer(500)) as network, world() as its:
        asked = HttpRequest("GET", network.url + "/", idempotent=False)
        for _ in range(20):
            with pytest.raises(UpstreamUnavailable):
                await its.http.send(asked)
        its.time.seconds += 10
        with pytest.raises(UpstreamUnavailable) as caught:
            await its.http.send(asked)
        assert (len(network.asked), caught.value.retry_after) == (20, timedelta(seconds=20))
        assert (its.counted("failed"), its.counted("open")) == (20, 1)
        network.script[:] = [answer(200)]
        its.time.seconds += 20
        for _ in range(3):
            await its.http.send(asked)
    assert not its.breaker.is_open


@pytest.mark.parametrize("status", [200, 304, 404, 401, 429])
async def test_refusals_and_wishes_for_patience_do_not_open_it(status: int) -> None:
    async with upstream(answer(status)) as network, world() as its:
        for _ in range(25):
            with suppress(UpstreamUnavailable):
                await its.http.send(HttpRequest("GET", network.url + "/", idempotent=False))
    assert len(network.asked) == 25
    assert not its.breaker.is_open


@pytest.mark.parametrize(("fair", "is_open"), [(20, True), (61, False)])
async def test_a_network_is_not_slow_where_a_call_had_hardly_any_time_left(fair: int, *, is_open: bool) -> None:
    limits = Limits(connect=timedelta(milliseconds=fair), deadline=timedelta(milliseconds=60))
    async with upstream(hang) as network, world(limits) as its:
        for _ in range(40):  # of which a busy machine may start some late
            with pytest.raises(UpstreamUnavailable):
                await its.http.send(HttpRequest("GET", network.url + "/"))
    assert its.breaker.is_open is is_open


def test_whether_it_is_open_is_a_figure_of_the_accounts_that_are_at_work() -> None:
    time, registry = FakeTime(), CollectorRegistry()
    accounts = {"lunch": opened(time), "tea": breaker_of(time)}
    registry.register(BreakerStates(lambda: accounts))

    def shown(account: str) -> float | None:
        return registry.get_sample_value("giving_upstream_open", {"account": account})

    assert (shown("lunch"), shown("tea")) == (1, 0)
    del accounts["lunch"]
    assert (shown("lunch"), shown("tea")) == (None, 0)

"""What is tried again is a share of what is asked: an outage is not met with three times the calls."""

import pytest

from connectors.http import HttpRequest
from gateway.outbound.limits import Limits
from gateway.outbound.retries import RetryBudget
from schema.model.errors import UpstreamUnavailable
from tests.gateway.outbound.upstream import answer, upstream
from tests.gateway.outbound.world import FakeTime, world


def taken(retries: RetryBudget, wishes: int = 1_000) -> int:
    """How many of these wishes are granted."""
    return sum(retries.take() for _ in range(wishes))


def budget_of(time: FakeTime, calls: int) -> RetryBudget:
    """That of an account after so many calls."""
    retries = RetryBudget(Limits(), time.monotonic)
    for _ in range(calls):
        retries.call()
    return retries


@pytest.mark.parametrize(("calls", "most"), [(0, 3), (1, 3), (19, 3), (20, 4), (100, 20), (104, 20), (105, 21)])
def test_there_are_always_three_and_else_a_fifth_of_the_calls(calls: int, most: int) -> None:
    assert taken(budget_of(FakeTime(), calls)) == most


def test_after_thirty_seconds_there_are_new_ones_and_old_calls_do_not_count() -> None:
    time = FakeTime()
    retries = budget_of(time, 100)
    assert taken(retries) == 20
    time.seconds += 29
    assert taken(retries) == 0
    time.seconds += 1
    assert taken(retries) == 3


async def test_in_an_outage_calls_are_not_multiplied() -> None:
    async with upstream(answer(500)) as network, world(Limits(breaker_calls=1_000)) as its:
        for _ in range(50):
            with pytest.raises(UpstreamUnavailable):
                await its.http.send(HttpRequest("GET", network.url + "/"))
    assert len(network.asked) <= 60
    assert its.counted("made", "retries") == len(network.asked) - 50
    assert its.counted("spent", "retries") >= 40


async def test_waiting_for_a_network_that_asked_for_patience_costs_no_retry() -> None:
    async with upstream(answer(429, Retry_After="3"), answer(200)) as network, world(Limits(retries=1)) as its:
        await its.http.send(HttpRequest("GET", network.url + "/"))  # which takes the only one
        assert len(network.asked) == 2
        its.time.seconds += 30
        network.script[:] = [answer(429, Retry_After="3"), answer(200)]
        with pytest.raises(UpstreamUnavailable):
            await its.http.send(HttpRequest("GET", network.url + "/", idempotent=False))
        await its.http.send(HttpRequest("GET", network.url + "/"))
    assert its.counted("held") == 1
    assert its.counted("made", "retries") == 1

"""Budgets hold calls back, and keep quiet when a network asks for it."""

import asyncio
from datetime import timedelta

import pytest

from gateway.outbound.budgets import Budget, Budgets
from schema.model.errors import ConnectorError
from tests.gateway.outbound.world import FakeTime


async def test_a_budget_lets_its_calls_through_and_holds_the_next() -> None:
    budget = Budget(3)
    for _ in range(3):
        await asyncio.wait_for(budget.turn(), 5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(budget.turn(), 0.02)


async def test_budgets_of_different_names_do_not_share() -> None:
    budgets = Budgets({"a": 1, "b": 1})
    await asyncio.wait_for(budgets["a"].turn(), 5)
    await asyncio.wait_for(budgets["b"].turn(), 5)


def test_silence_ends_by_itself_and_is_never_shortened() -> None:
    time = FakeTime()
    budget = Budget(3, time.monotonic)
    assert budget.quiet() == timedelta()
    budget.hush(timedelta(seconds=60))
    budget.hush(timedelta(seconds=5))
    assert budget.quiet() == timedelta(seconds=60)
    time.seconds += 61
    assert budget.quiet() == timedelta()


def test_an_undeclared_budget_is_the_connectors_mistake() -> None:
    with pytest.raises(ConnectorError, match="posts"):
        Budgets({"default": 1})["posts"]


async def test_spaced_calls_wait_for_their_turn_one_after_the_other() -> None:
    time = FakeTime()
    budget = Budget(100, time.monotonic, spacing=timedelta(seconds=15), sleep=time.sleep)
    for _ in range(3):
        await budget.slot()
    assert time.slept == [15, 15]


async def test_a_spaced_call_that_comes_late_enough_does_not_wait() -> None:
    time = FakeTime()
    budget = Budget(100, time.monotonic, spacing=timedelta(seconds=15), sleep=time.sleep)
    await budget.slot()
    time.seconds += 15
    await budget.slot()
    assert time.slept == []


async def test_callers_that_leave_while_they_wait_keep_nobody_waiting() -> None:
    time, waits = FakeTime(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        await waits.wait()
        await time.sleep(seconds)

    budget = Budget(100, time.monotonic, spacing=timedelta(seconds=15), sleep=sleep)
    await budget.slot()
    callers = [asyncio.create_task(budget.slot()) for _ in range(20)]
    await asyncio.sleep(0)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    waits.set()
    await budget.slot()
    assert time.slept == [15]

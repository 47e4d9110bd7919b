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

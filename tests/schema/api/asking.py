"""The ways in which tests ask a world, and how its errors leave the house."""

from collections.abc import Mapping
from contextlib import aclosing
from functools import cache
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError

from schema.api.build import build
from schema.api.errors import describe
from schema.api.ports import Context
from tests.schema.api.feeds import Feeds
from tests.schema.api.world import World


@cache
def schema() -> strawberry.Schema:
    """The schema, built once for all tests."""
    return build()


async def run(world: World, text: str, variables: Mapping[str, Any] | None = None, name: str | None = None) -> ExecutionResult:
    """What a query gives, with its errors as they are."""
    result = await schema().execute(
        text, variable_values=dict(variables or {}), context_value=Context(reads=world, live=Feeds(world)), operation_name=name
    )
    assert isinstance(result, ExecutionResult | strawberry.types.ExecutionResult)
    return ExecutionResult(result.data, result.errors)


async def ask(world: World, text: str, variables: Mapping[str, Any] | None = None, name: str | None = None) -> Any:
    """The data of a query that has no errors."""
    result = await run(world, text, variables, name)
    assert result.errors is None, result.errors
    return result.data


async def refused(world: World, text: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The only error of a query, as it leaves the house."""
    result = await run(world, text, variables)
    return shown(result.errors)


def shown(errors: list[GraphQLError] | None) -> dict[str, Any]:
    """The only one of these errors, as it leaves the house."""
    assert errors is not None
    (error,) = errors
    return describe(error, "r1")


async def follow(
    world: World, text: str, variables: Mapping[str, Any] | None = None, *, count: int, name: str | None = None
) -> Any:
    """The data of the first messages of a subscription, which is closed after them."""
    context = Context(reads=world, live=Feeds(world))
    feed = await schema().subscribe(text, dict(variables or {}), context_value=context, operation_name=name)
    seen: list[Any] = []
    async with aclosing(feed):
        async for message in feed:
            assert message.errors is None, message.errors
            seen.append(message.data)
            if len(seen) == count:
                break
    return seen


async def refusal(world: World, text: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The error with which a subscription ends before its first message."""
    feed = await schema().subscribe(text, dict(variables or {}), context_value=Context(reads=world, live=Feeds(world)))
    messages = [message async for message in feed]
    assert [message.data for message in messages] == [None]
    return shown(messages[0].errors)

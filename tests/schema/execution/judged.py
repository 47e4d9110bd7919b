"""One operation run both ways."""

import asyncio
import gc
import warnings
from dataclasses import dataclass
from functools import lru_cache
from inspect import isawaitable
from typing import Any, Final

import orjson
from graphql import (
    ExecutionResult,
    Executor,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute_root_selection_set,
    execute_subscription_event,
    parse,
)

from schema.execution.compiled import CompiledOperation, Execution, Programs
from schema.execution.plan import plan
from schema.execution.shortcuts import Shortcuts
from schema.execution.unanswered import NotCompiled, Unanswered

TURNS: Final = 50
"""Of the loop, after which all that goes on has ended: a resolver of the toy takes two."""
parsed = lru_cache(maxsize=2)(parse)
"""A document, which is executed more than once."""


@dataclass(frozen=True, slots=True)
class Question:
    """An operation of a schema. ``executor`` is the class whose instances execute it."""

    schema: GraphQLSchema
    text: str
    variables: dict[str, Any]
    context: Any = None
    root: Any = None
    name: str | None = None
    executor: type[Executor[Any]] = Executor

    def build(self) -> Executor[Any]:
        """What graphql-core executes it with."""
        built = self.executor.build(
            self.schema,
            parsed(self.text),
            self.root,
            self.context,
            self.variables,
            self.name,
            hide_suggestions=True,
            max_coercion_errors=1,
        )
        assert isinstance(built, Executor), (built, self.text, self.variables)
        return built


async def judged(executor: Executor[Any]) -> ExecutionResult:
    """What graphql-core says."""
    is_event = executor.operation.operation is OperationType.SUBSCRIPTION
    result = (execute_subscription_event if is_event else execute_root_selection_set)(executor)
    return await result if isawaitable(result) else result


def compiled(executor: Executor[Any], shortcuts: Shortcuts | None = None) -> CompiledOperation:
    """Its operation, to be compiled at once."""
    fragments = [each.definition for each in executor.fragments.values()]
    assert all(isinstance(each, FragmentDefinitionNode) for each in fragments)
    assert isinstance(executor.operation, OperationDefinitionNode)
    return CompiledOperation(executor.operation, fragments, Programs(), shortcuts, patience=0)


async def compare(question: Question, shortcuts: Shortcuts | None = None) -> dict[str, Any] | None:
    """The data of both, of equal bytes. None where graphql-core meets an error, which the compiled operation leaves to it, and
    where the operation is too large to be compiled.
    """
    executor = question.build()
    verdict = await _verdict(question)
    try:
        data = Execution(compiled(executor, shortcuts)).run(executor)
        if data is None:
            assert _is_large(executor), ("not compiled", question.text)
            return None
        data = await data if isawaitable(data) else data
    except Unanswered:
        assert verdict.errors, ("left without need", question.text, question.variables)
        return None
    assert not verdict.errors, (question.text, question.variables, verdict.errors)
    assert _written(data) == _written(verdict.data), (question.text, question.variables)
    return data


async def _verdict(question: Question) -> ExecutionResult:
    """What graphql-core says. Where something fails, it lets others go on, and leaves coroutines, its own and resolvers'. They
    are no fault of ours, and go before anything of ours is run.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        verdict = await judged(question.build())
        if verdict.errors:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            gc.collect()
            gc.freeze()  # what is left stays, and needs not be looked through each time
    return verdict


def _written(data: object) -> bytes | None:
    """As JSON, or None for what it cannot hold: scalars without a serializer of their own hand on whatever a resolver gives."""
    try:
        return orjson.dumps(data)
    except TypeError:
        return None


def _is_large(executor: Executor[Any]) -> bool:
    try:
        plan(executor)
    except NotCompiled as reason:
        return "more than" in str(reason)
    return False

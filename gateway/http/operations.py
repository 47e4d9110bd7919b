"""Runs operations, each by itself; those that are followed by many are run for all of them by ``gateway.live.running``.

Nothing is raised for anything that a client does.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol, TypeAlias, cast

import orjson
import strawberry
import structlog
from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    create_source_event_stream,
    execute_root_selection_set,
    execute_subscription_event,
)

from gateway.http.documents import Document, Documents, for_caller
from gateway.http.limits import Limits, check_cost, check_variables
from gateway.http.requests import OperationRequest
from gateway.http.results import Result
from schema.api.errors import INTERNAL, describe
from schema.api.following import Following
from schema.api.pagination import present
from schema.model.errors import BadUserInput

Execution: TypeAlias = ExecutionResult | Awaitable[ExecutionResult]

_log: Final = structlog.get_logger(__name__)


class Scoped(Protocol):
    """What resolvers run with. ``scope`` is whose eyes it sees with: nothing is shared between two of them."""

    @property
    def scope(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that may be executed: valid, within the limits, its variables of their types."""

    executor: Executor[Any]
    request_id: str
    key: Hashable = None
    """Two subscriptions of equal keys are told the same, wherever each goes on."""
    after_variable: str | None = None
    """The variable that says where this one goes on, which is no part of the key."""

    @property
    def kind(self) -> OperationType:
        """Whether it queries, changes or follows."""
        return self.executor.operation.operation

    def after(self, source: Following[object]) -> str | None:
        """Where it goes on in a source that it may share."""
        if self.after_variable is None:
            return source.after
        return present(self.executor.variable_values.coerced.get(self.after_variable))


class Operations:
    """The operations of one schema. ``context`` makes what resolvers run with, anew for each operation.

    Of Strawberry only the schema is used: its schema extensions do not run here.
    """

    def __init__(
        self, schema: strawberry.Schema, context: Callable[[], Scoped], limits: Limits, *, introspection: bool = True
    ) -> None:
        self._schema = schema._schema  # noqa: SLF001 (the one private name; there is no public one)
        self._executor = schema.execution_context_class
        self._context = context
        self._limits = limits
        self._documents = Documents(self._schema, limits, introspection=introspection)

    def prepare(self, request: OperationRequest, request_id: str, *, after: str | None = None) -> Operation | Result:
        """The operation, or the answer that refuses it. No resolver has run.

        ``after`` is where a subscription goes on, in place of the variable that feeds ``after`` of its root field. Where there
        is no such variable it is ignored.
        """
        try:
            document = self._documents.get(request.query)
            check_variables(request.variables, self._limits)
            context = self._context()
            variables = _variables(request, document, after)
            executor = self._executor.build(
                self._schema,
                document.ast,
                context_value=context,
                raw_variable_values=variables,
                operation_name=request.operation_name,
                hide_suggestions=True,
                max_coercion_errors=1,
            )
            if isinstance(executor, list):
                return self._refused(_bad_input(executor[0]), request_id)
            check_cost(document.costs.of(executor.operation, executor.variable_values.coerced), self._limits)
        except GraphQLError as error:
            return self._refused(error, request_id)
        except Exception as error:  # limits, and whatever the makers of a context raise: described or masked
            return self._refused(GraphQLError(str(error), original_error=error), request_id)
        if executor.operation.operation is not OperationType.SUBSCRIPTION:
            return Operation(executor, request_id)
        free = document.only_use("after", executor.operation)
        return Operation(executor, request_id, _key(request, variables, executor.operation, context.scope, free), free)

    async def execute(self, operation: Operation | Result) -> Result:
        """The result, within the deadline. Of a subscription it is the first one, which is the state as it stands."""
        if isinstance(operation, Result):
            return operation
        if operation.kind is not OperationType.SUBSCRIPTION:
            return await self._run(operation, partial(execute_root_selection_set, operation.executor))
        try:
            async with asyncio.timeout(self._limits.operation_seconds):
                return await self._first(operation)
        except TimeoutError:
            return self._failed(_timeout(), operation)
        except Exception as error:
            return self.fault(operation, error)

    async def source(self, operation: Operation) -> Following[object] | Result:
        """What a subscription follows, or the answer that refuses it."""
        try:
            async with asyncio.timeout(self._limits.operation_seconds):
                source = create_source_event_stream(operation.executor)
                if not isinstance(source, Following | ExecutionResult):
                    source = await cast("Awaitable[Any]", source)
        except TimeoutError:
            return self._refused(_timeout(), operation.request_id)
        if isinstance(source, ExecutionResult):
            return Result.refused(*(self._entry(each, operation.request_id) for each in source.errors or ()))
        return cast("Following[object]", source)

    async def event(self, operation: Operation, told: object) -> Result:
        """The result of one message of its source."""
        one = operation.executor.build_per_event_executor(told)
        return await self._run(operation, partial(execute_subscription_event, one))

    def fault(self, operation: Operation, error: Exception) -> Result:
        """The result with which a source ends that raised something: described or masked."""
        cause = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
        return self._refused(cause, operation.request_id)

    async def _first(self, operation: Operation) -> Result:
        source = await self.source(operation)
        if isinstance(source, Result):
            return source
        after = operation.after(source)
        if after is not None:
            await source.reach(after)
        with source:
            async with aclosing(source.join(after)) as messages:
                return await self.event(operation, (await anext(messages)).told)

    async def _run(self, operation: Operation, execute: Callable[[], Execution]) -> Result:
        try:
            async with asyncio.timeout(self._limits.operation_seconds):
                result = execute()
                if not isinstance(result, ExecutionResult):
                    result = await result
            errors = tuple(self._entry(each, operation.request_id) for each in result.errors or ())
            return Result.of(result.data, errors)
        except TimeoutError:
            return self._failed(_timeout(), operation)
        except Exception as error:  # resolvers' errors are in the result; this is JSON that cannot hold a value
            return self._failed(GraphQLError(str(error), original_error=error), operation)

    def _failed(self, error: GraphQLError, operation: Operation) -> Result:
        return Result.of(None, (self._entry(error, operation.request_id),))

    def _refused(self, error: GraphQLError, request_id: str) -> Result:
        return Result.refused(self._entry(error, request_id))

    def _entry(self, error: GraphQLError, request_id: str) -> dict[str, Any]:
        entry = describe(error, request_id)
        if entry["extensions"]["code"] == INTERNAL:
            _log.error("operation failed", request_id=request_id, path=error.path, exc_info=error.original_error or error)
        return entry


def _variables(request: OperationRequest, document: Document, after: str | None) -> dict[str, Any]:
    variables = dict(request.variables)
    operation = document.operation(request.operation_name) if after is not None else None
    if operation and operation.operation is OperationType.SUBSCRIPTION and (name := document.variable_of("after", operation)):
        variables[name] = after
    return variables


def _key(
    request: OperationRequest, variables: dict[str, Any], operation: OperationDefinitionNode, scope: str, free: str | None
) -> Hashable:
    """``variables`` are those that it runs with, whatever the request said."""
    declared = {each.variable.name.value for each in operation.variable_definitions or ()} - {free}
    told = {name: value for name, value in variables.items() if name in declared}
    return scope, request.query, request.operation_name, orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _bad_input(error: GraphQLError) -> GraphQLError:
    """A problem with the variables, or with the choice of the operation, as BAD_USER_INPUT with the name of what is wrong."""
    node = error.nodes[0] if error.nodes else None
    name = node.variable.name.value if isinstance(node, VariableDefinitionNode) else "operationName"
    problem = for_caller(error)
    if problem.original_error:
        return problem
    return GraphQLError(problem.message, problem.nodes, original_error=BadUserInput(problem.message, argument=name))


def _timeout() -> GraphQLError:
    return GraphQLError("The operation took too long.", extensions={"code": "TIMEOUT"})

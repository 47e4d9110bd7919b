"""Runs operations. Transports hand requests in and iterate results; nothing is raised for anything that a client does."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

import strawberry
import structlog
from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
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
from schema.model.errors import BadUserInput

Execution: TypeAlias = ExecutionResult | Awaitable[ExecutionResult]

_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that may be executed: valid, within the limits, its variables of their types."""

    executor: Executor[Any]
    request_id: str

    @property
    def kind(self) -> OperationType:
        """Whether it queries, changes or follows."""
        return self.executor.operation.operation


class Operations:
    """The operations of one schema. ``context`` makes what resolvers run with, anew for each operation.

    Of Strawberry only the schema is used: its schema extensions do not run here.
    """

    def __init__(
        self, schema: strawberry.Schema, context: Callable[[], object], limits: Limits, *, introspection: bool = True
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
            executor = self._executor.build(
                self._schema,
                document.ast,
                context_value=self._context(),
                raw_variable_values=_variables(request, document, after),
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
        return Operation(executor, request_id)

    async def execute(self, operation: Operation | Result) -> Result:
        """The result, within the deadline. Of a subscription it is the first one, which is the state as it stands."""
        if isinstance(operation, Result):
            return operation
        if operation.kind is not OperationType.SUBSCRIPTION:
            return await self._run(operation, partial(execute_root_selection_set, operation.executor))
        try:
            async with asyncio.timeout(self._limits.operation_seconds), aclosing(self._follow(operation)) as results:
                return await anext(results, Result.of(None))
        except TimeoutError:
            return self._failed(_timeout(), operation)

    async def subscribe(self, operation: Operation | Result) -> AsyncGenerator[Result, None]:
        """All results: one of a query or mutation, and whatever comes of a subscription. Close it to stop it.

        A result that was not executed is the last one.
        """
        if isinstance(operation, Result) or operation.kind is not OperationType.SUBSCRIPTION:
            yield await self.execute(operation)
            return
        async with aclosing(self._follow(operation)) as results:
            async for result in results:
                yield result

    async def _follow(self, operation: Operation) -> AsyncGenerator[Result, None]:
        """The results of a subscription. What its source raises ends it."""
        executor = operation.executor
        try:
            async with asyncio.timeout(self._limits.operation_seconds):
                source = create_source_event_stream(executor)
                if not isinstance(source, ExecutionResult | AsyncIterable):
                    source = await source
        except TimeoutError:
            yield self._refused(_timeout(), operation.request_id)
            return
        if isinstance(source, ExecutionResult):
            yield Result.refused(*(self._entry(each, operation.request_id) for each in source.errors or ()))
            return
        try:
            async with _closing(source) as events:
                async for event in events:
                    one = executor.build_per_event_executor(event)
                    yield await self._run(operation, partial(execute_subscription_event, one))
        except Exception as error:  # a source may raise anything; callers get it described
            cause = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
            yield self._refused(cause, operation.request_id)

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


@asynccontextmanager
async def _closing(source: AsyncIterable[Any]) -> AsyncIterator[AsyncIterator[Any]]:
    events = aiter(source)
    try:
        yield events
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()

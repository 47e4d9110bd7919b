"""Runs operations, each by itself; those that are followed by many are run for all of them by ``gateway.live.running``.

Nothing is raised for anything that a client does.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Protocol, TypeAlias, cast

import strawberry
import structlog
from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    create_source_event_stream,
    execute_root_selection_set,
    execute_subscription_event,
)

from gateway.http.answers import Answers, Asked
from gateway.http.documents import Documents
from gateway.http.executors import Executors
from gateway.http.limits import Limits, check_answer, check_cost, check_variables
from gateway.http.registered import RegisteredDocuments
from gateway.http.requests import Key, OperationRequest
from gateway.http.results import Result
from gateway.http.shortcuts import StrawberryShortcuts
from gateway.http.variables import bad_input, declared, resumed
from schema.api.errors import INTERNAL, describe
from schema.api.following import Following
from schema.api.pagination import present
from schema.execution.compiled import Execution
from schema.execution.program import Data
from schema.execution.unanswered import Unanswered
from schema.model.errors import CallerError

Interpret: TypeAlias = Callable[[Executor[Any]], ExecutionResult | Awaitable[ExecutionResult]]

_log: Final = structlog.get_logger(__name__)

_TIMEOUT: Final = "TIMEOUT"


class Scoped(Protocol):
    """What resolvers run with. ``scope`` is whose eyes it sees with: nothing is shared between two of them."""

    @property
    def scope(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that may be executed: valid, within the limits, its variables of their types."""

    executor: Executor[Any]
    execution: Execution
    request_id: str
    key: Key | None = None
    """Two subscriptions of equal keys are told the same, wherever each goes on."""
    asked: Asked | None = None
    """Of a query that is executed once for all who ask the same."""
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


@dataclass(slots=True)
class Runs:
    """How operations and messages of sources were executed."""

    compiled: int = 0
    interpreted: int = 0
    """By graphql-core, as they are not compiled."""
    repeated: int = 0
    """By graphql-core, after a compiled run that met an error."""


class Operations:
    """The operations of one schema. ``context`` makes what resolvers run with, anew for each operation.

    Resolvers of queries and of messages may be called twice for one result: where one raises, all are called again.

    Queries are answered from ``answers`` where those hold.

    Of Strawberry only the schema is used: its schema extensions do not run here.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        context: Callable[[], Scoped],
        limits: Limits,
        *,
        introspection: bool = True,
        registered: RegisteredDocuments | None = None,
        answers: Answers | None = None,
        refused: Counter[str] | None = None,
    ) -> None:
        self._schema = schema._schema  # noqa: SLF001 (the one private name; there is no public one)
        self._executors = Executors(schema.execution_context_class, self._schema)
        self._context = context
        self._limits = limits
        self.registered = RegisteredDocuments(limits) if registered is None else registered
        self._documents = Documents(self._schema, limits, StrawberryShortcuts(schema), introspection=introspection)
        self._answers = answers
        self.runs = Runs()
        self.refused = Counter[str]() if refused is None else refused
        """How often each limit was met, on whatever way to these operations."""

    def prepare(
        self, request: OperationRequest, request_id: str, *, after: str | None = None, outside: bool = False
    ) -> Operation | Result:
        """The operation, or the answer that refuses it, or the answer itself where it is kept. No resolver runs.

        ``after`` is where a subscription goes on, in place of the variable that feeds ``after`` of its root field. Where there
        is no such variable it is ignored. ``outside``: whoever asks may keep the answer, too, and so is told for how long.
        """
        try:
            if not request.is_settled:
                request = self.registered.written_out(request)
            check_variables(request.variables, self._limits)
            context = self._context()
            key = Key.of(context.scope, request)
            if self._answers is not None and (kept := self._answers.find(key)) is not None:
                return kept
            document = self._documents.get(request.query)
            asked, context = self._noted(key, document.operation(request.operation_name), context, outside=outside)
            variables = resumed(request, document, after)
            executor = self._executors.of(document.ast, document.ready, request.operation_name, context, variables)
            if isinstance(executor, list):
                return self._refused(bad_input(executor[0]), request_id)
            check_cost(document.costs.of(executor.operation, executor.variable_values.coerced), self._limits)
        except GraphQLError as error:
            return self._refused(error, request_id)
        except Exception as error:  # limits, and whatever the makers of a context raise: described or masked
            return self._refused(GraphQLError(str(error), original_error=error), request_id)
        execution = Execution(document.compiled(executor.operation))
        if executor.operation.operation is not OperationType.SUBSCRIPTION:
            return Operation(executor, execution, request_id, asked=asked)
        free = document.only_use("after", executor.operation)
        told = replace(request, variables=declared(executor.operation, variables, free))
        return Operation(executor, execution, request_id, Key.of(context.scope, told), after_variable=free)

    def settled(self, request: OperationRequest) -> OperationRequest:
        """The same, prepared any number of times as it would be now. One that is refused stays as it is, and will be then."""
        try:
            return replace(self.registered.written_out(request), is_settled=True)
        except CallerError:
            return request

    async def execute(self, operation: Operation | Result) -> Result:
        """The result, within the deadline. Of a subscription it is the first one, which is the state as it stands."""
        if isinstance(operation, Result):
            return operation
        if operation.kind is not OperationType.SUBSCRIPTION:
            return await self._answer(operation)
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
                if not isinstance(source, ExecutionResult):
                    await cast("Following[object]", source).seek()
        except TimeoutError:
            return self._refused(_timeout(), operation.request_id)
        if isinstance(source, ExecutionResult):
            return Result.refused(*(self._entry(each, operation.request_id) for each in source.errors or ()))
        return cast("Following[object]", source)

    async def event(self, operation: Operation, told: object) -> Result:
        """The result of one message of its source."""
        return await self._run(operation, operation.executor.build_per_event_executor(told), execute_subscription_event)

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

    def _noted(
        self, key: Key, operation: OperationDefinitionNode | None, context: Scoped, *, outside: bool
    ) -> tuple[Asked | None, Scoped]:
        """A query that may be kept, with what it runs with."""
        if self._answers is None or operation is None or operation.operation is not OperationType.QUERY:
            return None, context
        notes = self._answers.notes()
        return Asked(key, notes, outside), self._answers.noted(context, notes)

    async def _answer(self, operation: Operation) -> Result:
        make = partial(self._run, operation, operation.executor, execute_root_selection_set)
        if self._answers is None or operation.asked is None:
            return await make()
        try:
            return await self._answers.answer(operation.asked, make)
        except TimeoutError:
            return self._failed(_timeout(), operation)

    async def _run(self, operation: Operation, executor: Executor[Any], interpret: Interpret) -> Result:
        try:
            data = self._begun(operation, executor)
            if isinstance(data, dict):  # nothing waits, so that there is nothing to limit
                return self._checked(Result.of(data))
            async with asyncio.timeout(self._limits.operation_seconds):
                ended = None if data is None else await self._ended(data)
                if ended is not None:
                    return self._checked(Result.of(ended))
                result = interpret(executor)
                if not isinstance(result, ExecutionResult):
                    result = await result
            errors = tuple(self._entry(each, operation.request_id) for each in result.errors or ())
            return self._checked(Result.of(result.data, errors))
        except TimeoutError:
            return self._failed(_timeout(), operation)
        except Exception as error:  # resolvers' errors are in the result; this is too long, or what JSON cannot hold
            return self._failed(GraphQLError(str(error), original_error=error), operation)

    def _checked(self, result: Result) -> Result:
        check_answer(result.body, self._limits)
        return result

    def _begun(self, operation: Operation, executor: Executor[Any]) -> Data | Awaitable[Data] | None:
        """The data where it can be had without graphql-core, or what waits for it."""
        try:
            data = operation.execution.run(executor)
        except Unanswered:
            self.runs.repeated += 1
            return None
        self.runs.compiled += isinstance(data, dict)
        self.runs.interpreted += data is None
        return data

    async def _ended(self, data: Awaitable[Data]) -> Data | None:
        try:
            found = await data
        except Unanswered:
            self.runs.repeated += 1
            return None
        self.runs.compiled += 1
        return found

    def _failed(self, error: GraphQLError, operation: Operation) -> Result:
        return Result.of(None, (self._entry(error, operation.request_id),))

    def _refused(self, error: GraphQLError, request_id: str) -> Result:
        return Result.refused(self._entry(error, request_id))

    def _entry(self, error: GraphQLError, request_id: str) -> dict[str, Any]:
        entry = describe(error, request_id)
        if limit := "operation_seconds" if entry["extensions"]["code"] == _TIMEOUT else entry["extensions"].get("limit"):
            self.refused[limit] += 1
        if entry["extensions"]["code"] == INTERNAL:
            _log.error("operation failed", request_id=request_id, path=error.path, exc_info=error.original_error or error)
        return entry


def _timeout() -> GraphQLError:
    return GraphQLError("The operation took too long.", extensions={"code": _TIMEOUT})

"""Values made what is answered, whatever they turn out to be: what the compiled text calls where its own test does not hold.

Everything that graphql-core would call an error is raised, in whatever words: it will say them itself.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any

from graphql import GraphQLObjectType, Undefined
from graphql.execution.executor import default_type_resolver
from graphql.pyutils import is_awaitable, is_iterable

from schema.execution.classes import learn
from schema.execution.plan import Abstract
from schema.execution.shortcuts import ResolveInfo
from schema.execution.waiting import Complete, Container, State


@dataclass(frozen=True, slots=True)
class Completer:
    """``any`` takes whatever a resolver gives; ``settled`` takes what an awaitable gave, or what is known to be none."""

    any: Complete
    settled: Complete

    @classmethod
    def of(cls, inner: Complete, *, nullable: bool) -> "Completer":
        """The one whose values, where there are any, are completed by ``inner``."""

        def settled(state: State, container: Container, key: Any, value: Any) -> Any:
            if isinstance(value, Exception):
                raise value
            if value is None or value is Undefined:
                if not nullable:
                    raise ValueError("null where none may be")
                return None
            if is_awaitable(value):
                dispose((value,))
                raise ValueError("an awaitable within an awaitable")
            completed = inner(state, container, key, value)
            learn(type(value))
            return completed

        def any_(state: State, container: Container, key: Any, value: Any) -> Any:
            if is_awaitable(value):
                return state[0](value, settled, state, container, key)
            return settled(state, container, key, value)

        return cls(any_, settled)


def leaf(coerce: Callable[[Any], Any]) -> Complete:
    """A scalar or an enum."""

    def complete(_state: State, _container: Container, _key: Any, value: Any) -> Any:
        coerced = coerce(value)
        if coerced is None or coerced is Undefined or is_awaitable(coerced):
            dispose((coerced,))
            raise ValueError("nothing to answer")
        learn(type(coerced))
        return coerced

    return complete


def many(item: Complete) -> Complete:
    """A list of what ``item`` completes."""

    def complete(_state: State, _container: Container, _key: Any, value: Any) -> Any:
        if not is_iterable(value):
            raise ValueError("no list")
        result: list[Any] = []
        iterator = iter(value)
        try:
            for each in iterator:
                result.append(item(_state, result, len(result), each))
        except BaseException:
            dispose(iterator)
            raise
        return result

    return complete


def an_object(
    object_type: GraphQLObjectType, answer: Callable[[State, Any], Any], info: Callable[[State], ResolveInfo]
) -> Complete:
    """An object whose selection is ``answer``."""
    is_type_of = object_type.is_type_of

    def complete(state: State, container: Container, key: Any, value: Any) -> Any:
        if is_type_of is None:
            return answer(state, value)

        def held(_state: State, _container: Container, _key: Any, verdict: Any) -> Any:
            if not verdict:
                raise ValueError(f"no {object_type}")
            return answer(state, value)

        verdict = is_type_of(value, info(state))
        if is_awaitable(verdict):
            return state[0](verdict, held, state, container, key)
        return held(state, container, key, verdict)

    return complete


def abstract(shape: Abstract, objects: Mapping[str, Complete], info: Callable[[State], ResolveInfo]) -> Complete:
    """One of several objects, by the name of what it turns out to be."""
    resolve_type = shape.type.resolve_type or default_type_resolver

    def complete(state: State, container: Container, key: Any, value: Any) -> Any:
        def named(_state: State, _container: Container, _key: Any, name: Any) -> Any:
            return objects[name](state, container, key, value)  # KeyError where it is no name of a possible type

        name = resolve_type(value, info(state), shape.type)
        if is_awaitable(name):
            return state[0](name, named, state, container, key)
        return named(state, container, key, name)

    return complete


def dispose(values: Iterable[Any]) -> None:
    """Closes the coroutines among values that nobody will await, so that none is missed."""
    with suppress(Exception):
        for value in values:
            if isinstance(value, CoroutineType) and getcoroutinestate(value) == CORO_CREATED:
                value.close()

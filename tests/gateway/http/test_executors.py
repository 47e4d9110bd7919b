"""Executors made from what is known of an operation are those that graphql-core builds."""

import gc
from datetime import datetime
from enum import Enum
from itertools import product
from typing import Any
from weakref import ref

import pytest
import strawberry
from graphql import DocumentNode, Executor, GraphQLError, parse, print_ast
from graphql.execution.values import VariableValueSource
from strawberry.schema.config import StrawberryConfig

from gateway.http.executors import Executors, Ready
from schema.api.scalars import SCALARS

ABSENT = object()


@strawberry.enum
class Order(Enum):
    UP = "UP"
    DOWN = "DOWN"


@strawberry.input
class Size:
    rows: int = 20


@strawberry.type
class Query:
    @strawberry.field
    def a(
        self,
        number: int | None = None,
        fraction: float | None = None,
        flag: bool | None = None,
        text: str | None = None,
        key: strawberry.ID | None = None,
        order: Order | None = None,
        moment: datetime | None = None,
        size: Size | None = None,
        many: list[int] | None = None,
    ) -> str:
        return "a"


SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))
TYPES = {
    "Int": ("number", "3"),
    "Float": ("fraction", "0.5"),
    "Boolean": ("flag", "true"),
    "String": ("text", '"t"'),
    "ID": ("key", '"k"'),
    "Order": ("order", "UP"),
    "DateTime": ("moment", '"2026-09-01T12:00:00Z"'),
    "Size": ("size", "{rows: 3}"),
    "[Int!]": ("many", "[3]"),
}
FORMS = ("{}", "{}!", "{} = {default}", "{}! = {default}", "{} = null")
VALUES: list[Any] = [ABSENT, None, 0, 7, 2**40, 1.5, "", "UP", "SIDEWAYS", "2026-09-01T14:00:00+02:00", True, [], [1], {}]


KIND = SCHEMA.execution_context_class
APART = {"variable_values", "async_helpers"}
OWN = {"collected_errors", "_stream_usages", "_initial_execution_plans", "_deferred_execution_plans"}
"""What each executor has for itself, and nothing can be compared by."""


def judged(document: DocumentNode, told: dict[str, Any], name: str | None = None) -> Executor[Any] | list[GraphQLError]:
    """As graphql-core builds it."""
    return KIND.build(
        SCHEMA._schema,
        document,
        context_value="c",
        raw_variable_values=told,
        operation_name=name,
        hide_suggestions=True,
        max_coercion_errors=1,
    )


def seen(made: Executor[Any] | list[GraphQLError]) -> object:
    """All that makes a difference."""
    if isinstance(made, list):
        return [each.formatted for each in made]
    sources, coerced = made.variable_values
    told = [(name, *_told(each)) for name, each in sources.items()]
    read = [(name, type(value), value) for name, value in coerced.items()]  # as True is 1
    rest = {name: value for name, value in vars(made).items() if name not in APART}
    return told, read, {name: type(value) if name in OWN else value for name, value in rest.items()}


def _told(source: VariableValueSource) -> tuple[object, ...]:
    name, kind, default, _ = source.signature
    return name, str(kind), default and default.literal and print_ast(default.literal), source.value


@pytest.mark.parametrize(("kind", "form"), [*product(TYPES, FORMS)])
def test_variables_are_read_as_by_graphql_core_whatever_is_told(kind: str, form: str) -> None:
    argument, default = TYPES[kind]
    document = parse(f"query($x: {form.format(kind, default=default)}) {{ a({argument}: $x) }}")
    maker, ready = Executors(KIND, SCHEMA._schema), dict[str | None, Ready]()
    told = [{} if value is ABSENT else {"x": value, "y": 1} for value in VALUES]
    for each in (*told, *told):  # the second time it is known
        assert seen(maker.of(document, ready, None, "c", each)) == seen(judged(document, each))
    assert len(ready) == 1


@pytest.mark.parametrize("told", [{"x": 1}, {"x": 1, "y": "2"}, {}, {"x": None}])
def test_an_operation_is_known_by_the_name_under_which_it_was_asked_for(told: dict[str, Any]) -> None:
    document = parse(
        "query A($x: Int!) { ...F } query B($x: Int, $y: String) { a(text: $y) ...F } fragment F on Query { b: a(number: $x) }"
    )
    maker, ready = Executors(KIND, SCHEMA._schema), dict[str | None, Ready]()
    for name in ("A", "B", None, "C", "A", "B", None, "C"):
        assert seen(maker.of(document, ready, name, "c", told)) == seen(judged(document, told, name))
    assert {"A", "B"} >= ready.keys()


def test_each_has_a_context_and_errors_of_its_own() -> None:
    document, maker, ready = parse("{ a }"), Executors(KIND, SCHEMA._schema), dict[str | None, Ready]()
    made = [maker.of(document, ready, None, context, {}) for context in ("one", "two", "three")]
    assert [each.context_value for each in made if isinstance(each, Executor)] == ["one", "two", "three"]
    assert len({id(vars(each)[name]) for each in made for name in OWN}) == 3 * 4


def test_of_those_that_were_let_go_nothing_stays() -> None:
    class Seen:
        """What resolvers run with."""

    document, maker, ready = (
        parse("query($x: Int = 3) { a(number: $x) }"),
        Executors(KIND, SCHEMA._schema),
        dict[str | None, Ready](),
    )
    seen_by = [Seen(), Seen()]
    gone = [ref(each) for each in seen_by]
    gc.disable()
    try:
        for each in seen_by:
            maker.of(document, ready, None, each, {})
        del each, seen_by
        assert [each() for each in gone] == [None, None]
    finally:
        gc.enable()

"""What is compiled, when, and what never is."""

from typing import Any

import pytest
from graphql import Executor, GraphQLSchema, build_schema, parse
from graphql.pyutils import AbortController

from schema.execution.compiled import MAX_VARIANTS, CompiledOperation, Execution, Programs
from schema.execution.plan import MAX_FIELDS
from schema.execution.shortcuts import Attribute, Call, NoShortcuts
from schema.execution.unanswered import Unanswered
from tests.schema.execution.asking import schema, told
from tests.schema.execution.judged import Question, compiled

SDL = """
directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
directive @own on FIELD | QUERY
type Query { a: Int b: Int s: String deep: Query f(x: Int!): Int }
type Mutation { a: Int }
"""
ROOT = {"a": 1, "b": 2}


def question(text: str, **variables: Any) -> Executor[Any]:
    """An operation as graphql-core would execute it."""
    return Question(build_schema(SDL), text, variables, root=ROOT).build()


def operation(executor: Executor[Any], patience: int) -> CompiledOperation:
    """It, to be compiled after so many runs."""
    return CompiledOperation(
        executor.operation, [each.definition for each in executor.fragments.values()], Programs(), patience=patience
    )


def test_an_operation_is_compiled_once_it_was_asked_for_often_enough() -> None:
    executor = question("{a}")
    once = operation(executor, patience=2)
    assert [Execution(once).run(executor) for _ in range(4)] == [None, None, {"a": 1}, {"a": 1}]
    assert once.program(executor) is once.program(executor)


def test_each_state_of_its_conditions_is_a_program_of_its_own() -> None:
    text = "query($x: Boolean! $y: Boolean = true $n: Int = 3) {a @include(if: $x) b @skip(if: $y) f(x: $n)}"
    executors = [question(text, x=x, **more) for x in (True, False) for more in ({}, {"y": False}, {"y": True, "n": 4})]
    once = operation(executors[0], patience=0)
    programs = [once.program(each) for each in executors]
    assert len(set(programs)) == 4
    assert programs[0] is programs[2]


def test_there_are_so_many_programs_of_one_operation_and_no_more() -> None:
    names = [f"v{number}" for number in range(5)]
    declared, asked = " ".join(f"${n}: Boolean!" for n in names), " ".join(f"{n}: b @include(if: ${n})" for n in names)
    text = f"query({declared}) {{a {asked}}}"
    executors = [question(text, **{name: bool(state >> n & 1) for n, name in enumerate(names)}) for state in range(32)]
    once = operation(executors[0], patience=0)
    assert [once.program(each) is not None for each in executors] == [True] * MAX_VARIANTS + [False] * (32 - MAX_VARIANTS)
    assert once.program(executors[0]) is not None


@pytest.mark.parametrize(
    "text",
    [
        "{__schema {queryType {name}}}",
        '{a __type(name: "Query") {name}}',
        "mutation {a}",
        "query @own {a}",
        "{a @own}",
        "{a ... @defer {b}}",
        "{...F} fragment F on Query {a @own}",
        "{" + " ".join(f"a{number}: a" for number in range(MAX_FIELDS + 1)) + "}",
        "query($x: Boolean = true) {a @include(if: $x)}",
    ],
)
def test_what_is_not_known_is_not_compiled(text: str) -> None:
    variables = {"x": None} if "$x" in text else {}
    executor = question(text, **variables)
    assert Execution(operation(executor, patience=0)).run(executor) is None


def test_a_fragment_with_variables_is_not_compiled() -> None:
    text = "{...F} fragment F($x: Boolean = true) on Query {a @include(if: $x)}"
    document = parse(text, experimental_fragment_arguments=True)
    executor = Executor.build(build_schema(SDL), document, ROOT)
    assert isinstance(executor, Executor)
    assert Execution(operation(executor, patience=0)).run(executor) is None


def test_as_many_fields_as_there_may_be_are_compiled() -> None:
    executor = question("{" + " ".join(f"a{number}: a" for number in range(MAX_FIELDS)) + "}")
    assert Execution(operation(executor, patience=0)).run(executor) is not None


@pytest.mark.parametrize(
    "how",
    [
        {"field_resolver": lambda _source, _info: 5},
        {"type_resolver": lambda *_: "Query"},
        {"middleware": [lambda following, *args, **more: following(*args, **more)]},
        {"is_awaitable": lambda _: False},
        {"abort_signal": AbortController().signal},
    ],
)
def test_an_executor_that_was_given_ways_of_its_own_is_left_alone(how: dict[str, Any]) -> None:
    executor = Executor.build(build_schema(SDL), parse("{a}"), **how)
    assert isinstance(executor, Executor)
    assert Execution(operation(executor, patience=0)).run(executor) is None


def test_arguments_that_cannot_be_made_are_left_to_graphql_core() -> None:
    executor = question("query($x: Int = 3) {f(x: $x)}", x=None)
    with pytest.raises(Unanswered):
        Execution(compiled(executor)).run(executor)


def _called(*, who: str, n: int) -> str:
    return f"{who} {n}"


class Short(NoShortcuts):
    """Fields that are attributes, and one that is a call."""

    def field(self, field: Any) -> Attribute | Call | None:  # type: ignore[override]
        """By what the field is for."""
        match field.description:
            case "attribute":
                return Attribute("real")
            case "call":
                return Call(_called, False, "who", lambda info: info.field_name, lambda given: {"n": 2, **given})
        return None


async def test_shortcuts_are_taken_in_place_of_resolvers() -> None:
    sdl = 'type Query { "attribute" a: Int "call" b(n: Int): String c: Int }'
    built: GraphQLSchema = schema(sdl)
    executor = Question(built, "query($n: Int) {a b x: b(n: 5) y: b(n: $n) c}", {"n": 6}, root=7).build()
    assert Execution(compiled(executor, Short())).run(executor) == {"a": 7, "b": "b 2", "x": "b 5", "y": "b 6", "c": None}


async def test_arguments_with_variables_in_them_are_no_constants_whatever_becomes_of_them() -> None:
    class Turning(NoShortcuts):
        def field(self, field: Any) -> Call:  # type: ignore[override]
            return Call(field.resolve, info="info", keywords=lambda given: {name: repr(each) for name, each in given.items()})

    def resolve(_source: object, info: Any, **given: object) -> str:
        return f"{info.field_name} { ({name: each if isinstance(each, str) else repr(each) for name, each in given.items()}) }"

    sdl = "type Query { b(n: [Int], w: Where): String } input Where { n: Int }"
    text = "query($x: Int) {b(n: [1, $x]) c: b(w: {n: $x}) d: b(n: [2], w: {n: 3})}"
    assert await told(sdl, text, resolvers={"Query.b": resolve}, shortcuts=Turning(), x=5) is not None


async def test_arguments_that_a_shortcut_refuses_are_left_to_graphql_core() -> None:
    class Refusing(NoShortcuts):
        def field(self, field: Any) -> Call:  # type: ignore[override]
            return Call(field.resolve, info="info", keywords=_refused)

    def resolve(_source: object, info: Any, n: int = 3) -> int:
        raise ValueError(info.field_name, n)

    sdl = "type Query { a: Int b(n: Int): Int }"
    for text in ("{b}", "{b(n: 1)}"):
        assert await told(sdl, text, resolvers={"Query.b": resolve}, shortcuts=Refusing()) is None


def _refused(given: dict[str, Any]) -> dict[str, Any]:
    raise ValueError(given)


async def test_an_attribute_that_python_could_not_name_is_resolved() -> None:
    class Odd(NoShortcuts):
        def field(self, _: object) -> Attribute:  # type: ignore[override]
            return Attribute("not a name")

    assert await told("type Query { a: Int }", "{a}", {"a": 1}, shortcuts=Odd()) == {"a": 1}


async def test_what_is_compiled_is_given_up_where_it_is_too_much() -> None:
    programs = Programs(fields=3)
    executors = [question(text) for text in ("{a}", "{b}", "{a b}")]
    asked = [CompiledOperation(each.operation, [], programs, patience=0) for each in executors]
    first, *_ = [each.program(executor) for each, executor in zip(asked, executors, strict=True)]
    assert len(programs) == 2
    assert asked[1].program(executors[1]) is programs.find(asked[1], ())
    again = asked[0].program(executors[0])  # in place of the one that was not asked for lately
    assert again is not first
    assert programs.find(asked[2], ()) is None
    assert len(programs) == 2


async def test_what_was_given_up_must_be_asked_for_as_often_again() -> None:
    programs = Programs()
    executor = question("{a}")
    once = CompiledOperation(executor.operation, [], programs, patience=1)
    assert [once.program(executor) is None for _ in range(3)] == [True, False, False]
    programs.drop(once)
    assert len(programs) == 0
    assert [once.program(executor) is None for _ in range(3)] == [True, False, False]


async def test_programs_of_a_dropped_operation_leave_their_room_to_others() -> None:
    programs = Programs(fields=2)
    executor = question("query($x: Boolean!) {a @include(if: $x)}", x=True)
    for _ in range(5):
        once = CompiledOperation(executor.operation, [], programs, patience=0)
        assert once.program(executor) is not None
        programs.drop(once)
    kept = CompiledOperation(executor.operation, [], programs, patience=0)
    kept.program(executor)
    CompiledOperation(executor.operation, [], programs, patience=0).program(executor)
    assert len(programs) == 2


async def test_an_operation_of_the_name_of_its_type_alone_takes_room_as_well() -> None:
    programs = Programs(fields=2)
    executor = question("{__typename}")
    for _ in range(5):
        CompiledOperation(executor.operation, [], programs, patience=0).program(executor)
    assert len(programs) == 2

"""Values: leaves, lists, objects, null, and what is an error."""

import math
from collections.abc import Generator
from enum import Enum, IntEnum
from types import coroutine
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    Undefined,
)

from tests.schema.execution.asking import schema, told
from tests.schema.execution.judged import Question, compare
from tests.schema.execution.toy import Text

LEAVES = "type Query { i: Int f: Float s: String b: Boolean id: ID }"
LISTS = "type Query { l: [Int] s: [String] ll: [[Int!]] n: [Int!]! nn: [[Int!]!]! o: [Thing!] } type Thing { a: Int! }"


@pytest.mark.parametrize(
    "root",
    [
        {"i": 0, "f": 0.0, "s": "", "b": False, "id": ""},
        {"i": 2**31 - 1, "f": 1, "s": 1, "b": 1, "id": 1},
        {"i": -(2**31), "f": -0.0, "s": True, "b": 0, "id": "1"},
        {"i": 3.0, "f": 1e308, "s": 1.0, "b": 1.5, "id": Text("x")},
        {"i": True, "f": True, "s": Text("x"), "b": True, "id": 2**70},
        {"i": None, "f": Undefined, "s": None, "b": Undefined, "id": None},
    ],
)
async def test_leaves_are_coerced_as_ever(root: dict[str, Any]) -> None:
    assert await told(LEAVES, "{i f s b id}", root) is not None


@pytest.mark.parametrize(
    "root",
    [
        {"i": 2**31},
        {"i": 1.5},
        {"i": "x"},
        {"f": math.nan},
        {"f": math.inf},
        {"s": {}},
        {"s": b"x"},
        {"b": "true"},
        {"id": 1.5},
        {"i": ValueError("given out")},
        {"s": object()},
    ],
)
async def test_a_leaf_that_is_none_is_left_to_graphql_core(root: dict[str, Any]) -> None:
    assert await told(LEAVES, "{i f s b id}", root) is None


@pytest.mark.parametrize(
    "root",
    [
        {"l": [1, None], "ll": [[1], None, []], "n": (), "nn": [[1, 2], (3,)]},
        {"l": lambda _info: (x for x in (1, 2)), "ll": None, "n": {1: 2}.keys(), "nn": lambda _info: iter([])},
        {"l": None, "ll": lambda _info: iter([iter([1])]), "n": [1], "nn": []},
    ],
)
async def test_lists_are_lists_of_whatever_kind(root: dict[str, Any]) -> None:
    assert await told(LISTS, "{l ll n nn}", root) is not None


@pytest.mark.parametrize(
    "root",
    [
        {"n": [1, None]},
        {"n": None},
        {"nn": [None]},
        {"nn": [[1], [None]]},
        {"l": "text"},
        {"s": "text"},
        {"s": b"bytes"},
        {"s": {"a": 1}},
        {"l": {"a": 1}},
        {"l": 5},
        {"o": [{"a": 1}, {"a": None}]},
        {"o": [{"a": 1}, ValueError()]},
    ],
)
async def test_a_list_that_is_none_or_holds_null_where_none_may_be_is_left_to_graphql_core(root: dict[str, Any]) -> None:
    full: dict[str, Any] = {"l": [], "s": [], "ll": [], "n": [], "nn": [], "o": []}
    assert await told(LISTS, "{l s ll n nn o {a}}", {**full, **root}) is None


async def test_objects_may_be_dicts_or_anything_with_attributes_even_called() -> None:
    class Thing:
        a = 2

        def b(self, _info: object) -> int:
            return 3

    sdl = "type Query { one: Thing two: Thing three: Thing } type Thing { a: Int b: Int }"
    root = {"one": {"a": 1, "b": lambda _info: 4}, "two": Thing(), "three": []}
    assert await told(sdl, "{one {a b} two {a b} three {a b}}", root) == {
        "one": {"a": 1, "b": 4},
        "two": {"a": 2, "b": 3},
        "three": {"a": None, "b": None},
    }


class Size(Enum):
    """Members that stand for themselves."""

    SMALL = 1
    LARGE = "large"


class Grade(IntEnum):
    """Members that are numbers as well."""

    GOOD = 1
    BAD = 2


@pytest.mark.parametrize(
    ("values", "root"),
    [
        ({"SMALL": 1, "LARGE": "large"}, {"a": 1, "b": ["large", 1.0, True]}),
        (dict(Size.__members__), {"a": Size.SMALL, "b": [Size.LARGE, Size.SMALL, Size.LARGE]}),
        ({"SMALL": Grade.GOOD, "LARGE": Grade.BAD}, {"a": Grade.GOOD, "b": [Grade.BAD, 1, 2]}),
        ({"SMALL": [1], "LARGE": {"x": 1}}, {"a": [1], "b": [{"x": 1}]}),
    ],
)
async def test_enums_are_named_by_their_values(values: dict[str, Any], root: dict[str, Any]) -> None:
    for _ in range(2):  # the second time by heart
        assert await compare(Question(enums(values), "{a b}", {}, root=root)) is not None


@pytest.mark.parametrize("value", [3, "SMALL", Grade.GOOD, [], ValueError()])
async def test_what_is_no_member_is_left_to_graphql_core(value: object) -> None:
    assert await compare(Question(enums(dict(Size.__members__)), "{a}", {}, root={"a": value})) is None


def enums(values: dict[str, Any]) -> GraphQLSchema:
    """A schema with an enum of these values."""
    enum = GraphQLEnumType("Size", values)
    fields = {"a": GraphQLField(enum), "b": GraphQLField(GraphQLList(GraphQLNonNull(enum)))}
    return GraphQLSchema(GraphQLObjectType("Query", fields))


@pytest.mark.parametrize("text", ["{one {a}}", "{many {a}}", "{any}"])
async def test_an_exception_that_is_given_out_is_raised(text: str) -> None:
    sdl = "scalar Any type Query { one: Thing many: [Thing] any: Any } type Thing { a: Int }"
    root = {"one": ValueError(), "many": [{"a": 1}, ValueError()], "any": ValueError()}
    assert await told(sdl, text, root) is None


@pytest.mark.parametrize("value", ["x", 5, {"any": ["thing"]}, [1]])
async def test_a_scalar_of_ones_own_gives_what_it_gives(value: object) -> None:
    built = schema("scalar Any type Query { a: Any l: [Any!] }")
    assert await compare(Question(built, "{a l}", {}, root={"a": value, "l": [value, value]})) is not None


async def test_a_scalar_that_gives_nothing_or_raises_is_left_to_graphql_core() -> None:
    for coerce in (lambda _: None, lambda _: Undefined, int):
        built = schema("scalar Any type Query { a: Any }")
        scalar = built.type_map["Any"]
        assert isinstance(scalar, GraphQLScalarType)
        scalar.coerce_output_value = coerce
        assert await compare(Question(built, "{a}", {}, root={"a": "x"})) is None


async def test_a_built_in_scalar_that_somebody_has_changed_is_as_they_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GraphQLString, "coerce_output_value", lambda value: f"<{value}>")
    assert await told(LEAVES, "{s}", {"s": "x"}) == {"s": "<x>"}


async def test_a_class_that_makes_up_its_attributes_is_looked_at_each_time() -> None:
    class Proxy:
        def __init__(self, **known: Any) -> None:
            self.__dict__["known"] = known

        def __getattr__(self, name: str) -> Any:
            try:
                return self.__dict__["known"][name]
            except KeyError:
                raise AttributeError(name) from None

    def awaiting() -> Any:
        raise ValueError

    sdl = "type Query { one: Thing } type Thing { a: Int }"
    assert await told(sdl, "{one {a}}", {"one": Proxy(a=1)}) == {"one": {"a": 1}}
    assert await told(sdl, "{one {a}}", {"one": Proxy(a=1, __await__=awaiting)}) is None


async def test_a_generator_may_be_a_coroutine_and_is_looked_at_each_time() -> None:
    @coroutine
    def old() -> Generator[Any, Any, dict[str, int]]:
        yield
        return {"a": 1}

    sdl = "type Query { one: Thing } type Thing { a: Int }"
    assert await told(sdl, "{one {a}}", {"one": lambda _info: (each for each in "")}) == {"one": {"a": None}}
    assert await told(sdl, "{one {a}}", {"one": lambda _info: old()}) == {"one": {"a": 1}}


async def test_a_class_that_looks_up_attributes_in_its_own_way_is_looked_at_each_time() -> None:
    class Own:
        def __init__(self, *, waits: bool) -> None:
            self.waits = waits

        def __getattribute__(self, name: str) -> Any:
            if name == "__await__":
                if object.__getattribute__(self, "waits"):
                    return list
                raise AttributeError(name)
            return object.__getattribute__(self, name)

    sdl = "type Query { one: Thing } type Thing { a: Int }"
    assert await told(sdl, "{one {a}}", {"one": Own(waits=False)}) == {"one": {"a": None}}
    assert await told(sdl, "{one {a}}", {"one": Own(waits=True)}) is None

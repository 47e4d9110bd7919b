"""Fields: their order, names, conditions and arguments."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.schema.execution.asking import told

SDL = """
type Query { one: Thing two: Thing list: [Thing] size(of: Int = 3, by: [Int!] = [1, 2], where: Where): String }
type Thing { a: String b: String c: Int deep: Thing }
input Where { text: String = "x" inner: Where must: Must }
input Must { n: Int! }
"""
THING: dict[str, Any] = {"a": "A", "b": "B", "c": 3, "deep": {"a": "DA", "b": "DB", "deep": None}}
ROOT = {"one": THING, "two": {**THING, "a": None}, "list": [THING, None]}


async def test_fields_come_in_the_order_in_which_they_are_first_asked_for() -> None:
    data = await told(SDL, "{one {b a ...F c} two {a}} fragment F on Thing {c b deep {b}}", ROOT)
    assert [*data["one"]] == ["b", "a", "c", "deep"]


async def test_a_field_that_is_left_out_first_takes_its_later_place() -> None:
    text = "query($x: Boolean!) {one {a @include(if: $x) b a}}"
    assert [*(await told(SDL, text, ROOT, x=True))["one"]] == ["a", "b"]
    assert [*(await told(SDL, text, ROOT, x=False))["one"]] == ["b", "a"]


async def test_equal_fields_are_merged_with_all_that_is_asked_below_them() -> None:
    text = """query($x: Boolean = true) {one {deep {a}} ...F one {deep {__typename} c}}
    fragment F on Query {one {deep @skip(if: $x) {b}}}"""
    assert (await told(SDL, text, ROOT))["one"] == {"deep": {"a": "DA", "__typename": "Thing"}, "c": 3}
    assert (await told(SDL, text, ROOT, x=False))["one"]["deep"] == {"a": "DA", "b": "DB", "__typename": "Thing"}


async def test_one_field_has_several_names() -> None:
    data = await told(SDL, "{x: one {n: __typename m: a a} one {m: b} y: __typename}", ROOT)
    assert data == {"x": {"n": "Thing", "m": "A", "a": "A"}, "one": {"m": "B"}, "y": "Query"}


@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("include", [True, False])
async def test_both_conditions_must_hold(*, skip: bool, include: bool) -> None:
    text = """query($s: Boolean!, $i: Boolean!) {
      one {a @skip(if: $s) @include(if: $i) ... @include(if: $i) {b} ...F @skip(if: $s)}
    } fragment F on Thing {c}"""
    data = (await told(SDL, text, ROOT, s=skip, i=include))["one"]
    assert ("a" in data, "b" in data, "c" in data) == (include and not skip, include, not skip)


async def test_constant_conditions_decide_as_well() -> None:
    assert await told(SDL, "{one @skip(if: true) {a} two @include(if: true) {b @include(if: false) c}}", ROOT) == {
        "two": {"c": 3}
    }


async def test_a_fragment_counts_again_where_it_was_left_out_before() -> None:
    text = "query($x: Boolean!) {one {...F @include(if: $x) b ...F}} fragment F on Thing {a}"
    assert [*(await told(SDL, text, ROOT, x=False))["one"]] == ["b", "a"]


async def test_an_object_of_which_nothing_is_left_is_empty() -> None:
    assert await told(SDL, "{one {a @skip(if: true)} list {... @include(if: false) {a}}}", ROOT) == {
        "one": {},
        "list": [{}, None],
    }


def size(_: object, _info: object, **arguments: object) -> str:
    """What a resolver was given."""
    return repr(arguments)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("{size}", {}),
        ("{size(of: null by: null where: null)}", {}),
        ("{size(of: 4, by: 5, where: {})}", {}),
        ("query($n: Int) {size(of: $n)}", {}),
        ("query($n: Int) {size(of: $n)}", {"n": None}),
        ("query($n: Int = 8) {size(of: $n)}", {}),
        ("query($n: Int! = 8) {size(by: [1, $n])}", {"n": 2}),
        ("query($w: Where) {size(where: $w)}", {"w": {"inner": {"text": "y", "inner": {}}}}),
        ("query($t: String) {size(where: {text: $t, inner: {inner: null}})}", {}),
        ("query($t: String) {size(where: {text: $t, inner: {text: $t}})}", {"t": "y"}),
        ("query($n: Int!) {size(where: {must: {n: $n}})}", {"n": 4}),
    ],
)
async def test_arguments_come_as_they_are_given_or_else_by_default(text: str, variables: Mapping[str, Any]) -> None:
    assert await told(SDL, text, resolvers={"Query.size": size}, **variables) is not None


async def test_what_a_resolver_does_to_its_arguments_is_not_seen_by_the_next_call() -> None:
    def size(_: object, _info: object, by: list[int], **_more: object) -> str:
        by.append(9)
        return repr(by)

    text = "query($n: Int!) {size(by: [1, $n]) again: size(by: [1, $n]) third: size(by: [7]) fourth: size(by: [7])}"
    sdl = SDL.replace("type Thing {", "type Thing { size(by: [Int!]): String")
    data = await told(
        sdl, "query($n: Int!) {list {size(by: [1, $n])}}", {"list": [THING, THING]}, resolvers={"Thing.size": size}, n=2
    )
    assert data == {"list": [{"size": "[1, 2, 9]"}, {"size": "[1, 2, 9]"}]}
    assert (await told(SDL, text, resolvers={"Query.size": size}, n=2))["fourth"] == "[7, 9]"


async def test_neither_is_what_it_does_to_constant_ones() -> None:
    def size(_: object, _info: object, by: list[int]) -> str:
        by.append(9)
        return repr(by)

    sdl = SDL.replace("type Thing {", "type Thing { size(by: [Int!]): String")
    data = await told(sdl, "{list {size(by: [1])}}", {"list": [THING, THING]}, resolvers={"Thing.size": size})
    assert data is not None
    assert data["list"][0]["size"] == data["list"][1]["size"] == "[1, 9]"


async def test_an_argument_by_the_name_of_a_keyword_is_given() -> None:
    data = await told(
        "type Query { f(class: Int, in: Int): String }",
        "query($i: Int) {f(class: 1, in: $i)}",
        resolvers={"Query.f": size},
        i=2,
    )
    assert data == {"f": "{'class': 1, 'in': 2}"}


async def test_a_resolver_is_told_where_it_is() -> None:
    def a(_: object, info: Any) -> str:
        place = f"{info.parent_type}.{info.field_name} {info.return_type} {info.path.as_list()} {len(info.field_nodes)}"
        return f"{place} {info.context} {info.operation.name.value}"

    text = "query Q {one {deep {n: a ...F}}} fragment F on Thing {n: a}"
    data = await told(SDL, text, ROOT, resolvers={"Thing.a": a}, context="C")
    assert data["one"]["deep"]["n"] == "Thing.a String ['one', 'deep', 'n'] 2 C Q"


async def test_a_fragment_in_two_places_is_told_which() -> None:
    def a(_: object, info: Any) -> str:
        return str(info.path.as_list())

    text = "{one {...F} two {...F}} fragment F on Thing {deep {a}}"
    data = await told(SDL, text, ROOT, resolvers={"Thing.a": a})
    assert data["two"]["deep"]["a"] == "['two', 'deep', 'a']"

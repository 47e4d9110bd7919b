"""Interfaces and unions: which type a value turns out to be."""

from dataclasses import dataclass
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType

from schema.execution.shortcuts import NoShortcuts, Shortcuts
from tests.schema.execution.asking import schema
from tests.schema.execution.judged import Question, compare

SDL = """
interface Node { id: ID next: Node }
type Cat implements Node { id: ID next: Node lives: Int }
type Dog implements Node { id: ID next: Node barks: Boolean }
type Toy { id: Int label: String }
union Thing = Cat | Toy
type Query { node: Node nodes: [Node!] thing: Thing things: [Thing] cat: Cat }
"""
TEXT = """
{
  node {__typename t: __typename id ... on Cat {lives next {id}} ...D}
  things {__typename ... on Node {id} ... on Toy {n: id label}}
}
fragment D on Dog {barks next {... on Dog {barks} next {__typename}}}
"""


@dataclass
class Cat:
    """It is known by its class."""

    id: str = "c"
    next: Any = None
    lives: int = 9


@dataclass
class Dog:
    """So is it."""

    id: str = "d"
    next: Any = None
    barks: bool = True


class Kitten(Cat):
    """A cat of another class."""


class Short(NoShortcuts):
    """Tells the classes of cats and dogs."""

    def class_of(self, object_type: GraphQLObjectType) -> type | None:  # type: ignore[override]
        """By name."""
        return {"Cat": Cat, "Dog": Dog}.get(object_type.name)


def toy(**more: Any) -> dict[str, Any]:
    """It tells its own type."""
    return {"__typename": "Toy", "id": 1, "label": "ball", **more}


async def asked(text: str, root: Any, shortcuts: Shortcuts | None = None, **hooks: Any) -> Any:
    """Both answers, with these functions of types; by default classes tell."""
    built = schema(SDL)
    node, thing = built.type_map["Node"], built.type_map["Thing"]
    assert isinstance(node, GraphQLInterfaceType)
    assert isinstance(thing, GraphQLUnionType)
    node.resolve_type = hooks.get("node", lambda value, _info, _type: type(value).__name__)
    thing.resolve_type = hooks.get("thing")
    for name, cls in (("Cat", Cat), ("Dog", Dog)):
        type_ = built.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        type_.is_type_of = hooks.get(name, lambda value, _info, cls=cls: isinstance(value, cls))
    return await compare(Question(built, text, {}, root=root), shortcuts)


@pytest.mark.parametrize("shortcuts", [None, Short()])
async def test_each_type_is_asked_for_its_own(shortcuts: Shortcuts | None) -> None:
    for node in (Cat(next=Dog()), Dog(next=Cat(next=Dog())), None):
        assert await asked(TEXT, {"node": node, "things": [Cat(), None, toy(), Kitten()]}, shortcuts) is not None


@pytest.mark.parametrize("shortcuts", [None, Short()])
@pytest.mark.parametrize(
    "root",
    [
        {"node": toy()},
        {"node": {"id": "x"}},
        {"node": Kitten()},  # its name is no type
        {"node": ValueError()},
        {"nodes": [Cat(), None]},
        {"thing": Dog()},
        {"thing": toy(__typename="Nothing")},
        {"thing": toy(__typename="Node")},
        {"cat": Dog()},
    ],
)
async def test_what_is_of_no_possible_type_is_left_to_graphql_core(root: Any, shortcuts: Shortcuts | None) -> None:
    assert await asked("{node {id} nodes {id} thing {__typename} cat {id}}", root, shortcuts) is None


async def test_a_subclass_is_what_the_type_says() -> None:
    assert await asked("{cat {id} thing {__typename}}", {"cat": Kitten(), "thing": Kitten()}, Short()) is not None


async def test_a_type_is_awaited() -> None:
    async def name(value: Any, _info: object, _type: object) -> str:
        return type(value).__name__

    async def yes(_value: object, _info: object) -> bool:
        return True

    assert await asked(TEXT, {"node": Dog(next=Cat()), "things": [toy(), Cat()]}, node=name, Cat=yes, Dog=yes) is not None


async def test_a_type_that_raises_or_denies_later_is_left_to_graphql_core() -> None:
    async def fails(*_: object) -> str:
        raise ValueError

    async def no(*_: object) -> bool:
        return False

    assert await asked(TEXT, {"node": Cat(), "things": []}, node=fails) is None
    assert await asked(TEXT, {"node": Cat(), "things": []}, Cat=no) is None


async def test_types_that_multiply_from_level_to_level_are_compiled() -> None:
    text = "{node {" + "id next {" * 12 + "id" + "}" * 12 + "}}"
    assert await asked(text, {"node": Cat(next=Dog(next=Cat()))}) is not None


async def test_a_field_that_is_not_there_is_left_out() -> None:
    built = schema(SDL)
    cat = built.type_map["Cat"]
    assert isinstance(cat, GraphQLObjectType)
    question = Question(built, "{cat {id lives}}", {}, root={"cat": Cat()})
    cat.fields.pop("lives")  # as no validation would let it
    cat.is_type_of = lambda value, _info: isinstance(value, Cat)
    assert await compare(question) == {"cat": {"id": "c"}}
    cat.fields["lives"] = GraphQLField(cat.fields["id"].type)

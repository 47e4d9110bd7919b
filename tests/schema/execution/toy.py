"""A schema with one of everything, whose resolvers answer what a seed says: the same again when they are asked again."""

import asyncio
import random
from collections.abc import Awaitable, Coroutine, Generator
from dataclasses import dataclass, field
from enum import Enum
from types import CoroutineType
from typing import Any, Final, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
    build_schema,
    get_named_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from schema.execution.completion import dispose
from schema.execution.shortcuts import Attribute, Call

Info = GraphQLResolveInfo[Any]

SDL: Final = """
interface Node { id: ID! title: String kind: Kind! next: Node }
interface Named implements Node { id: ID! title: String kind: Kind! next: Node name(loud: Boolean = false): String! }
type Person implements Node & Named {
  id: ID! title: String kind: Kind! next: Node name(loud: Boolean = false): String!
  age: Int height: Float! friends(first: Int! = 2, where: Where): [Person!]! best: Person! pet: Animal seen: Moment
}
type Town implements Node & Named {
  id: ID! title: String kind: Kind! next: Node name(loud: Boolean = false): String!
  people(ids: [ID!], kinds: [Kind!] = [SMALL]): [Person] streets: [[String!]!] twin: Town open: Boolean money: Money!
}
type Cat implements Node { id: ID! title: String kind: Kind! next: Node lives: Int! owner: Named toys: [Toy!] }
type Dog { age: Int barks: Boolean! owner: Person! }
type Toy { label: String! weight(unit: Unit = KG): Float near: [Animal!]! }
union Animal = Cat | Dog
enum Kind { SMALL LARGE }
enum Unit { KG G }
scalar Moment
scalar Money
input Where { name: String kinds: [Kind!] = [LARGE] span: Span first: Int = 3 }
input Span { since: Moment! until: Moment }
type Query {
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  animals(of: Kind): [Animal!]
  person: Person
  town(named: String = "Ghent", where: Where): Town!
  named: [Named]
  count(of: [[Int!]], by: Float): Int!
  echo(text: String, moment: Moment, unit: Unit): String
}
type Mutation { count: Int! }
type Subscription { moved(id: ID!): Node! counted: Int }
"""


class Kind(Enum):
    """Members stand for themselves."""

    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True)
class Moment:
    """A value of a custom scalar."""

    text: str


@dataclass
class Thing:
    """An object of the toy's graph: one class for each type below."""

    seed: str


CLASSES: Final[dict[str, type[Thing]]] = {
    name: cast("type[Thing]", type(name, (Thing,), {})) for name in ("Person", "Town", "Cat", "Dog", "Toy")
}


@dataclass
class World:
    """How resolvers behave. ``faults`` and ``waits`` are per thousand values; ``called`` counts resolvers."""

    seed: int = 0
    faults: int = 0
    waits: int = 300
    called: int = field(default=0)
    within: list[Coroutine[Any, Any, Any]] = field(default_factory=list, repr=False)
    """Those that resolvers put into lists."""

    def fail(self) -> None:
        """Closes those of them that never began: a resolver that is cancelled while it waits has given its list to nobody."""
        dispose(self.within)


class Later:
    """An awaitable that is no coroutine."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, None, Any]:
        yield from asyncio.sleep(0).__await__()
        return self._value


class Text(str):
    """Text of a class of its own."""

    __slots__ = ()


def resolve(source: Any, info: Info, **arguments: Any) -> Any:
    """What the seed says about a field of a source."""
    world: World = info.context
    world.called += 1
    dice = random.Random(f"{world.seed}|{getattr(source, 'seed', '')}|{info.field_name}|{arguments}")
    value = _value(dice, world, info.return_type)
    return _waited(dice, world, value)


def _waited(dice: random.Random, world: World, value: Any) -> Any:
    if dice.randrange(1_000) >= world.waits:
        if isinstance(value, Fault):
            raise value.error
        return value
    return dice.choice((_at_once, _soon, Later if not isinstance(value, Fault) else _soon, _promised))(value)


@dataclass
class Fault:
    """A value that is raised instead."""

    error: Exception


async def _at_once(value: Any) -> Any:
    if isinstance(value, Fault):
        raise value.error
    return value


async def _soon(value: Any) -> Any:
    for _ in range(2):
        await asyncio.sleep(0)
    return await _at_once(value)


def _promised(value: Any) -> Awaitable[Any]:
    return asyncio.ensure_future(_soon(value))


def _value(dice: random.Random, world: World, type_: GraphQLOutputType) -> Any:
    nullable = not is_non_null_type(type_)
    inner: Any = type_ if nullable else cast("Any", type_).of_type
    if dice.randrange(1_000) < world.faults:
        return dice.choice(
            (Fault(ValueError("a fault")), ValueError("given out"), None, Undefined, object(), Fault(KeyError()))
        )
    if nullable and dice.randrange(6) == 0:
        return dice.choice((None, Undefined))
    if is_list_type(inner):
        items = [_item(dice, world, inner.of_type) for _ in range(dice.randrange(4))]
        return dice.choice((list, tuple, iter))(items)
    if is_leaf_type(inner):
        return _leaf(dice, inner.name)
    names = (
        [each.name for each in SCHEMA.get_possible_types(inner)] if not isinstance(inner, GraphQLObjectType) else [inner.name]
    )
    return CLASSES[dice.choice(names)](str(dice.randrange(50)))


def _item(dice: random.Random, world: World, type_: GraphQLOutputType) -> Any:
    value = _value(dice, world, type_)
    if isinstance(value, Fault):
        return value.error
    item = _waited(dice, world, value) if dice.randrange(4) == 0 else value
    if isinstance(item, CoroutineType):
        world.within.append(item)
    return item


def _leaf(dice: random.Random, name: str) -> Any:
    return dice.choice(
        {
            "ID": ("a", "ü", 7),
            "String": ("", "text", "名字", Text("own"), 5, True, 1.5),
            "Int": (0, -3, 2**31 - 1, 4.0, True),
            "Float": (0.5, 1e300, 3, False),
            "Boolean": (True, False, 1, 0),
            "Kind": (Kind.SMALL, Kind.LARGE),
            "Unit": (1_000, 1),
            "Moment": (Moment("now"), Moment("then")),
            "Money": ("1.00", {"minor": 100}, [1, "CNY"], 3),
        }[name]
    )


def _resolve_type(value: Any, info: Info, _type: Any) -> Any:
    name = type(value).__name__
    return _soon(name) if info.context.seed % 3 == 0 else name


def _is_type_of(name: str) -> Any:
    def is_type_of(value: Any, info: Info) -> Any:
        verdict = type(value).__name__ == name
        return _at_once(verdict) if info.context.seed % 4 == 0 else verdict

    return is_type_of


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("no moment")  # noqa: TRY004 (as graphql-core's own)
    return Moment(value)


def _build() -> GraphQLSchema:
    schema = build_schema(SDL)
    for type_ in schema.type_map.values():
        if type_.name.startswith("__"):
            continue
        if isinstance(type_, GraphQLObjectType):
            for each in type_.fields.values():
                each.resolve = resolve
            if type_.name in ("Cat", "Dog", "Town"):
                type_.is_type_of = _is_type_of(type_.name)
        elif isinstance(type_, GraphQLInterfaceType):
            type_.resolve_type = _resolve_type
        elif is_enum_type(type_):
            values = dict(Kind.__members__) if type_.name == "Kind" else {"KG": 1_000, "G": 1}
            schema_enum = GraphQLEnumType(type_.name, values)
            type_.values, type_.__dict__["_value_lookup"] = schema_enum.values, schema_enum._value_lookup
    moment = cast("GraphQLScalarType", schema.type_map["Moment"])
    moment.coerce_output_value = lambda value: value.text
    moment.coerce_input_value = _moment
    return schema


SCHEMA: Final = _build()


class Short:
    """All that can be told of the toy: its classes, and how its resolver is called."""

    def field(self, field: GraphQLField) -> Attribute | Call | None:
        """Half of the fields."""
        if len(get_named_type(field.type).name) % 2 == 0:
            return None
        return Call(resolve, info="info")

    def class_of(self, object_type: GraphQLObjectType) -> type | None:
        """One class for each type."""
        return CLASSES.get(object_type.name)

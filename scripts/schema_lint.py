"""Rules that schema/schema.graphql keeps, so that front-end teams find one shape everywhere, and Relay what it expects.

Prints every breach as ``rule: place: what it should be``, and ends with 1 if there is one.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_list_type,
    is_specified_scalar_type,
    print_ast,
)

PRINTED: Final = Path(__file__).parent.parent / "schema" / "schema.graphql"
RATIOS: Final = frozenset({"progress", "maxRate"})
"""What may be a Float. Money is a Decimal, and counts are an Int."""
PAGE_INFO: Final = {"hasNextPage": "Boolean!", "hasPreviousPage": "Boolean!", "startCursor": "String", "endCursor": "String"}
"""https://relay.dev/graphql/connections.htm#sec-undefined.PageInfo"""
PAGED_BY: Final = {"first": ("Int!", "20"), "after": ("String", None)}
"""Lists go forward."""
PLURAL: Final = "Query.nodes"
"""The one list with null in it: ids in, and in the same order what they name, if anything."""
GOES: Final = re.compile(r"Use \S.*\. Goes on (\d{4}-\d{2}-\d{2})\.")

Breaches = Iterator[tuple[str, str]]
Place = tuple[str, Any]
"""A coordinate such as ``Campaign.donations(first:)``, and what is there."""


def types(schema: GraphQLSchema) -> dict[str, Any]:
    """Our own types by name."""
    known = schema.type_map.items()
    return {name: kind for name, kind in known if not is_introspection_type(kind) and not is_specified_scalar_type(kind)}


def fields(schema: GraphQLSchema) -> Iterator[Place]:
    """Everything that can be selected."""
    for name, kind in types(schema).items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            yield from ((f"{name}.{each}", field) for each, field in kind.fields.items())


def inputs(schema: GraphQLSchema) -> Iterator[Place]:
    """Everything that can be sent: arguments, and fields of inputs."""
    for place, field in fields(schema):
        yield from ((f"{place}({each}:)", argument) for each, argument in field.args.items())
    for name, kind in types(schema).items():
        if isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{name}.{each}", field) for each, field in kind.fields.items())


def values(schema: GraphQLSchema) -> Iterator[Place]:
    """The values of all enums."""
    for name, kind in types(schema).items():
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{each}", value) for each, value in kind.values.items())


def described(schema: GraphQLSchema) -> Breaches:
    """Everything has a description."""
    for place, each in chain(types(schema).items(), fields(schema), inputs(schema), values(schema)):
        text = (each.description or "").strip()
        if not text:
            yield place, "needs a description"
        elif not text.endswith("."):
            yield place, "its description is a sentence, and ends with a full stop"


def named(schema: GraphQLSchema) -> Breaches:
    """TypeName, fieldName, argumentName, ENUM_VALUE; a moment is told by its name."""
    for name in types(schema):
        if not re.fullmatch(r"(?:[A-Z][a-z]+)+|URL", name):
            yield name, "is not written LikeThis"
    for place, each in chain(fields(schema), inputs(schema)):
        name = re.split(r"[.(]", place)[-1].rstrip(":)")
        if not re.fullmatch(r"[a-z]+(?:[A-Z][a-z]*)*", name):
            yield place, "is not written likeThis"
        if get_named_type(each.type).name == "DateTime" and not re.fullmatch(r"at|\w+At|asOf|since|until", name):
            yield place, "a moment is called ...At, asOf, since or until"
    for place, _ in values(schema):
        if not re.fullmatch(r"[A-Z]+(?:_[A-Z]+)*", place.partition(".")[2]):
            yield place, "is not WRITTEN_LIKE_THIS"


def nodes(schema: GraphQLSchema) -> Breaches:
    """What has an id can be fetched by it: https://relay.dev/graphql/objectidentification.htm"""
    shapes = {
        "Query.node": "Node",
        "Query.node(id:)": "ID!",
        "Query.nodes": "[Node]",
        "Query.nodes(ids:)": "[ID!]!",
        "Node.id": "ID!",
    }
    yield from _shaped(dict(chain(fields(schema), inputs(schema))), shapes)
    for name, kind in types(schema).items():
        if isinstance(kind, GraphQLObjectType) and "id" in kind.fields:
            yield from _shaped(dict(fields(schema)), {f"{name}.id": "ID!"})
            if "Node" not in {each.name for each in kind.interfaces}:
                yield name, "has an id, and so it implements Node"


def connections(schema: GraphQLSchema) -> Breaches:
    """Lists that load more: https://relay.dev/graphql/connections.htm, with `nodes` and `totalCount`."""
    known = types(schema)
    there = dict(fields(schema))
    yield from _shaped(there, {f"PageInfo.{name}": shape for name, shape in PAGE_INFO.items()})
    for name in known:
        row, _, kind = name.rpartition("Connection")
        if row and not kind:
            rows = {"edges": f"[{row}Edge!]!", "nodes": f"[{row}!]!", "pageInfo": "PageInfo!", "totalCount": "Int!"}
            yield from _shaped(there, {f"{name}.{field}": shape for field, shape in rows.items()})
            yield from _shaped(there, {f"{row}Edge.cursor": "String!", f"{row}Edge.node": f"{row}!"})
        if name.endswith("Edge") and f"{name.removesuffix('Edge')}Connection" not in known:
            yield name, "is of no connection"
    for place, field in there.items():
        if get_named_type(field.type).name.endswith("Connection"):
            if isinstance(field.type, GraphQLNonNull):
                yield place, "takes a read of its own, and so it can be null"
            arguments = {name: (str(each.type), _default(each)) for name, each in field.args.items()}
            if {name: arguments.get(name) for name in PAGED_BY} != PAGED_BY or arguments.keys() & {"last", "before"}:
                yield place, "is paged by `first: Int! = 20, after: String` alone"


def lists(schema: GraphQLSchema) -> Breaches:
    """A row that cannot be read is left out, so no list holds null; and no list holds lists."""
    for place, each in chain(fields(schema), inputs(schema)):
        outer = get_nullable_type(each.type)
        if not isinstance(outer, GraphQLList):
            continue
        if not isinstance(outer.of_type, GraphQLNonNull) and place != PLURAL:
            yield place, f"its rows are never null: [{outer.of_type}!]"
        if is_list_type(get_nullable_type(outer.of_type)):
            yield place, "is a list of lists"


def roots(schema: GraphQLSchema) -> Breaches:
    """A root field of a query that fails is null, and leaves its neighbours whole. A message is whole, or an error."""
    for place, field in fields(schema):
        if place.startswith("Query.") and isinstance(field.type, GraphQLNonNull):
            yield place, "a failure must not take the whole answer: it can be null"
        if place.startswith("Subscription.") and not re.fullmatch(r"\w+Update!", str(field.type)):
            yield place, "gives a ...Update!"
    for name in types(schema):
        if name.endswith("Update"):
            yield from _shaped(dict(fields(schema)), {f"{name}.recovered": "Boolean!"})


def exact(schema: GraphQLSchema) -> Breaches:
    """No amount is a Float."""
    for place, each in chain(fields(schema), inputs(schema)):
        if get_named_type(each.type).name == "Float" and re.split(r"[.(]", place)[-1].rstrip(":)") not in RATIOS:
            yield place, "is a Float: amounts are Money or Decimal, counts are Int"


def deprecated(schema: GraphQLSchema) -> Breaches:
    """What goes says what to use, and when it goes."""
    for place, each in chain(fields(schema), inputs(schema), values(schema)):
        if each.deprecation_reason is not None and goes(each.deprecation_reason) is None:
            yield place, 'its reason reads "Use X. Goes on YYYY-MM-DD."'


def goes(reason: str) -> date | None:
    """The day on which something deprecated goes, or None where its reason does not say."""
    found = GOES.fullmatch(reason)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _shaped(there: Mapping[str, Any], shapes: Mapping[str, str]) -> Breaches:
    for place, shape in shapes.items():
        if place not in there:
            yield place, f"is missing: {shape}"
        elif str(there[place].type) != shape:
            yield place, f"is {there[place].type}, not {shape}"


def _default(argument: Any) -> str | None:
    default = argument.ast_node.default_value
    return None if default is None else print_ast(default)


RULES: Final[tuple[Callable[[GraphQLSchema], Breaches], ...]] = (
    described,
    named,
    nodes,
    connections,
    lists,
    roots,
    exact,
    deprecated,
)


def breaches(text: str) -> list[str]:
    """Everything in a printed schema that breaks a rule."""
    schema = build_schema(text)
    return [f"{rule.__name__}: {place}: {problem}" for rule in RULES for place, problem in rule(schema)]


def main() -> int:
    """Prints them."""
    found = breaches(PRINTED.read_text("utf-8"))
    sys.stdout.writelines(f"{breach}\n" for breach in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

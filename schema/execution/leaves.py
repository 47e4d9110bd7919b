"""How scalars and enums are recognised in the compiled text."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final

from graphql import GraphQLBoolean, GraphQLEnumType, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLLeafType, GraphQLString
from graphql.type import scalars

MAX_MEMBERS: Final = 1_000

BUILT_IN: Final[Mapping[GraphQLLeafType, tuple[Callable[[Any], Any], str]]] = {
    # what coerces its values, and a test of ``v`` for those that it gives back as they are
    GraphQLString: (scalars.serialize_string, "type(v) is str"),
    GraphQLID: (scalars.serialize_id, "type(v) is str"),
    GraphQLBoolean: (scalars.serialize_boolean, "type(v) is bool"),
    GraphQLInt: (scalars.serialize_int, "type(v) is int and -2147483648 <= v <= 2147483647"),
    # neither of the two infinities, and not the number that is none
    GraphQLFloat: (scalars.serialize_float, "type(v) is float and v - v == 0.0"),
}


def as_it_is(leaf: GraphQLLeafType) -> str | None:
    """A test of ``v`` for values that are answered as they are, where there is one."""
    known = BUILT_IN.get(leaf)
    return known[1] if known is not None and leaf.coerce_output_value is known[0] else None


class Members:
    """Names of the members of one enum, learnt by coercing them."""

    def __init__(self, enum: GraphQLEnumType) -> None:
        self._enum = enum
        self._kept: list[Enum] = []
        self.names: dict[int, str] = {}
        """By the identity of a member, each of which is kept here."""

    def coerce(self, value: Any) -> Any:
        """Its name."""
        name = self._enum.coerce_output_value(value)
        if isinstance(value, Enum) and len(self._kept) < MAX_MEMBERS:
            self._kept.append(value)
            self.names[id(value)] = name
        return name

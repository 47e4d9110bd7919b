"""The arguments of one field of an operation."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graphql import Executor, FieldNode, GraphQLField, ListValueNode, Node, ObjectValueNode, VariableNode, get_argument_values

Keywords: TypeAlias = Mapping[str, Any]

NONE: Final[Keywords] = {}


@dataclass(frozen=True, slots=True)
class Arguments:
    """What they are is up to the variables."""

    field: GraphQLField
    node: FieldNode
    keywords: Callable[[dict[str, Any]], dict[str, Any]]

    def constant(self) -> Keywords | None:
        """The keywords where they are the same in all runs."""
        if not self.field.args and not self.node.arguments:
            return NONE
        if any(_has_variable(each.value) for each in self.node.arguments or ()):
            return None
        try:
            made = self.keywords(get_argument_values(self.field, self.node))
        except Exception:  # it is met in each run, and left to graphql-core there
            return None
        return made if _is_lasting(made) else None

    def of(self, executor: Executor[Any]) -> Keywords:
        """The keywords for any number of calls with the variables of ``executor``."""
        made = self.make(executor)
        return made if _is_lasting(made) else Fresh(self, executor)

    def make(self, executor: Executor[Any]) -> dict[str, Any]:
        """The keywords, anew."""
        return self.keywords(
            get_argument_values(self.field, self.node, executor.variable_values, None, executor.hide_suggestions)
        )


class Fresh(Mapping[str, Any]):
    """Keywords made anew each time they are unpacked, since a resolver may change what is in them."""

    def __init__(self, arguments: Arguments, executor: Executor[Any]) -> None:
        self._make = arguments.make
        self._executor = executor
        self._made: dict[str, Any] = {}

    def keys(self) -> Any:
        """Of those that are made with this."""
        self._made = self._make(self._executor)
        return self._made.keys()

    def __getitem__(self, key: str) -> Any:
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())


def _is_lasting(keywords: Keywords) -> bool:
    """Whether no value can change: of those that GraphQL makes, lists and objects can, and have no hash."""
    try:
        for value in keywords.values():
            hash(value)
    except TypeError:
        return False
    return True


def _has_variable(node: Node) -> bool:
    if isinstance(node, ListValueNode):
        return any(map(_has_variable, node.values))
    if isinstance(node, ObjectValueNode):
        return any(_has_variable(each.value) for each in node.fields)
    return isinstance(node, VariableNode)

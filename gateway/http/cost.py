"""What an operation costs: the objects that it may read, counted before anything is read.

A field with a selection set counts 1 and what lies within it; a field without one, and introspection, count nothing. ``nodes``
and ``edges`` below a field with ``first`` count once for each row of the page, a list that is asked for by ``ids`` once for
each id, and a history once for each interval of its span. Fragments are expanded, conditions are taken as met, and a field
that is written twice counts twice.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from gateway.http.spans import Span
from schema.api.pagination import MAX_PAGE

_ROWS: Final = frozenset({"nodes", "edges"})
_ONE: Final = 0

Sum: TypeAlias = Counter[int]
"""A sum of multiples: how often each step counts, by its number. Step 0 is the number one."""


class _Size(NamedTuple):
    """The number of rows that a variable will tell."""

    variable: str
    default: Any
    """For a variable that has no value."""

    def of(self, variables: Mapping[str, Any]) -> int:
        return _rows(variables.get(self.variable, self.default))


class _Step(NamedTuple):
    size: _Size | Span
    inner: Sum
    """Of one row. It counts earlier steps only."""


class _Part(NamedTuple):
    """What a selection set counts: its rows, if it is the one of a page, and all else."""

    rows: Sum
    other: Sum


class Costs:
    """The costs of the operations of one valid document.

    The document is gone through once, when this is made. What variables decide is left as steps, one for each place where a
    variable tells the number of rows: only on those places depends the time of finding a cost, and not on how often fragments
    are spread.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        self._known: dict[str, _Part] = {}
        self._steps: list[_Step] = []
        self._operations = {
            _name(each): self._operation(each) for each in document.definitions if isinstance(each, OperationDefinitionNode)
        }

    def of(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        """The cost of an operation of this document, with its variables as coerced."""
        values = [1]
        for size, inner in self._steps:
            values.append(size.of(variables) * _total(inner, values))
        return _total(self._operations[_name(operation)], values)

    def _operation(self, operation: OperationDefinitionNode) -> Sum:
        part = self._selections(operation.selection_set, self._schema.get_root_type(operation.operation))
        return part.rows + part.other

    def _selections(self, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> _Part:
        part = _Part(Counter(), Counter())
        for node in selections.selections:
            if isinstance(node, FieldNode):
                if node.selection_set and not node.name.value.startswith("__"):
                    into = part.rows if node.name.value in _ROWS else part.other
                    into.update(self._field(node, node.selection_set, parent))
                continue
            inner = _Part(Counter(), Counter())
            if isinstance(node, FragmentSpreadNode):
                inner = self._fragment(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._selections(
                    node.selection_set, self._schema.get_type(condition.name.value) if condition else parent
                )
            part.rows.update(inner.rows)
            part.other.update(inner.other)
        return part

    def _field(self, node: FieldNode, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> Sum:
        field = self._schema.get_field(parent, node.name.value) if is_composite_type(parent) else None
        if field is None:
            return Counter()
        part = self._selections(selections, get_named_type(field.type))
        given = {each.name.value: each.value for each in node.arguments or ()}
        if "first" in field.args:
            return Counter({_ONE: 1}) + part.other + self._times(_size(given.get("first"), field.args["first"]), part.rows)
        whole = Counter({_ONE: 1}) + part.rows + part.other
        if "ids" in field.args and is_list_type(get_nullable_type(field.type)):
            return self._times(_size(given.get("ids"), field.args["ids"]), whole)
        if "interval" in field.args:
            return self._times(Span.of_arguments(given), whole)
        return whole

    def _times(self, size: _Size | Span | int, inner: Sum) -> Sum:
        if isinstance(size, int):
            return Counter({step: size * count for step, count in inner.items()})
        self._steps.append(_Step(size, inner))
        return Counter({len(self._steps): 1})

    def _fragment(self, name: str) -> _Part:
        if name not in self._known:
            # A fragment met within itself counts nothing, since validation refuses it.
            self._known[name] = _Part(Counter(), Counter())
            if (fragment := self._fragments.get(name)) is not None:
                condition = self._schema.get_type(fragment.type_condition.name.value)
                self._known[name] = self._selections(fragment.selection_set, condition)
        return self._known[name]


def _size(value: ValueNode | None, argument: GraphQLArgument) -> _Size | int:
    if isinstance(value, VariableNode):
        return _Size(value.name.value, argument.default_value)
    if value is None:
        return _rows(argument.default_value)
    if is_list_type(get_nullable_type(argument.type)):
        return _rows(len(value.values) if isinstance(value, ListValueNode) else 1)  # one value is a list of it
    return _rows(int(value.value) if isinstance(value, IntValueNode) else None)


def _rows(value: object) -> int:
    """The rows that a value asks for. One that is of no use is refused later, and counts as the largest page until then."""
    number = len(value) if isinstance(value, list | tuple) else value
    return number if isinstance(number, int) and 0 <= number <= MAX_PAGE else MAX_PAGE


def _total(multiples: Sum, values: list[int]) -> int:
    return sum(count * values[step] for step, count in multiples.items())


def _name(operation: OperationDefinitionNode) -> str:
    return operation.name.value if operation.name else ""

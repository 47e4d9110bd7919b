"""What an operation asks for under given conditions, collected by graphql-core: fragments resolved, fields merged, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graphql import (
    Executor,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationType,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList, collect_fields, collect_subfields
from graphql.pyutils import Path

from schema.execution.unanswered import NotCompiled

MAX_FIELDS: Final = 500
"""Of an operation, fragments expanded and once for each type that an abstract one may be. Python takes 0.1 ms for each."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar or an enum."""

    type: GraphQLLeafType
    nullable: bool


@dataclass(frozen=True, slots=True)
class Object:
    """A value of an object type."""

    selection: "Selection"
    nullable: bool


@dataclass(frozen=True, slots=True)
class Abstract:
    """A value of one of several object types."""

    type: Any
    selections: Mapping[str, "Selection"]
    """By the name of the type that it turns out to be."""
    nullable: bool


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    item: "Shape"
    nullable: bool


Shape: TypeAlias = Leaf | Object | Abstract | Many


@dataclass(frozen=True, slots=True)
class Answer:
    """One field of the data. ``path`` is without the indices of lists."""

    key: str
    definition: GraphQLField
    nodes: list[FieldNode]
    parent: GraphQLObjectType
    path: Path
    shape: Shape


@dataclass(frozen=True, slots=True)
class Selection:
    """The fields of an object, in the order in which they are answered. One that is text is the name of the type."""

    type: GraphQLObjectType
    answers: tuple[tuple[str, Answer | str], ...]


def plan(executor: Executor[Any]) -> tuple[Selection, int]:
    """The fields of an operation with the conditions of its variables, and how many they are. Raises NotCompiled for what is
    not known here.
    """
    operation = executor.operation
    root = executor.schema.get_root_type(operation.operation)
    if operation.operation is OperationType.MUTATION or root is None:
        raise NotCompiled("what changes anything is never run twice")
    planner = _Planner(executor)
    return planner.root(root), MAX_FIELDS - planner.left


class _Planner:
    def __init__(self, executor: Executor[Any]) -> None:
        self._executor = executor
        self._schema: GraphQLSchema = executor.schema
        self.left = MAX_FIELDS
        self._known: dict[tuple[Any, ...], Selection] = {}

    def root(self, root: GraphQLObjectType) -> Selection:
        executor = self._executor
        try:
            fields = collect_fields(
                self._schema, executor.fragments, executor.variable_values, root, executor.operation, executor.hide_suggestions
            )
            return self._selection(root, fields.grouped_field_set, None)
        except (GraphQLError, RecursionError) as error:
            raise NotCompiled(str(error)) from error

    def _selection(self, parent: GraphQLObjectType, fields: Mapping[str, FieldDetailsList], path: Path | None) -> Selection:
        answers: list[tuple[str, Answer | str]] = []
        for key, details in fields.items():
            definition = self._schema.get_field(parent, details[0].node.name.value)
            if definition is SchemaMetaFieldDef or definition is TypeMetaFieldDef:
                raise NotCompiled("introspection")
            if definition is TypeNameMetaFieldDef:
                answers.append((key, parent.name))
            elif definition is not None:  # else it is left out of the data
                answers.append((key, self._answer(key, definition, parent, details, Path(path, key, parent.name))))
        return Selection(parent, tuple(answers))

    def _answer(
        self, key: str, definition: GraphQLField, parent: GraphQLObjectType, details: FieldDetailsList, path: Path
    ) -> Answer:
        self.left -= 1
        if self.left < 0:
            raise NotCompiled(f"more than {MAX_FIELDS} fields")
        shape = self._shape(definition.type, details, path)
        return Answer(key, definition, [each.node for each in details], parent, path, shape)

    def _shape(self, type_: GraphQLOutputType, details: FieldDetailsList, path: Path) -> Shape:
        nullable = not is_non_null_type(type_)
        if is_non_null_type(type_):
            type_ = type_.of_type
        if is_list_type(type_):
            return Many(self._shape(type_.of_type, details, path), nullable)
        if is_leaf_type(type_):
            return Leaf(type_, nullable)
        if is_object_type(type_):
            return Object(self._inner(type_, details, path), nullable)
        if is_abstract_type(type_):
            possible = self._schema.get_possible_types(type_)
            return Abstract(type_, {each.name: self._inner(each, details, path) for each in possible}, nullable)
        raise NotCompiled(f"a value of type {type_}")

    def _inner(self, type_: GraphQLObjectType, details: FieldDetailsList, path: Path) -> Selection:
        """The same one for all types that its parent may be of, so that types do not multiply from level to level."""
        place = type_.name, tuple(path.as_list()), tuple(id(each.node) for each in details)
        if place not in self._known:
            self._known[place] = self._collected(type_, details, path)
        return self._known[place]

    def _collected(self, type_: GraphQLObjectType, details: FieldDetailsList, path: Path) -> Selection:
        executor = self._executor
        fields = collect_subfields(
            self._schema,
            executor.fragments,
            executor.variable_values,
            executor.operation,
            type_,
            details,
            executor.hide_suggestions,
        )
        return self._selection(type_, fields.grouped_field_set, path)

"""graphql-core's executors, made from what is known of an operation, and freed as soon as nobody holds them.

Each holds methods of its own for what resolvers of lists may wait for, and so itself, with the operation, its variables and all
that was read for it: a hundred objects for each operation, until Python looks for such circles.

To build one, graphql-core goes through all definitions, and looks the types of variables up by their names. Both come to the
same each time, so of an operation that was built once only the values of its variables are new.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Self, cast

from graphql import (
    DocumentNode,
    Executor,
    GraphQLError,
    GraphQLResolveInfoHelpers,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableValues,
    get_nullable_type,
    get_variable_values,
    is_leaf_type,
    is_non_null_type,
)
from graphql.execution.executor import default_field_resolver, default_type_resolver
from graphql.execution.values import VariableValueSource


class _Freed:
    """Makes those methods when they are asked for."""

    gather_async_work: Callable[..., Any]
    track_async_work: Callable[..., Any]

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        return GraphQLResolveInfoHelpers(gather=self.gather_async_work, track=self.track_async_work)

    @async_helpers.setter
    def async_helpers(self, _: GraphQLResolveInfoHelpers) -> None:
        """Nothing is kept."""


class _Variable(NamedTuple):
    """``read`` is None for lists and objects. ``default`` is its value where none is told; Undefined where it has none then."""

    name: str
    declared: Any
    read: Callable[[Any], Any] | None
    may_be_null: bool
    default: object
    left_out: VariableValueSource


class Ready(NamedTuple):
    """An operation that was built once: what does not depend on the values of its variables."""

    operation: OperationDefinitionNode
    fragment_definitions: dict[str, Any]
    fragments: dict[str, Any]
    variables: Sequence[_Variable]

    @classmethod
    def of(cls, built: Executor[Any]) -> Self:
        """As it was built."""
        variables = [_variable(built, name, source) for name, source in built.variable_values.sources.items()]
        return cls(built.operation, built.fragment_definitions, built.fragments, variables)

    def values(self, told: Mapping[str, Any]) -> VariableValues | None:
        """As graphql-core reads them. None for what is left to it: what is in lists and objects, and whatever may be wrong."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for name, declared, read, may_be_null, default, left_out in self.variables:
            value = told.get(name, Undefined)
            if value is Undefined:
                sources[name], found = left_out, default
                if found is Undefined and may_be_null:
                    continue
            elif value is None:
                sources[name], found = VariableValueSource(declared, None), None
            elif read is not None:
                sources[name] = VariableValueSource(declared, value)
                try:
                    found = read(value)
                except Exception:  # whatever a scalar raises
                    return None
            else:
                return None
            if found is Undefined or (found is None and not may_be_null):
                return None
            coerced[name] = found
        return VariableValues(sources, coerced)


class Executors:
    """Those of one schema, whose resolvers are in its fields. ``kind`` is what graphql-core would make."""

    def __init__(self, kind: type[Executor[Any]], schema: GraphQLSchema) -> None:
        self._kind = cast("type[Executor[Any]]", type(kind.__name__, (_Freed, kind), {}))
        self._schema = schema

    def of(
        self, document: DocumentNode, ready: dict[str | None, Ready], name: str | None, context: object, told: dict[str, Any]
    ) -> Executor[Any] | list[GraphQLError]:
        """That of an operation by its name, with variables as told, or what is wrong with those or with the name.

        ``ready`` is what is known of the document, to which this adds.
        """
        known = ready.get(name)
        if known is not None and (values := known.values(told)) is not None:
            return self._kind(
                self._schema,
                known.fragment_definitions,
                known.fragments,
                None,
                context,
                known.operation,
                values,
                default_field_resolver,
                default_type_resolver,
                default_field_resolver,
                hide_suggestions=True,
            )
        built = self._kind.build(
            self._schema,
            document,
            context_value=context,
            raw_variable_values=told,
            operation_name=name,
            hide_suggestions=True,
            max_coercion_errors=1,
        )
        if known is None and isinstance(built, Executor):
            ready[name] = Ready.of(built)
        return built


def _variable(built: Executor[Any], name: str, source: VariableValueSource) -> _Variable:
    declared = source.signature
    leaf = get_nullable_type(declared.type)
    read = leaf.coerce_input_value if is_leaf_type(leaf) else None
    may_be_null, default = not is_non_null_type(declared.type), Undefined
    if declared.default is not None:
        nodes = [each for each in built.operation.variable_definitions or () if each.variable.name.value == name]
        values = get_variable_values(built.schema, nodes, {})
        if read is not None and not isinstance(values, list):
            default = values.coerced[name]
        else:  # graphql-core makes it anew each time, or says what is wrong with it
            may_be_null = False
    return _Variable(name, declared, read, may_be_null, default, VariableValueSource(declared))

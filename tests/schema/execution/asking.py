"""Small schemas, written where they are needed."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from schema.execution.shortcuts import Shortcuts
from tests.schema.execution.judged import Question, compare

Resolvers = Mapping[str, Callable[..., Any]]


def schema(sdl: str, resolvers: Resolvers | None = None) -> GraphQLSchema:
    """A schema; resolvers are by ``Type.field``."""
    built = build_schema(sdl)
    for name, resolve in (resolvers or {}).items():
        type_, field = name.split(".")
        object_type = built.type_map[type_]
        assert isinstance(object_type, GraphQLObjectType)
        object_type.fields[field].resolve = resolve
    return built


async def told(
    sdl: str,
    text: str,
    root: Any = None,
    *,
    resolvers: Resolvers | None = None,
    shortcuts: Shortcuts | None = None,
    context: Any = None,
    **variables: Any,
) -> Any:
    """The data that graphql-core and the compiled operation both give; None where there is an error in it."""
    return await compare(Question(schema(sdl, resolvers), text, variables, context, root), shortcuts)

"""What Strawberry knows of its own fields and types, told to compiled execution.

Strawberry calls a resolver through five functions of its own, for each object anew. What they do for a plain one, which takes
its object, ``info`` and arguments, and which nothing is wrapped around, is done here once.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from inspect import isfunction
from typing import Any, cast

import strawberry
from graphql import GraphQLField, GraphQLObjectType
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryMaybe, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

from schema.execution.shortcuts import Attribute, Call

_ORIGIN = "strawberry-definition"


class StrawberryShortcuts:
    """``schema.execution.shortcuts.Shortcuts`` of one schema. ``strawberry.cast`` is not heeded."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = schema

    def field(self, field: GraphQLField) -> Attribute | Call | None:
        """An attribute where there is no resolver, and a resolver where it is a plain function."""
        known = field.extensions.get(_ORIGIN)
        if not isinstance(known, StrawberryField) or known.is_subscription or known.extensions:
            return None
        if self._schema.exception_handlers or type(known).get_result is not StrawberryField.get_result:
            return None
        resolver = known.base_resolver
        if resolver is None:
            return Attribute(known.python_name) if known.default_resolver is getattr else None
        function = resolver.wrapped_func
        if not isfunction(function) or resolver.parent_parameter or resolver.root_parameter:
            return None
        info = resolver.info_parameter
        return Call(
            function,
            takes_source=resolver.self_parameter is not None,
            info=info.name if info else None,
            make_info=partial(self._schema.config.info_class, _field=known),
            keywords=self._keywords(known),
        )

    def class_of(self, object_type: GraphQLObjectType) -> type | None:
        """The class that it was made of, unless it tells its instances itself, or several types were made of it."""
        known = object_type.extensions.get(_ORIGIN)
        if not isinstance(known, StrawberryObjectDefinition) or known.concrete_of:
            return None
        own_words = known.is_type_of is not None or any(each.resolve_type for each in known.interfaces)
        return None if own_words else cast("type", known.origin)

    def _keywords(self, field: StrawberryField) -> Callable[[dict[str, Any]], dict[str, Any]]:
        converter = self._schema.schema_converter
        name_of = converter.config.name_converter.from_argument
        as_they_are = {name_of(each): each.python_name for each in field.arguments if _is_leaf(each.type)}
        others = {name_of(each): each for each in field.arguments if not _is_leaf(each.type)}

        def keywords(given: dict[str, Any]) -> dict[str, Any]:
            made = {as_they_are[name]: value for name, value in given.items() if name in as_they_are}
            if len(made) < len(given):
                left = [argument for name, argument in others.items() if name in given]
                made |= convert_arguments(given, left, scalar_registry=converter.scalar_registry, config=converter.config)
            return made

        return keywords


def _is_leaf(of_type: object) -> bool:
    """Whether Strawberry hands over its values as graphql-core read them."""
    while isinstance(of_type, StrawberryOptional) and not isinstance(of_type, StrawberryMaybe):
        of_type = of_type.of_type
    return isinstance(of_type, StrawberryEnumDefinition) or of_type in (str, int, float, bool, strawberry.ID, datetime)

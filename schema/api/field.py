"""Strawberry's decorators with types, and with one habit: what clients read about a field or type is its docstring.

A line break in such a docstring is one in the description; a backslash before it joins the two lines.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeAlias, TypeVar, cast, dataclass_transform

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

from schema.api.ports import Context

Info: TypeAlias = strawberry.Info[Context, None]
"""What a resolver is called with; ``info.context`` is the only way out of it."""

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


def field(resolver: Callable[..., object]) -> StrawberryField:
    """A field of a type, answered by ``resolver``."""
    return cast("StrawberryField", strawberry.field(resolver=resolver, description=description(resolver)))


def feed(resolver: Callable[..., object]) -> StrawberryField:
    """A field of Subscription; ``resolver`` gives an async generator, or raises before there is one."""
    return cast("StrawberryField", strawberry.subscription(resolver=resolver, description=description(resolver)))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def object_type(cls: type[T]) -> type[T]:
    """An object type of the same name."""
    return strawberry.type(cls, description=description(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def interface_type(cls: type[T]) -> type[T]:
    """An interface of the same name."""
    return strawberry.interface(cls, description=description(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def input_type(cls: type[T]) -> type[T]:
    """An input type of the same name."""
    return strawberry.input(cls, description=description(cls))


def argument(text: str, *, name: str | None = None) -> Any:
    """The description of an argument, to be put in its ``Annotated``."""
    return strawberry.argument(description=text, name=name)


def enum_type(cls: type[E], text: str, values: Mapping[E, str], *, name: str | None = None) -> None:
    """Shows an enum of the model as it is. ``values`` describes every member: one left out is a KeyError at import.

    Types must import the enum from where this is called, or they may see it without its descriptions.
    """
    definition: StrawberryEnumDefinition = cast(
        "Any", strawberry.enum(cls, name=name, description=text)
    ).__strawberry_definition__
    for value in definition.values:
        value.description = values[cls(value.value)]


def description(documented: object) -> str:
    """The docstring as clients read it. Without one there is no field: TypeError."""
    text = getattr(documented, "__doc__", None)
    if not text:
        raise TypeError(f"{documented!r} has no docstring to describe it (python -OO removes them: run without)")
    return re.sub(" {2,}", " ", inspect.cleandoc(text)).strip()

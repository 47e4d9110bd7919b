"""What whoever made a schema may tell about it, so that less has to be asked at run time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo

ResolveInfo: TypeAlias = GraphQLResolveInfo[Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    """The field is this attribute of its source."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """The field is what ``function`` gives, which is called with the source (where it takes it) and with keywords."""

    function: Callable[..., Any]
    takes_source: bool = True
    info: str | None = None
    """The keyword under which it takes what ``make_info`` makes, if it takes that."""
    make_info: Callable[[ResolveInfo], Any] = lambda info: info
    keywords: Callable[[dict[str, Any]], dict[str, Any]] = dict
    """Coerced arguments as the keywords that it takes. It may be called once for many calls of ``function``."""


class Shortcuts(Protocol):
    """Each answer is a promise; None is always right, and slower."""

    def field(self, field: GraphQLField) -> Attribute | Call | None:
        """What gives the same as the field's resolver."""
        ...

    def class_of(self, object_type: GraphQLObjectType) -> type | None:
        """A class whose very instances (not those of subclasses) are of this type wherever they are met. None is awaitable."""
        ...


class NoShortcuts:
    """Nothing is known of the schema but what is in it."""

    def field(self, field: GraphQLField) -> None:
        """Nothing."""

    def class_of(self, object_type: GraphQLObjectType) -> None:
        """Nothing."""


_: type[Shortcuts] = NoShortcuts

"""graphql-core's executors, freed as soon as nobody holds them.

Each holds methods of its own for what resolvers of lists may wait for, and so itself, with the operation, its variables and all
that was read for it: a hundred objects for each operation, until Python looks for such circles.
"""

from collections.abc import Callable
from typing import Any, cast

from graphql import Executor, GraphQLResolveInfoHelpers


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


def freed(kind: type[Executor[Any]]) -> type[Executor[Any]]:
    """The same kind of executor, but that it does not refer to itself."""
    return cast("type[Executor[Any]]", type(kind.__name__, (_Freed, kind), {}))

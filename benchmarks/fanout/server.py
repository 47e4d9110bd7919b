"""What is measured: a server that holds totals, and that can be told to move them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is. ``ids`` are those of its campaigns, ``store`` the pid of its Redis. ``compressed``: viewers offer that."""

    port: int
    path: str
    ids: tuple[str, ...]
    pid: int
    store: int | None = None
    compressed: bool = False


class Server(Protocol):
    """A running one."""

    place: Place

    async def move(self, amount: int) -> None:
        """All totals have this amount in whole yuan from now on: one more than before."""


Start: TypeAlias = Callable[[int, int, int], AbstractAsyncContextManager[Server]]
"""Of so many totals, on one core, with what is not the server itself on another one."""

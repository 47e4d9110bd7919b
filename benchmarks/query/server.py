"""What is measured: a server that answers operations about the same campaigns, and whose totals can be moved."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is. ``beside`` are the pids of what works for it on the other core, such as its Redis."""

    port: int
    path: str
    pid: int
    beside: Sequence[int] = ()


class Server(Protocol):
    """A running one."""

    place: Place

    async def move(self, number: int) -> None:
        """The campaign at that place of the list, from 0 on, has one yuan and one donation more."""


Start: TypeAlias = Callable[[Path, int], AbstractAsyncContextManager[Server]]
"""Of one beside the gateway, with the file of what it answers from, on a core."""

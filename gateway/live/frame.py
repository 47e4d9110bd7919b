"""What a running operation tells all of its viewers, encoded once."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Protocol

from gateway.http.results import Result


@dataclass(frozen=True, slots=True)
class Frame:
    """A result, with what is to be known of it as in ``schema.api.ports.Message``.

    ``again`` hands on the newest about the same, later, in place of this one, which need not be kept then; None where that is
    gone. ``number``: what was begun later has a higher one, and is at least as new.
    """

    result: Result
    about: Hashable = None
    state: object = None
    position: str | None = None
    follows: bool = True
    again: "Callable[[Callable[[Frame | None], object]], object] | None" = None
    number: int = 0


class Viewer(Protocol):
    """Who is told. Neither method waits or raises."""

    def take(self, frame: Frame) -> None:
        """The next one."""
        ...

    def end(self, last: Frame | None = None) -> None:
        """No more come, after this one. Who has no room for that asks again."""
        ...

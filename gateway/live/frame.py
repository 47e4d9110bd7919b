"""What a running operation tells all of its viewers, encoded once."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

from gateway.http.results import Result


@dataclass(frozen=True, slots=True)
class Frame:
    """A result, with what is to be known of it as in ``schema.api.ports.Message``."""

    result: Result
    about: Hashable = None
    state: object = None
    position: str | None = None
    follows: bool = True


class Viewer(Protocol):
    """Who is told. Neither method waits or raises."""

    def take(self, frame: Frame) -> None:
        """The next one. One whose result was not executed is the last."""
        ...

    def end(self) -> None:
        """No more come."""
        ...

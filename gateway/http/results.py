"""What comes back from an operation, encoded once and the same for every transport."""

from dataclasses import dataclass
from typing import Any, Self

import orjson

from gateway.http.requests import Key


@dataclass(frozen=True, slots=True)
class Result:
    """One result as JSON. ``executed`` False: refused before execution, so that there is no ``data`` in it and none follows.

    ``has_data`` False: executed, and an error has left nothing of it but null.

    ``position`` is what a feed says of itself, where its single root field has a ``position``: one line of text.
    """

    body: bytes
    executed: bool
    errors: tuple[dict[str, Any], ...] = ()
    position: str | None = None
    has_data: bool = True
    max_age: int = 0
    """Whole seconds for which whoever keeps it may share it; 0: not at all."""
    kept_as: Key | None = None
    """Under which it is kept here, if it is."""

    @classmethod
    def of(cls, data: dict[str, Any] | None, errors: tuple[dict[str, Any], ...] = ()) -> Self:
        """The result of an execution. Raises TypeError for data that JSON cannot hold."""
        answer: dict[str, Any] = {"data": data}
        if errors:
            answer["errors"] = errors
        return cls(orjson.dumps(answer), executed=True, errors=errors, position=_position(data), has_data=data is not None)

    @classmethod
    def refused(cls, *errors: dict[str, Any]) -> Self:
        """The answer to a request that was not executed."""
        return cls(orjson.dumps({"errors": errors}), executed=False, errors=errors)


def _position(data: dict[str, Any] | None) -> str | None:
    if data is None or len(data) != 1:
        return None
    (root,) = data.values()
    position = root.get("position") if isinstance(root, dict) else None
    return position if isinstance(position, str) and position.isprintable() else None

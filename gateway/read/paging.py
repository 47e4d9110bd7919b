"""Pages of lists that are held in memory. A cursor holds the sorting key of its row, so pages stay whole while rows arrive."""

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar

import orjson

from schema.model.errors import BadUserInput
from schema.model.page import Page

Row = TypeVar("Row")
Key: TypeAlias = tuple[int | float | str, ...]


def page(rows: Iterable[Row], key: Callable[[Row], Key], *, first: int, after: str | None) -> Page[Row]:
    """Rows by their keys, smallest first. No two keys may be equal. Raises BadUserInput for a cursor of another list."""
    ordered = sorted(((key(row), row) for row in rows), key=lambda pair: pair[0])
    rest = ordered
    if after is not None:
        place = _place(after)
        if ordered and [_kind(part) for part in place] != [_kind(part) for part in ordered[0][0]]:
            raise _no_cursor()
        rest = [(found, row) for found, row in ordered if found > place]
    shown = tuple((_cursor(found), row) for found, row in rest[:first])
    return Page(shown, len(rest) > first, len(ordered))


def _cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def _place(cursor: str) -> Key:
    try:
        place = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise _no_cursor() from None
    if not isinstance(place, list) or not all(isinstance(part, str | int | float) for part in place):
        raise _no_cursor()
    return tuple(place)


def _kind(part: float | str) -> bool:
    return isinstance(part, str)


def _no_cursor() -> BadUserInput:
    return BadUserInput("this is no cursor of this list", argument="after")

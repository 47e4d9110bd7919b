"""Cursors of the catalogue: a place in one order, as the values by which its rows are sorted."""

import binascii
from collections.abc import Sequence
from typing import Any, Final

import orjson

from schema.model.errors import BadUserInput

_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")


def cursor(order: str, row: Sequence[Any]) -> str:
    """That of a row."""
    return binascii.b2a_base64(orjson.dumps([order, *row]), newline=False).translate(_URL_SAFE).decode().rstrip("=")


def place(text: str, order: str, length: int) -> list[Any]:
    """The values of a row's cursor. Raises BadUserInput for one of another order, and for what is none."""
    try:
        told = (text + "=" * (-len(text) % 4)).encode("ascii").translate(_FROM_URL)
        name, *values = orjson.loads(binascii.a2b_base64(told, strict_mode=True))
        if name == order and len(values) == length and all(_is_bindable(value) for value in values):
            return list(values)
    except (binascii.Error, ValueError, TypeError):
        pass
    raise BadUserInput("this is no cursor of this list in this order", argument="after")


def _is_bindable(value: object) -> bool:
    """Whether SQLite takes it: its integers have 64 bits."""
    return type(value) in (float, str) or (type(value) is int and abs(value) < 2**63)

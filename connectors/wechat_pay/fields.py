"""Reads the fields of a genuine message or row. Each raises Unreadable with the field's name, and never shows a value."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from schema.model.errors import Unreadable
from schema.model.time import read_rfc3339

MAX_TEXT: Final = 1_024
"""Characters of a merchant's own text; WeChat Pay takes 128."""
_NUMBER: Final = re.compile(r"[0-9A-Za-z_|*@.\-]{1,64}", re.ASCII)


def number(fields: Mapping[str, Any], name: str) -> str:
    """A number in WeChat Pay's sense: letters, digits and a few signs, safe in a lookup text and in an address."""
    value = fields.get(name)
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise Unreadable(name)
    return value


def word(fields: Mapping[str, Any], name: str, otherwise: str | None = None) -> str:
    """A text that is there, or ``otherwise``."""
    found = text(fields, name) or otherwise
    if found is None:
        raise Unreadable(name)
    return found


def text(fields: Mapping[str, Any], name: str) -> str | None:
    """Somebody's words exactly as they are, or None when there are none."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > MAX_TEXT or any("\ud800" <= char <= "\udfff" for char in value):
        raise Unreadable(name)
    return value


def part(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within."""
    value = fields.get(name)
    if not isinstance(value, Mapping):
        raise Unreadable(name)
    return value


def moment(fields: Mapping[str, Any], name: str, otherwise: datetime) -> datetime:
    """A moment, or ``otherwise`` where the field is absent or empty. Raises BadTime on what is no moment."""
    return read_rfc3339(fields[name]) if fields.get(name) else otherwise

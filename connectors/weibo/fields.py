"""Numbers, counters and times as Weibo writes them. Each raises Unreadable with the field's name, and never shows a value."""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from connectors.reading import text
from schema.model.errors import BadTime, Unreadable
from schema.model.time import read_rfc3339

_NUMBER: Final = re.compile(r"[0-9A-Za-z_.\-]{1,64}", re.ASCII)
_COUNTER: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_CREATED: Final = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) ([+-][0-9]{2})([0-9]{2}) ([0-9]{4})", re.ASCII
)
# English in every locale of Weibo's, so read by a table and not by the locale of this machine.
_MONTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        name: number
        for number, name in enumerate(
            ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
        )
    }
)


def number(fields: Mapping[str, Any], name: str) -> str:
    """A number in Weibo Pay's sense: digits, letters and a few signs, as text; a whole number of JSON is its digits."""
    value = fields.get(name)
    if type(value) is int:
        value = str(value)
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise Unreadable(name)
    return value


def counter(fields: Mapping[str, Any], name: str) -> int | None:
    """A counter, which may be a number or its digits as text; None where it is not told, also as ``-``."""
    value = fields.get(name)
    if value is None or value in ("", "-"):
        return None
    if isinstance(value, str) and _COUNTER.fullmatch(value):
        value = int(value)
    if type(value) is not int or not 0 <= value < 10**15:
        raise Unreadable(name)
    return value


def moment(fields: Mapping[str, Any], name: str) -> datetime | None:
    """A time such as ``Tue Sep 01 10:20:30 +0800 2026``, or None where it is not told. Raises BadTime."""
    written = text(fields, name)
    if written is None:
        return None
    found = _CREATED.fullmatch(written)
    if found is None or found[1] not in _MONTHS:
        raise BadTime("a moment is written as Tue Sep 01 10:20:30 +0800 2026")
    return read_rfc3339(f"{found[6]}-{_MONTHS[found[1]]:02}-{found[2]}T{found[3]}{found[4]}:{found[5]}")

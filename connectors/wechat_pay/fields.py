"""Numbers, objects and times of WeChat Pay's. Each raises Unreadable with the field's name, and never shows a value."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.reading import formed
from schema.model.errors import Unreadable
from schema.model.time import read_rfc3339

_NUMBER: Final = re.compile(r"[0-9A-Za-z_|*@.\-]{1,64}", re.ASCII)


def number(fields: Mapping[str, Any], name: str) -> str:
    """A number in WeChat Pay's sense: letters, digits and a few signs, safe in a lookup text and in an address."""
    return formed(fields, name, _NUMBER)


def part(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within."""
    value = fields.get(name)
    if not isinstance(value, Mapping):
        raise Unreadable(name)
    return value


def moment(fields: Mapping[str, Any], name: str, otherwise: datetime) -> datetime:
    """A moment, or ``otherwise`` where the field is absent or empty. Raises BadTime on what is no moment."""
    return read_rfc3339(fields[name]) if fields.get(name) else otherwise

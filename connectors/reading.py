"""Reads the fields of a message or row, pure. Each reader raises Unreadable with the field's name, and never shows a value.

What is a number, a moment or an amount differs from network to network, and is read beside its mapping.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from schema.model.errors import BadUserInput, Unreadable, UpstreamGarbled

MAX_TEXT: Final = 1_024
"""Characters of a merchant's own text; of the networks that name a limit, none takes more than 512."""


def text(fields: Mapping[str, Any], name: str) -> str | None:
    """Somebody's words exactly as they are, or None when there are none."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > MAX_TEXT or any("\ud800" <= char <= "\udfff" for char in value):
        raise Unreadable(name)
    return value


def word(fields: Mapping[str, Any], name: str, otherwise: str | None = None) -> str:
    """A text that is there, or ``otherwise``."""
    found = text(fields, name) or otherwise
    if found is None:
        raise Unreadable(name)
    return found


def formed(fields: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    """A text of this form."""
    found = word(fields, name)
    if not form.fullmatch(found):
        raise Unreadable(name)
    return found


@contextmanager
def readable() -> Iterator[None]:
    """What cannot be read within is an answer that breaks the network's own protocol: raises UpstreamGarbled."""
    try:
        yield
    except Unreadable as error:
        raise UpstreamGarbled(f"the answer's {error.reason} is not as it must be") from error
    except BadUserInput as error:
        raise UpstreamGarbled(f"the answer cannot be read: {error.code}") from error

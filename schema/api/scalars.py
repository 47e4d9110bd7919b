"""The scalars of the public graph: exact text for what JSON cannot carry exactly."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NewType

import orjson
import strawberry
from strawberry.types.scalar import ScalarDefinition

from schema.model.errors import BadCurrency, BadUserInput
from schema.model.money import Currency
from schema.model.text import link
from schema.model.time import read_rfc3339, rfc3339

Decimal = NewType("Decimal", str)
URL = NewType("URL", str)
Position = NewType("Position", str)

MAX_POSITION: Final = 200
_SECONDS: Final = len('"2026-09-01T10:20:30')
_MILLISECONDS: Final = len('"2026-09-01T10:20:30.123')


@lru_cache(maxsize=4096)  # to take an address apart costs more than all else that is done with it
def safe_url(text: str | None) -> URL | None:
    """The address if it is one that is safe as a link, else None: better no link than a dangerous one."""
    return URL(text) if text is not None and link(text) is not None else None


@lru_cache(maxsize=256)  # all that one account counts holds for the same moment
def moment_text(moment: datetime) -> str:
    """The same as ``rfc3339``, in a third of the time: every row of every list has one."""
    if moment.tzinfo is not UTC:
        return rfc3339(moment)
    text = orjson.dumps(moment, option=orjson.OPT_UTC_Z)  # in quotes, with six decimals or none
    return text[1:_MILLISECONDS].decode() + "Z" if moment.microsecond >= 1000 else text[1:_SECONDS].decode() + "Z"


def _read_currency(value: object) -> Currency:
    if not isinstance(value, str):
        raise BadCurrency("a currency is written as its ISO 4217 code in capitals, such as CNY")
    return Currency.of(value)


def _read_position(value: object) -> Position:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_POSITION:
        raise BadUserInput("a position is the text that came with a message or a total", argument="after")
    return Position(value)


SCALARS: Final[Mapping[object, ScalarDefinition]] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number as text, such as "1234.50". Calculate with it in a decimal type, '
        "never in a binary float.",
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment in RFC 3339 form. It is given in UTC; an argument may carry any offset.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=moment_text,
        parse_value=read_rfc3339,
    ),
    Currency: strawberry.scalar(
        name="CurrencyCode",
        description="A currency as its three-letter ISO 4217 code in capitals, such as CNY.",
        specified_by_url="https://www.iso.org/iso-4217-currency-codes.html",
        serialize=str,
        parse_value=_read_currency,
    ),
    URL: strawberry.scalar(
        name="URL",
        description="An absolute address whose scheme is http or https, so it is safe to use as a link.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3986",
    ),
    Position: strawberry.scalar(
        name="Position",
        description="A place in the feeds of one campaign. It is opaque text: keep it, and send it back to go on from there.",
        parse_value=_read_position,
    ),
}
"""Which Python type stands for which scalar; only those that arguments may have read anything."""

"""How values are written. No amount is ever a float: a JSON number is written from its decimal digits."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from connectors.donordrive.emulator.habits import Forms
from schema.model.money import Currency

Row: TypeAlias = dict[str, Any]
"""A JSON object; of amounts it holds a Decimal with the decimals that are to be written."""

CDN: Final = "//cdn.example"
SITE: Final = "https://program.example"


def json_text(value: object) -> str:
    """A value as JSON. A Decimal is a number with just its digits."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {json_text(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(json_text(item) for item in value) + "]"
    return json.dumps(value)


def amount(minor: int, currency: Currency, *, full: bool) -> Decimal:
    """An amount in major units: 10, 250.5, or in ``full`` 10.00 and 250.50. Of a currency without decimals always 10."""
    exact = Decimal(minor).scaleb(-currency.exponent)
    return exact if full else exact.normalize()


def moment(at: datetime, forms: Forms) -> str:
    """A time as ``2026-05-02T18:29:41.93+0000``, cut to milliseconds."""
    milliseconds = f"{at.microsecond // 1000:03}"
    fraction = milliseconds[: forms.fraction_digits] if forms.fraction_digits else milliseconds.rstrip("0") or "0"
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{fraction}+0000"


def image(name: str, forms: Forms) -> str:
    """The address of an image."""
    return f"{'' if forms.images_without_scheme else 'https:'}{CDN}/{name}.gif"

"""Numbers, times and amounts as Alipay writes them. Each raises Unreadable with the field's name, and never shows a value."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.alipay import sheet
from connectors.reading import formed, text, word
from schema.model.money import Money
from schema.model.time import read_local

TRADE_NUMBER: Final = re.compile(r"[0-9A-Za-z]{1,64}", re.ASCII)
_MILLISECONDS: Final = re.compile(r"\.[0-9]{1,6}\Z", re.ASCII)


def number(fields: Mapping[str, Any], name: str, pattern: re.Pattern[str] = TRADE_NUMBER) -> str:
    """A number in Alipay's sense, of the form of a trade's unless told otherwise."""
    return formed(fields, name, pattern)


def moment(fields: Mapping[str, Any], name: str) -> datetime | None:
    """A wall-clock time of Beijing, or None when there is none. Raises BadTime.

    Only ``gmt_refund`` has milliseconds; they are cut off, so that every way tells the same time.
    """
    found = text(fields, name)
    return None if found is None else read_local(_MILLISECONDS.sub("", found), sheet.ZONE)


def yuan(fields: Mapping[str, Any], name: str) -> Money:
    """An amount in yuan. Raises BadAmount."""
    return Money.of_decimal(word(fields, name), sheet.CURRENCY)


def beijing(moment: datetime) -> str:
    """An aware moment as Alipay writes it."""
    return f"{moment.astimezone(sheet.ZONE):%Y-%m-%d %H:%M:%S}"

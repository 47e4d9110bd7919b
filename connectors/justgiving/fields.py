"""Amounts, counts, moments and parts as JustGiving writes them. Each raises Unreadable with the field's name.

Numbers are texts on pages and donations, numbers on teams and campaigns; both are read alike.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from connectors.justgiving import sheet
from connectors.reading import text
from schema.model.campaign import CampaignStatus
from schema.model.errors import BadAmount, Unreadable
from schema.model.money import Money
from schema.model.time import EARLIEST, LATEST

Words: TypeAlias = Mapping[str, Any]
"""A JSON object in JustGiving's words."""

_COUNT: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_DATE: Final = re.compile(r"/Date\((-?[0-9]{1,18})(?:[+-][0-9]{4})?\)/", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def amount(fields: Words, name: str, code: str | None) -> Money | None:
    """An amount in major units: exact, and not below zero. None where none is told. Raises BadCurrency."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    try:
        money = Money.of_decimal(str(value) if type(value) is int else value, code)
    except BadAmount:
        raise Unreadable(name) from None
    if money.minor < 0:
        raise Unreadable(name)
    return money


def goal(fields: Words, name: str, code: str | None) -> Money | None:
    """An amount to be reached; a goal of zero is none."""
    found = amount(fields, name, code)
    return found if found is not None and found.minor else None


def currency(fields: Words, name: str) -> str | None:
    """A currency's code in capitals, or None where none is told."""
    found = text(fields, name)
    return None if found is None else found.upper()


def count(fields: Words, name: str) -> int | None:
    """A whole number from zero, or None where none is told."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and _COUNT.fullmatch(value):
        value = int(value)
    if type(value) is not int or not 0 <= value < 10**15:
        raise Unreadable(name)
    return value


def moment(fields: Words, name: str) -> datetime | None:
    """Milliseconds since 1970, as in ``/Date(1777746600000+0000)/``. The offset does not change the instant.

    None where none is told, or one outside of this century: *assumed*, as the year 1 is what the platform's language has for
    no date.
    """
    written = text(fields, name)
    if written is None:
        return None
    found = _DATE.fullmatch(written)
    if found is None:
        raise Unreadable(name)
    milliseconds = int(found[1])
    if not (EARLIEST - _EPOCH) // _MILLISECOND <= milliseconds < (LATEST - _EPOCH) // _MILLISECOND:
        return None
    return _EPOCH + timedelta(milliseconds=milliseconds)


def part(fields: Words, name: str) -> Words:
    """An object within an object; empty where there is none."""
    value = fields.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Unreadable(name)
    return value


def rows(fields: Words, name: str) -> list[Words] | None:
    """A list of objects, or None where none is told."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise Unreadable(name)
    return value


def status(word: str | None, starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> CampaignStatus | None:
    """The dates first, as pages go on to be Active when they have expired (*assumed*); then the word."""
    if ends_at is not None and now >= ends_at:
        return CampaignStatus.ENDED
    if starts_at is not None and now < starts_at:
        return CampaignStatus.SCHEDULED
    return sheet.STATUSES.get(word or "")

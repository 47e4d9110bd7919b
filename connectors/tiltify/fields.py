"""Ids, amounts and times as Tiltify writes them. Each reader raises Unreadable with the field's name, and shows no value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self, TypeAlias

from connectors.reading import formed
from connectors.tiltify import sheet
from schema.model.errors import BadAmount, BadCurrency, BadTime, Unreadable
from schema.model.money import Money
from schema.model.time import read_rfc3339

Words: TypeAlias = Mapping[str, Any]
"""A JSON object in Tiltify's words."""

UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
"""A "public id". The old numbers of before 2023 are none, and will go."""


@dataclass(frozen=True, slots=True)
class Native:
    """What raises money, by its kind and UUID: a UUID alone does not tell where to ask for it."""

    kind: str
    uuid: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """From a native id, ``kind/UUID``; None for any other text."""
        kind, _, uuid = text.partition("/")
        return cls(kind, uuid.lower()) if kind in sheet.FOLDERS and UUID.fullmatch(uuid) else None

    def __str__(self) -> str:
        return f"{self.kind}/{self.uuid}"

    @property
    def path(self) -> str:
        """Where it is asked for."""
        return f"/api/public/{sheet.FOLDERS[self.kind]}/{self.uuid}"

    @property
    def distance(self) -> int:
        """How far from the donor things of its kind are."""
        return tuple(sheet.FOLDERS).index(self.kind)


def uuid(words: Words, name: str) -> str:
    """A UUID in lower case."""
    return formed(words, name, UUID).lower()


def uuid_or_none(words: Words, name: str) -> str | None:
    """The same, where it may be null or absent."""
    return None if words.get(name) is None else uuid(words, name)


def moment(words: Words, name: str) -> datetime | None:
    """A moment with its offset, or None where it is null or absent."""
    stated = words.get(name)
    try:
        return None if stated is None else read_rfc3339(stated)
    except BadTime:
        raise Unreadable(name) from None


def money(words: Words, name: str) -> Money | None:
    """An amount of zero or more, or None where it is null or absent."""
    stated = words.get(name)
    if stated is None:
        return None
    if not isinstance(stated, Mapping):
        raise Unreadable(name)
    try:
        amount = Money.of_decimal(stated.get("value"), stated.get("currency"))
    except (BadAmount, BadCurrency):
        raise Unreadable(name) from None
    if amount.minor < 0:
        raise Unreadable(name)
    return amount

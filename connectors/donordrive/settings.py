"""The settings of an account, declared and read: a program's host, and whom of it to follow."""

import re
from dataclasses import dataclass
from typing import Final, Self

from connectors.donordrive import sheet
from connectors.donordrive.sheet import Kind
from connectors.settings import SettingsReader
from connectors.spec import Setting, Settings
from schema.model.errors import BadCurrency, SettingsInvalid
from schema.model.money import Currency

SETTINGS: Final = (
    Setting("base_url", f"the host of the program's DonorDrive pages, such as {sheet.DEMO}", kind="url"),
    Setting(
        "fundraisers", "whom to follow: participants/ID, teams/ID or events/ID, with the number or the alias", kind="texts"
    ),
    Setting(
        "currency",
        "the ISO 4217 code of all amounts, where it is another one than the program tells, or it tells none",
        required=False,
    ),
)

MAX_HOST: Final = 100
"""Characters; with an id behind it, a host must fit into a native id."""

_HOST: Final = re.compile(rf"https?://(?=.{{1,{MAX_HOST}}}/?$)[0-9A-Za-z.\-]+(:[1-9][0-9]{{0,4}})?/?", re.ASCII | re.IGNORECASE)
_DEFAULT_PORTS: Final = (("http://", ":80"), ("https://", ":443"))


@dataclass(frozen=True, slots=True)
class Fundraiser:
    """Who or what raises money. ``id`` is its number, or in settings also its alias."""

    kind: Kind
    id: str

    @classmethod
    def of(cls, path: str) -> Self | None:
        """From a path such as ``participants/900001``, or None."""
        word, _, found = path.partition("/")
        return cls(Kind(word), found) if word in list(Kind) and sheet.ALIAS.fullmatch(found) else None

    @property
    def path(self) -> str:
        """Where it is, below ``/api/``."""
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True, slots=True)
class Account:
    """One host. ``base_url`` has no slash at its end, ``host`` is in lower case; ``currency`` overrules the program's."""

    base_url: str
    host: str
    fundraisers: tuple[Fundraiser, ...]
    currency: Currency | None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises SettingsInvalid with every problem at once; none of them quotes a value."""
        reading = SettingsReader(settings)
        address = reading.text(
            "base_url", _HOST, f"is an http(s) address of at most {MAX_HOST} characters without a path, such as {sheet.DEMO}"
        )
        fundraisers = tuple(reading.each("fundraisers", _fundraiser))
        currency = reading.key("currency", _currency) if reading.given("currency") else None
        if reading.problems:
            raise SettingsInvalid(reading.problems)
        base_url = address.lower().rstrip("/")
        for scheme, port in _DEFAULT_PORTS:  # so that one host has one name
            if base_url.startswith(scheme):
                base_url = base_url.removesuffix(port)
        return cls(base_url, base_url.partition("://")[2], fundraisers, currency)


def _fundraiser(path: str) -> Fundraiser:
    found = Fundraiser.of(path)
    if found is None:
        raise ValueError("is not of the form participants/ID, teams/ID or events/ID")
    return found


def _currency(code: str) -> Currency:
    try:
        return Currency.of(code)
    except BadCurrency as error:
        raise ValueError("is an ISO 4217 code in capitals, such as CAD") from error

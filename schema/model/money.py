"""Money: integer minor units of one ISO 4217 currency. No float, not even on the way.

Source of codes and exponents: the ``iso4217`` package (ISO 4217 table A.1).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, Self

import iso4217

from schema.model.errors import BadAmount, BadCurrency

MAX_DONATION: Final = 10**12
"""The largest single donation or refund in minor units; more is a mistake and is held."""
MAX_TOTAL: Final = 9 * 10**15
"""The largest total in minor units: Redis' Lua counts in doubles, which are exact up to 2**53."""
MAX_DIGITS: Final = 20

_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Currency:
    """A currency that is legal tender somewhere: its code in capitals and how many decimals it has."""

    code: str
    exponent: int

    @classmethod
    def of(cls, code: object) -> "Currency":
        """The currency of an ISO 4217 code in capitals. Raises BadCurrency; there is none without minor units (XXX, metals)."""
        found = _table().get(code) if isinstance(code, str) else None
        if found is None:
            shown = code[:8] if isinstance(code, str) else type(code).__name__
            raise BadCurrency(f"there is no currency with the ISO 4217 code {shown!r}")
        return found

    def __str__(self) -> str:
        return self.code


@cache
def _table() -> Mapping[str, Currency]:
    return {c.code: Currency(c.code, c.exponent) for c in iso4217.Currency if c.exponent is not None}


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount. ``minor`` counts the smallest units of the currency and may be negative in a difference."""

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise BadAmount(f"minor units are whole numbers, not {type(self.minor).__name__}")
        if abs(self.minor) > MAX_TOTAL:
            raise BadAmount("an amount beyond 9e15 minor units is not money")

    @classmethod
    def of_minor(cls, minor: object, code: object) -> Self:
        """From minor units that came as JSON: an int, or its plain digits as text. Anything else is BadAmount."""
        if isinstance(minor, str) and len(minor) <= MAX_DIGITS and re.fullmatch(r"-?[0-9]+", minor, re.ASCII):
            minor = int(minor)
        if type(minor) is not int:
            raise BadAmount("an amount in minor units is a whole number")
        return cls(minor, Currency.of(code))

    @classmethod
    def of_decimal(cls, text: object, code: object) -> Self:
        """From decimal text in major units, such as "1234.5". More decimals than the currency has must be zeros."""
        currency = Currency.of(code)
        found = _DECIMAL.fullmatch(text) if isinstance(text, str) and len(text) <= 2 * MAX_DIGITS else None
        if found is None:
            raise BadAmount("an amount is written in digits with at most one point, such as 1234.50")
        sign, whole, fraction = found[1], found[2], found[3] or ""
        if fraction[currency.exponent :].strip("0"):
            raise BadAmount(f"{currency.code} has {currency.exponent} decimals; the amount has more")
        minor = int(whole + fraction[: currency.exponent].ljust(currency.exponent, "0"))
        return cls(-minor if sign else minor, currency)

    @classmethod
    def of_scaled(cls, value: object, decimals: object, code: object) -> Self:
        """From an integer and the number of its decimals (Twitch: ``value``, ``decimal_places``); never rounds."""
        if type(value) is not int or type(decimals) is not int or not 0 <= decimals <= 9:
            raise BadAmount("a scaled amount is a whole number with 0 to 9 decimals")
        currency = Currency.of(code)
        shift = currency.exponent - decimals
        if shift >= 0:
            return cls(value * 10**shift, currency)
        minor, rest = divmod(value, 10**-shift)
        if rest:
            raise BadAmount(f"{currency.code} has {currency.exponent} decimals; the amount has more")
        return cls(minor, currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise BadCurrency(f"{self.currency.code} and {other.currency.code} cannot be added")
        return other.minor

    @property
    def decimal(self) -> str:
        """Major units as exact decimal text with the decimals of the currency: "1234.50" in CNY, "1234" in JPY."""
        sign, digits = ("-" if self.minor < 0 else ""), str(abs(self.minor)).rjust(self.currency.exponent + 1, "0")
        if not self.currency.exponent:
            return sign + digits
        return f"{sign}{digits[: -self.currency.exponent]}.{digits[-self.currency.exponent :]}"

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency.code}"


@dataclass(frozen=True, slots=True)
class Basket:
    """Sums in several currencies, side by side and never mixed. Iterates by currency code; ``of`` makes one."""

    parts: tuple[Money, ...] = ()

    def __post_init__(self) -> None:
        codes = [part.currency.code for part in self.parts]
        if any(one >= other for one, other in pairwise(codes)):
            raise BadCurrency("a basket holds each currency once, by code")

    @classmethod
    def of(cls, amounts: Iterable[Money]) -> "Basket":
        """Adds up what shares a currency."""
        sums: dict[Currency, Money] = {}
        for amount in amounts:
            sums[amount.currency] = sums[amount.currency] + amount if amount.currency in sums else amount
        return cls(tuple(sums[c] for c in sorted(sums)))

    def __add__(self, other: "Basket") -> "Basket":
        return Basket.of((*self.parts, *other.parts))

    def __iter__(self) -> Iterator[Money]:
        return iter(self.parts)

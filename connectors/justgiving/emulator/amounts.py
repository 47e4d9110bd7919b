"""Amounts as decimal text, made exactly from minor units."""

from typing import Final

from schema.model.money import Currency

SHORT: Final = 0
"""``25`` and ``25.5``: no zero at the end."""
PENCE: Final = 2
"""``25.00``."""
FOUR: Final = 4
"""``25.0000``, as a database holds it."""

FORMS: Final = (SHORT, PENCE, FOUR)
"""The forms in which amounts of donations have been seen."""

_SYMBOLS: Final = {"GBP": "£", "EUR": "€", "USD": "$", "AUD": "$", "CAD": "$", "NZD": "$", "SGD": "$", "HKD": "$", "ZAR": "R"}


def decimal(minor: int, currency: str, places: int = PENCE) -> str:
    """Major units with at least so many decimals, and with more where the amount has them. Never rounded."""
    exponent = Currency.of(currency).exponent
    digits = str(abs(minor)).rjust(exponent + 1, "0")
    whole, fraction = digits[: len(digits) - exponent], digits[len(digits) - exponent :].rstrip("0").ljust(places, "0")
    return ("-" if minor < 0 else "") + whole + (f".{fraction}" if fraction else "")


def symbol(currency: str) -> str:
    """What stands for a currency: one sign for several of them, or the code where there is no sign."""
    return _SYMBOLS.get(currency, currency)

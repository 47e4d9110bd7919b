"""Money as a person reads it, by Unicode's tables (CLDR, as Babel ships them)."""

import copy
import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern

from schema.model.money import Money

MAX_TAG: Final = 64
MAX_SUBTAGS: Final = 3
"""Language, script and territory: the tables know no finer ones that change how money is written."""

_ENGLISH: Final = Locale("en")
_SUBTAG = re.compile(r"[A-Za-z0-9]{2,8}", re.ASCII)


def formatted(money: Money, tag: str) -> str:
    """The amount with its currency's sign, in the language of a BCP 47 tag. Every tag is answered, English at last.

    All decimals of the currency are shown, also where custom leaves them out: the figure is the exact one.
    """
    return _written(money, nearest(tag) if len(tag) <= MAX_TAG else _ENGLISH)


@lru_cache(maxsize=4096)
def _written(money: Money, locale: Locale) -> str:
    pattern = _pattern(locale, money.currency.exponent)
    text: str = pattern.apply(Decimal(money.decimal), locale, currency=money.currency.code, currency_digits=False)
    return text


# Babel keeps each locale that was ever asked for, some 0.2 MB; there are about a thousand, so it is bounded.
@lru_cache(maxsize=1024)
def nearest(tag: str) -> Locale:
    """The known locale that shares most with a tag, from its left."""
    subtags = re.split("[-_]", tag)[:MAX_SUBTAGS]
    for count in range(len(subtags), 0, -1):
        if not all(_SUBTAG.fullmatch(subtag) for subtag in subtags[:count]):
            continue
        try:
            return Locale.parse("_".join(subtags[:count]))
        except (ValueError, UnknownLocaleError):
            continue
    return _ENGLISH


@lru_cache(maxsize=1024)
def _pattern(locale: Locale, decimals: int) -> NumberPattern:
    # CLDR has fewer decimals than ISO 4217 for some currencies (AFN, LBP, ...) and would round.
    pattern: NumberPattern = copy.copy(locale.currency_formats["standard"])
    pattern.frac_prec = (decimals, decimals)
    return pattern

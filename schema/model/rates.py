"""Rates, and sums in several currencies expressed in one. Exact until the one rounding at the end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from itertools import groupby
from typing import Final, Self, TypeAlias

from schema.model.errors import BadAmount, BadTime
from schema.model.money import Basket, Currency, Money

CONFIGURATION: Final = "CONFIGURATION"
ECB: Final = "ECB"
OUTDATED: Final = timedelta(days=10)
"""A rate that its source has left out for longer counts as none. The European Central Bank pauses for five days at most
(Easter; Christmas beside a weekend), so what is missing for twice as long was suspended, as RUB since 2022, or is gone."""

_EUR: Final = "EUR"
_SHOWN: Final = Context(prec=12, rounding=ROUND_HALF_EVEN)
_MOST: Final = 12
"""A stated rate is from 10^-12 up to 10^13: the exact quotient of any other could take any amount of memory."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of ``base`` is worth in ``quote``, as ``source`` states it for the day of ``as_of``.

    The value of one that was derived is rounded to 12 digits: it is there to be shown, ``Rates.convert`` takes the quotient.
    """

    base: str
    quote: str
    value: Decimal
    source: str
    as_of: datetime

    def __post_init__(self) -> None:
        if not self.value.is_finite() or self.value <= 0:
            raise BadAmount("a rate is a number above 0")
        if self.as_of.utcoffset() is None:
            raise BadTime("a rate's time carries its zone")

    @classmethod
    def of_ecb(cls, code: str, value: Decimal, day: date) -> Self:
        """A reference rate of the European Central Bank: one euro is worth ``value`` of ``code`` on that day."""
        return cls(_EUR, Currency.of(code).code, _bounded(value), ECB, datetime.combine(day, time(), UTC))

    @classmethod
    def of_configuration(cls, code: str, value: Decimal, currency: str, loaded_at: datetime) -> Self:
        """A fixed rate: one unit of ``code`` is worth ``value`` of the reporting currency."""
        return cls(Currency.of(code).code, Currency.of(currency).code, _bounded(value), CONFIGURATION, loaded_at)


def _bounded(value: Decimal) -> Decimal:
    if value.is_finite() and value and abs(value.adjusted()) > _MOST:
        raise BadAmount("a rate is a number from 10^-12 up to 10^13")
    return value


@dataclass(frozen=True, slots=True)
class Converted:
    """A sum of parts, expressed in one currency.

    ``money`` is the sum of what could be converted, rounded once; None when there are parts and none of them could be.
    ``parts`` are the exact sums, largest share first, those without a rate last. ``rates`` were used, in the order of the
    parts. ``missing`` are the currencies that are not in ``money``.
    """

    money: Money | None
    parts: tuple[Money, ...]
    rates: tuple[Rate, ...]
    missing: tuple[str, ...]

    @property
    def is_approximate(self) -> bool:
        """Whether any rate was used."""
        return bool(self.rates)


@dataclass(frozen=True, slots=True)
class _Found:
    rate: Rate
    exact: Fraction


_Stated: TypeAlias = dict[tuple[str, str], Rate]


class Rates:
    """The rates known at one moment, in any order. Of one pair and source the newest counts.

    A pair is looked for with one source after the other, the configuration first; with each as it stands, turned round, and
    across one currency that both have in common: the euro with the ECB, the reporting currency with the configuration.
    """

    def __init__(self, stated: Iterable[Rate] = ()) -> None:
        ordered = sorted(stated, key=lambda rate: (rate.source != CONFIGURATION, rate.source, rate.as_of, rate.value))
        self._sources = [_current(list(rates)) for _, rates in groupby(ordered, key=lambda rate: rate.source)]

    @property
    def current(self) -> tuple[Rate, ...]:
        """The stated ones that count. Equal where every conversion is equal."""
        return tuple(rate for stated in self._sources for rate in stated.values())

    def between(self, base: str, quote: str) -> Rate | None:
        """What one unit of ``base`` is worth in ``quote``, or None where no rate tells, as for a currency and itself."""
        found = self._find(base, quote)
        return None if found is None else found.rate

    def convert(self, basket: Basket, currency: str) -> Converted:
        """A basket in one currency, by its code. Without parts it is zero in that currency.

        Raises BadCurrency, and BadAmount where the sum is more than money can be (9e15 minor units).
        """
        target = Currency.of(currency)
        worths: list[tuple[Fraction, Money, Rate | None]] = []
        missing: list[Money] = []
        for part in basket:  # by code, and sorting is stable: equal shares stand by code
            if part.currency == target:
                worths.append((_major(part), part, None))
            elif (found := self._find(part.currency.code, target.code)) is not None:
                worths.append((_major(part) * found.exact, part, found.rate))
            else:
                missing.append(part)
        worths.sort(key=lambda worth: -worth[0])
        return Converted(
            money=None if missing and not worths else _rounded(sum((worth for worth, _, _ in worths), Fraction()), target),
            parts=(*(part for _, part, _ in worths), *missing),
            rates=tuple(rate for _, _, rate in worths if rate is not None),
            missing=tuple(part.currency.code for part in missing),
        )

    def _find(self, base: str, quote: str) -> _Found | None:
        if base != quote:
            for stated in self._sources:
                found = _direct(stated, base, quote) or _across(stated, base, quote)
                if found is not None:
                    return found
        return None


def _current(stated: list[Rate]) -> _Stated:
    """The newest of each pair, from oldest to newest. What lies too far behind the source's own newest is left out.

    The present does not matter: when a source cannot be reached, all of its rates stay, each with its day.
    """
    newest = stated[-1].as_of
    return {(rate.base, rate.quote): rate for rate in stated if newest - rate.as_of <= OUTDATED}


def _direct(stated: _Stated, base: str, quote: str) -> _Found | None:
    if (rate := stated.get((base, quote))) is not None:
        return _Found(rate, Fraction(rate.value))
    if (rate := stated.get((quote, base))) is not None:
        exact = 1 / Fraction(rate.value)
        return _Found(Rate(base, quote, _shown(exact), rate.source, rate.as_of), exact)
    return None


def _across(stated: _Stated, base: str, quote: str) -> _Found | None:
    for middle in sorted({code for pair in stated for code in pair}):
        first, second = _direct(stated, base, middle), _direct(stated, middle, quote)
        if first is not None and second is not None:
            exact = first.exact * second.exact
            as_of = min(first.rate.as_of, second.rate.as_of)
            return _Found(Rate(base, quote, _shown(exact), first.rate.source, as_of), exact)
    return None


def _shown(exact: Fraction) -> Decimal:
    return _SHOWN.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def _major(money: Money) -> Fraction:
    return Fraction(money.minor, 10**money.currency.exponent)


def _rounded(amount: Fraction, currency: Currency) -> Money:
    return Money(round(amount * 10**currency.exponent), currency)  # a Fraction is rounded half even

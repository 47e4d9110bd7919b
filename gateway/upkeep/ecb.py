"""The daily file of the European Central Bank: what it is, how it is read, and when it is not believed. Pure.

https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html
One euro in about 30 currencies, around 16:00 CET on working days except TARGET closing days; in between the file stays as
it is. A currency without a representative rate is left out (RUB since 2 March 2022).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from xml.parsers import expat  # see read: a document type, and with it every entity, is refused

from schema.model.errors import BadCurrency, UpstreamGarbled
from schema.model.money import Currency
from schema.model.rates import OUTDATED, Rate

MAX_BYTES: Final = 64 * 1024
"""The file has about 2,000."""
FEWEST: Final = 5
"""Fewer currencies of ours are no reference rates."""
FACTOR: Final = 5
"""No reference rate has moved so far between two files; a shifted point or a mixed-up row has."""

# expat writes a name as its namespace, the separator given and the local name
_CUBE: Final = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_RATE: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class DayRates:
    """What one euro was worth on a day, by currency code."""

    day: date
    rates: Mapping[str, Decimal]


def read(body: bytes) -> DayRates:
    """The day and the rates of a file, those of currencies that we do not know left out. Raises UpstreamGarbled.

    Bounded by its size alone: without a document type there are no entities, so that nothing grows and nothing is fetched.
    """
    if len(body) > MAX_BYTES:
        raise UpstreamGarbled(f"the file of rates is over {MAX_BYTES} bytes")
    days: list[str] = []
    rows: list[tuple[str, str]] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name == _CUBE and "time" in attributes:
            days.append(attributes["time"])
        elif name == _CUBE and "currency" in attributes:
            rows.append((attributes["currency"], attributes.get("rate", "")))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003
    except (expat.ExpatError, ValueError, LookupError) as error:  # also an encoding that it does not know
        raise UpstreamGarbled(f"the file of rates is no XML ({type(error).__name__})") from None
    if len(days) != 1:
        raise UpstreamGarbled(f"the file of rates has {len(days)} days")
    return DayRates(_day(days[0]), _rates(rows))


def check(found: DayRates, known: Iterable[Rate], today: date) -> None:
    """Raises UpstreamGarbled when a file cannot be believed beside what is known: then the whole of it is left alone.

    A rate that is known from long before it says nothing, so a currency that did move so far is known again in time.
    """
    last = {rate.quote: rate for rate in known}
    if found.day > today:
        raise UpstreamGarbled("the file of rates is of a day to come")
    if any(found.day < rate.as_of.date() for rate in last.values()):
        raise UpstreamGarbled("the file of rates is older than what is known")
    if len(found.rates) < FEWEST:
        raise UpstreamGarbled(f"the file of rates has {len(found.rates)} currencies")
    for code, value in found.rates.items():
        rate = last.get(code)
        if rate is None or found.day - rate.as_of.date() > OUTDATED:
            continue
        if not rate.value <= value * FACTOR or not value <= rate.value * FACTOR:
            raise UpstreamGarbled(f"the rate of {code} has moved beyond belief")


def _refuse(*_: object) -> None:
    raise UpstreamGarbled("the file of rates declares a document type")


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:  # no such day
        pass
    raise UpstreamGarbled("the file of rates has no day")


def _rates(rows: Iterable[tuple[str, str]]) -> Mapping[str, Decimal]:
    rates: dict[str, Decimal] = {}
    for text, value in rows:
        code = _known(text)
        if code is None:
            continue
        if code in rates:
            raise UpstreamGarbled(f"the file of rates has {code} twice")
        if not _RATE.fullmatch(value) or not Decimal(value):
            raise UpstreamGarbled(f"the rate of {code} is no number above 0")
        rates[code] = Decimal(value)
    return rates


def _known(text: str) -> str | None:
    try:
        return Currency.of(text).code
    except BadCurrency:
        return None

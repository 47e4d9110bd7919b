"""An understudy of the European Central Bank's daily file, for the demo and for tests. Its figures are invented."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.ports import Clock
from connectors.testing.emulation import ScaledClock, serve

PATH: Final = "/stats/eurofxref/eurofxref-daily.xml"
PUBLISHED_AT: Final = 16
"""The hour of Frankfurt at which the file of a working day appears."""
CLOSED: Final = frozenset({(1, 1), (5, 1), (12, 25), (12, 26)})
"""TARGET's fixed closing days, as month and day. Good Friday and Easter Monday are set as ``holidays`` by who needs them."""
AROUND: Final[Mapping[str, Decimal]] = {
    code: Decimal(value)
    for code, value in {
        "USD": "1.1600", "JPY": "172.00", "CZK": "24.600", "DKK": "7.4600", "GBP": "0.86500", "HUF": "395.00",
        "PLN": "4.2600", "RON": "5.0700", "SEK": "11.0000", "CHF": "0.9380", "ISK": "142.00", "NOK": "11.7000",
        "TRY": "48.0000", "AUD": "1.7800", "BRL": "6.3500", "CAD": "1.6100", "CNY": "8.3100", "HKD": "9.0500",
        "IDR": "19000.00", "ILS": "3.9000", "INR": "102.0000", "KRW": "1620.00", "MXN": "21.6000", "MYR": "4.9200",
        "NZD": "1.9800", "PHP": "66.500", "SGD": "1.4900", "THB": "37.600", "ZAR": "20.5000",
    }.items()
}  # fmt: skip
_ZONE: Final = ZoneInfo("Europe/Berlin")
_XML: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" \
xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender>
\t\t<gesmes:name>European Central Bank</gesmes:name>
\t</gesmes:Sender>
\t<Cube>
\t\t<Cube time='{day}'>
{rows}
\t\t</Cube>
\t</Cube>
</gesmes:Envelope>
"""
_BOMB: Final = """\
<?xml version="1.0"?>
<!DOCTYPE Envelope [
<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e SYSTEM "file:///etc/hostname">
]>
<Envelope>&d;&e;</Envelope>
"""


class Fault(StrEnum):
    """How the file can be wrong."""

    ABSURD = "ABSURD"
    """The point of one rate has moved by two places."""
    HTML = "HTML"
    """A page for people, with status 200."""
    BOMB = "BOMB"
    """Entities that grow, and one that reads a file."""
    DOWN = "DOWN"
    """503."""


class EcbEmulator:
    """Publishes on its clock: nothing new before 16:00 in Frankfurt, at weekends and on closing days.

    ``missing`` currencies are left out, and ``fault`` spoils every answer, for as long as they are set.
    """

    def __init__(self, *, clock: Clock | None = None, seed: int = 1) -> None:
        self.clock = clock or ScaledClock()
        self.seed = seed
        self.holidays: set[date] = set()
        self.missing: set[str] = set()
        self.fault: Fault | None = None
        self.asked = 0
        self.url = ""
        """The address of the file, while it is served."""
        self.app = Starlette(routes=[Route(PATH, self._answer)])

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Runs it on loopback within this event loop; gives the address of the file."""
        async with serve(self.app, port) as address:
            self.url = address + PATH
            yield self.url

    def day(self) -> date:
        """The day whose rates are published at this moment."""
        here = self.clock.now().astimezone(_ZONE)
        day = here.date() if here.hour >= PUBLISHED_AT else here.date() - timedelta(days=1)
        while day.weekday() >= 5 or (day.month, day.day) in CLOSED or day in self.holidays:
            day -= timedelta(days=1)
        return day

    def rates(self, day: date) -> dict[str, Decimal]:
        """What one euro is worth on a day, always the same for one seed: half a percent around a figure of its own."""
        found = {}
        for code, value in AROUND.items():
            wobble = random.Random(f"{self.seed} {day} {code}").randint(-50, 50)  # noqa: S311
            found[code] = (value * (10_000 + wobble) / 10_000).quantize(value)
        return {code: value for code, value in found.items() if code not in self.missing}

    async def _answer(self, _: Request) -> Response:
        self.asked += 1
        if self.fault is Fault.DOWN:
            return Response(status_code=503)
        if self.fault is Fault.HTML:
            return Response("<!DOCTYPE html><html><body>We will be back soon</body></html>", media_type="text/html")
        return Response(_BOMB if self.fault is Fault.BOMB else self._file(), media_type="text/xml")

    def _file(self) -> str:
        rates = self.rates(self.day())
        if self.fault is Fault.ABSURD:
            first = next(iter(rates))
            rates[first] *= 100
        rows = (f"\t\t\t<Cube currency='{code}' rate='{value}'/>" for code, value in rates.items())
        return _XML.format(day=self.day(), rows="\n".join(rows))

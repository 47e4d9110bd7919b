"""Alipay for a charity that is its merchant: a donation is a trade that was paid.

Push: signed notifications. Pull: one trade at a time, and the bill of a day.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import BinaryIO, Self

from connectors.alipay import mapping, sheet, statement, webhook
from connectors.alipay.api import Api
from connectors.alipay.fields import TRADE_NUMBER
from connectors.alipay.settings import Account
from connectors.alipay.unpacking import unpack
from connectors.contract import (
    Delivery,
    FetchesStatements,
    ReadsDonations,
    ReadsExports,
    Receipt,
    ReceivesDeliveries,
    Row,
)
from connectors.ports import Ports
from connectors.reading import readable
from connectors.spec import Settings
from schema.model.errors import (
    BadUserInput,
    CredentialsRefused,
    NotFound,
    Unreadable,
    UpstreamGarbled,
    UpstreamUnavailable,
)
from schema.model.facts import Movement
from schema.model.text import link


class Alipay:
    """One app and its seller."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account, self._clock = account, ports.clock
        self._api = Api(account, ports)

    @classmethod
    def build(cls, settings: Settings, ports: Ports) -> Self:
        """Raises SettingsInvalid with every problem at once."""
        return cls(Account.of(settings), ports)

    def receive(self, delivery: Delivery) -> Receipt:
        """See ``webhook.receive``."""
        return webhook.receive(delivery, self._account)

    async def donation(self, native_id: str) -> Sequence[Movement]:
        """The trade of a ``trade_no``. What was refunded of it in part is not told. Raises NotFound."""
        if not TRADE_NUMBER.fullmatch(native_id):
            raise NotFound("Alipay has no trade number of that form")
        with readable():
            answer = await self._api.ask(sheet.QUERY, {"trade_no": native_id})
            if answer.get("trade_no") != native_id:
                raise Unreadable("trade_no")
            return [mapping.asked(answer, self._account, self._clock.now())]

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """See ``statement.read_export``."""
        return statement.read_export(source, self._account)

    @asynccontextmanager
    async def statement(self, day: date) -> AsyncIterator[BinaryIO]:
        """The bill of a day in Beijing: its detail file, unpacked.

        There from 10:00 of the next day, for about 30 months. Alipay says the same of a bill that is not there yet and of
        a day without trades: before noon of the next day that raises UpstreamUnavailable, later NotFound. Raises
        BadUserInput for a day that has no bill (any more).
        """
        with self._api.scratch() as file:
            try:
                await self._fill(file, day)
            except UpstreamGarbled:  # above all an address that has expired, which lives for 30 s
                await self._fill(file, day)
            file.seek(0)
            yield file

    async def _fill(self, file: BinaryIO, day: date) -> None:
        url = await self._address(day)
        file.seek(0)
        file.truncate()
        try:
            async with self._api.download(url) as packed:
                await asyncio.to_thread(unpack, packed, file)  # seconds of work for the largest
        except (CredentialsRefused, NotFound) as error:  # our credentials are not asked for there: the address is no good
            raise UpstreamGarbled("the address of the bill is refused") from error

    async def _address(self, day: date) -> str:
        try:
            offer = await self._api.ask(
                sheet.BILL, {"bill_type": self._account.bill_type, "bill_date": day.isoformat()}, "bills"
            )
        except BadUserInput as error:
            today = self._clock.now().astimezone(sheet.ZONE).date()
            if today - sheet.BILLS_KEPT <= day < today:
                raise UpstreamGarbled("the gateway refuses a question that is right") from error
            raise BadUserInput(
                "there is no bill of that day: it is to come, or more than 30 months past", argument="day"
            ) from error
        except NotFound as error:
            if self._clock.now() < datetime.combine(day + timedelta(days=1), sheet.BILL_CERTAIN, sheet.ZONE):
                raise UpstreamUnavailable("the bill may still be in the making", retry_after=sheet.BILL_RETRY) from error
            raise NotFound("there were no trades on that day") from error
        url = link(offer.get("bill_download_url"))
        if url is None:
            raise UpstreamGarbled("the address of the bill is none")
        return url


_receives: type[ReceivesDeliveries] = Alipay
_reads: type[ReadsDonations] = Alipay
_imports: type[ReadsExports] = Alipay
_fetches: type[FetchesStatements] = Alipay

"""WeChat Pay for a charity that is its merchant: a donation is an order that was paid.

Push: signed and encrypted notifications. Pull: one order or refund at a time, and the bill of a day.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from typing import BinaryIO, Self
from urllib.parse import quote, urlencode

from connectors.contract import (
    Delivery,
    FetchesStatements,
    ReadsDonations,
    ReadsExports,
    Receipt,
    ReceivesDeliveries,
    RefreshesKeys,
    Row,
)
from connectors.http import HttpResponse
from connectors.ports import Ports
from connectors.reading import readable, word
from connectors.signing import same
from connectors.spec import Settings
from connectors.wechat_pay import mapping, sheet, statement, webhook
from connectors.wechat_pay.api import Api
from connectors.wechat_pay.keys import KeyRing
from connectors.wechat_pay.merchant import Lookup, Merchant
from connectors.wechat_pay.settings import Account
from connectors.wechat_pay.unpacking import unpack
from schema.model.errors import BadUserInput, GivingError, NotFound, Unreadable, UpstreamGarbled, UpstreamUnavailable
from schema.model.facts import DonationState, Movement
from schema.model.text import link


class WeChatPay:
    """One merchant number, direct or a service provider's."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account, self._clock = account, ports.clock
        self._keys = KeyRing(account.keys)
        self._api = Api(account, self._keys, ports)

    @classmethod
    def build(cls, settings: Settings, ports: Ports) -> Self:
        """Raises SettingsInvalid with every problem at once."""
        return cls(Account.of(settings), ports)

    def receive(self, delivery: Delivery) -> Receipt:
        """See ``webhook.receive``."""
        return webhook.receive(delivery, self._account, self._keys)

    async def refresh_keys(self) -> None:
        """See ``Api.refresh_keys``."""
        await self._api.refresh_keys()

    async def donation(self, native_id: str) -> Sequence[Movement]:
        """The order behind a lookup text (see ``Lookup``); behind that of a refund the order, then the refund as it is now.

        Raises NotFound.
        """
        lookup = Lookup.parse(native_id)
        return await self._refund(lookup) if lookup.refund else [await self._order(lookup)]

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """See ``statement.read_export``."""
        return statement.read_export(source, self._account)

    @asynccontextmanager
    async def statement(self, day: date) -> AsyncIterator[BinaryIO]:
        """The trade bill of a day in Beijing, unpacked and held against its hash. A provider's covers all its sub-merchants.

        There from 10:00 of the next day, for three months. Raises NotFound for a day without transactions,
        UpstreamUnavailable while it is being made, BadUserInput for a day that has no bill (any more).
        """
        with self._api.scratch() as file:
            try:
                await self._fill(file, day)
            except UpstreamGarbled:  # above all an address that has expired, which lives for 30 s to 5 min
                await self._fill(file, day)
            file.seek(0)
            yield file

    async def _order(self, lookup: Lookup) -> DonationState:
        if lookup.sub:
            path, who = sheet.PARTNER_ORDER_PATH, {"sp_mchid": self._account.mchid, "sub_mchid": lookup.sub}
        else:
            path, who = sheet.ORDER_PATH, {"mchid": self._account.mchid}
        response = await self._api.get(f"{path}{quote(lookup.number, safe='')}?{urlencode(who)}")
        with readable():
            order = {"transaction_id": lookup.number, **response.expect(200).object()}  # an unpaid order may lack it
            merchant = Merchant.of(order)
            if order["transaction_id"] != lookup.number or not self._account.owns(merchant):
                raise Unreadable("transaction_id")
            app = mapping.app_of(order, self._account.appid)
            found = mapping.payment(order, merchant, app, self._clock.now())
            if found is None:
                raise Unreadable("trade_state")
            return found

    async def _refund(self, lookup: Lookup) -> Sequence[Movement]:
        who = f"?{urlencode({'sub_mchid': lookup.sub})}" if lookup.sub else ""
        response = await self._api.get(f"{sheet.REFUND_PATH}{quote(lookup.number, safe='')}{who}")
        with readable():
            answer = response.expect(200).object()
            if answer.get("out_refund_no") != lookup.number:
                raise Unreadable("out_refund_no")
            found = mapping.refund(answer, Merchant(self._account.mchid, lookup.sub), self._clock.now())
            if found is None:
                raise Unreadable("status")
        return [await self._order(Lookup.parse(found.lookup)), found]

    async def _fill(self, file: BinaryIO, day: date) -> None:
        query = urlencode({"bill_date": day.isoformat(), "bill_type": "ALL", "tar_type": "GZIP"})
        response = await self._api.get(f"{sheet.BILL_PATH}?{query}", "bills")
        if response.status == 400:
            raise _no_bill(response)
        with readable(), _existing():
            offer = response.expect(200).object()
            url, expected = link(offer.get("download_url")), word(offer, "hash_value").lower()
            if url is None or word(offer, "hash_type") != "SHA1":
                raise Unreadable("download_url" if url is None else "hash_type")
        file.seek(0)
        file.truncate()
        with _existing():
            async with self._api.download(url) as packed:
                found = await asyncio.to_thread(unpack, packed, file)  # seconds of work for the largest
        if not same(found, expected):
            raise UpstreamGarbled("the bill is not what its hash says")


@contextmanager
def _existing() -> Iterator[None]:
    """Lets no 404 pass for a day without transactions, for which there is a code of its own."""
    try:
        yield
    except NotFound as error:
        raise UpstreamGarbled("the address of bills is not there") from error


def _no_bill(response: HttpResponse) -> GivingError:
    """What a 400 on asking for a bill means: https://pay.weixin.qq.com/doc/v3/merchant/4012791866"""
    code = response.object().get("code")
    if code == "NO_STATEMENT_EXIST":
        return NotFound("there were no transactions on that day")
    if code == "STATEMENT_CREATING":
        return UpstreamUnavailable("the bill is still being made", retry_after=sheet.BILL_RETRY)
    if code in ("INVALID_REQUEST", "PARAM_ERROR"):
        return BadUserInput("there is no bill of that day: it is to come, or more than 3 months past", argument="day")
    return UpstreamGarbled("a bill was refused with a code that is not known")


_receives: type[ReceivesDeliveries] = WeChatPay
_refreshes: type[RefreshesKeys] = WeChatPay
_reads: type[ReadsDonations] = WeChatPay
_imports: type[ReadsExports] = WeChatPay
_fetches: type[FetchesStatements] = WeChatPay

"""The half of Acme's connector that reads its bills, so that a spoiled variant can change any of its steps."""

import csv
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from io import TextIOWrapper
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from connectors.contract import Row
from connectors.http import HttpRequest
from connectors.ports import Ports
from schema.model.errors import BadUserInput
from schema.model.facts import DonationState, Movement, RefundState, Stage
from schema.model.money import Money
from schema.model.time import read_local
from schema.model.total import AmountSource

ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = "kind,id,donation,account,campaign,amount,paid,currency,payer,at,status"
MAX_LINE = 64 * 1024


class Bills:
    """Fetches the bill of a day, and reads bills."""

    account: str
    address: str
    ports: Ports

    def money_of(self, text: Any, code: Any) -> Money:
        """An amount."""
        raise NotImplementedError

    def progress_of(self, status: Any) -> Stage:
        """How far a donation has come."""
        raise NotImplementedError

    @asynccontextmanager
    async def statement(self, day: date) -> AsyncIterator[BinaryIO]:
        """The bill of a day."""
        request = HttpRequest("GET", f"{self.address}/bills/{day}", budget="bills")
        async with self.ports.http.download(request) as file:
            yield file

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """The rows of a bill."""
        lines = enumerate(TextIOWrapper(source, "utf-8", "replace", newline="\n"), 1)
        _, header = next(lines, (1, ""))
        if header.strip() != COLUMNS:
            yield Row(1, problem="this is no header of a bill")
            return
        for number, text in lines:
            cells = next(csv.reader([text[:MAX_LINE]]), [])
            if not self.is_others(cells):
                yield self.row(number, cells)

    def is_others(self, cells: list[str]) -> bool:
        """Whether a row is another account's."""
        return len(cells) == len(COLUMNS.split(",")) and cells[3] != self.account

    def row(self, number: int, cells: list[str]) -> Row:
        """One row of a bill."""
        try:
            kind, native, donation, _, campaign, amount, _, code, _, at, status = cells
            return Row(number, (self.movement(kind, native, donation, campaign, amount, code, at, status),))
        except (ValueError, KeyError, BadUserInput):
            return Row(number, problem="unreadable")

    def movement(
        self, kind: str, native: str, donation: str, campaign: str, amount: str, code: str, at: str, status: str
    ) -> Movement:
        """A gift, done or not, or a refund that is."""
        moment, source = self.local_of(at), AmountSource.MERCHANT_BILL
        money = self.money_of(amount, code) if amount else None
        if kind == "gift":
            return DonationState(native, campaign, self.progress_of(status), 0, money, moment, source)
        if kind != "refund" or money is None:
            raise ValueError("no such kind")
        return RefundState(native, donation, donation, Stage.COMPLETED, 0, money, moment, source)

    def local_of(self, text: str) -> datetime:
        """A moment."""
        return read_local(text, ZONE).astimezone(UTC)

"""Acme's connector with one fault each in what it asks, by the rule that must name it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any, BinaryIO, Final

from connectors.contract import Row
from connectors.http import HttpRequest
from schema.model.errors import GivingError, NotFound
from schema.model.facts import CampaignState, DonationState, Movement, RefundState
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.conformance.acme.bills import COLUMNS
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.spoiled.faults import Faults


class ListsOnlyBefore(AcmeConnector):
    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        async for movement in super().donations(campaign, since=since):
            if since is None or (isinstance(movement, DonationState) and movement.donated_at < since):
                yield movement


class BillsEveryDay(AcmeConnector):
    @asynccontextmanager
    async def statement(self, day: date) -> AsyncIterator[BinaryIO]:
        try:
            async with super().statement(day) as file:
                yield file
        except NotFound:
            yield BytesIO()


class ReadsTheClock(AcmeConnector):
    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        self.ports.clock.now()
        return super().read_export(source)


class ListsOtherIds(AcmeConnector):
    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        async for movement in super().donations(campaign, since=since):
            yield replace(movement, native_id=f"list-{movement.native_id}")


class LooksUpAnother(AcmeConnector):
    async def donation(self, native_id: str) -> Sequence[Movement]:
        return [replace(movement, native_id="G000001") for movement in await super().donation(native_id)]


class ListsGross(AcmeConnector):
    def campaign_of(self, row: Any) -> CampaignState:
        amount = Money.of_decimal(row["raised"]["amount"], "CNY")
        state = super().campaign_of(row)
        return replace(state, raised=replace(state.raised, amount=amount + Money.of_minor(1, "CNY"))) if state.raised else state


class BillsOtherLookups(AcmeConnector):
    """Names in its bills what nobody finds."""

    def row(self, number: int, cells: list[str]) -> Row:
        row = super().row(number, cells)
        return replace(
            row,
            movements=tuple(replace(m, lookup=f"bill/{m.lookup}") if isinstance(m, RefundState) else m for m in row.movements),
        )


class BillsAsIfAsked(AcmeConnector):
    def row(self, number: int, cells: list[str]) -> Row:
        row = super().row(number, cells)
        return replace(row, movements=tuple(replace(m, source=AmountSource.PLATFORM_API) for m in row.movements))


class BillsInUtc(AcmeConnector):
    def row(self, number: int, cells: list[str]) -> Row:
        row = super().row(number, cells)
        return replace(
            row,
            movements=tuple(
                replace(m, donated_at=m.donated_at + timedelta(hours=8)) if isinstance(m, DonationState) else m
                for m in row.movements
            ),
        )


class StopsAtABadRow(AcmeConnector):
    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        for row in super().read_export(source):
            if row.problem:
                return
            yield row


class SkipsAmountsThatItCannotRead(AcmeConnector):
    def row(self, number: int, cells: list[str]) -> Row:
        row = super().row(number, cells)
        return Row(number) if row.problem and len(cells) == len(COLUMNS.split(",")) else row


class BlamesNobody(AcmeConnector):
    async def ask(self, path: str) -> Any:
        return (await self.ports.http.send(HttpRequest("GET", self.address + path))).object()


class SwallowsFailures(AcmeConnector):
    async def donation(self, native_id: str) -> Sequence[Movement]:
        try:
            return await super().donation(native_id)
        except GivingError:
            raise NotFound("no such donation") from None


class FindsEverything(AcmeConnector):
    async def donation(self, native_id: str) -> Sequence[Movement]:
        try:
            return await super().donation(native_id)
        except NotFound:
            return []


class TrustsAnswers(AcmeConnector):
    async def campaign(self, native_id: str) -> CampaignState:
        return self.campaign_of(await self.ask(f"/campaigns/{native_id}"))


BY_RULE: Final[Faults] = {
    "lists-since-a-moment-hide-nothing": (ListsOnlyBefore,),
    "a-day-without-transactions-is-not-found": (BillsEveryDay,),
    "reading-a-statement-is-pure": (ReadsTheClock,),
    "lists-agree-with-deliveries": (ListsOtherIds,),
    "lookups-agree-with-deliveries": (
        LooksUpAnother,
        BillsOtherLookups,
    ),
    "sources-name-the-way": (BillsAsIfAsked,),
    "listed-campaigns-agree-with-the-books": (ListsGross,),
    "read-campaigns-agree-with-the-books": (ListsGross,),
    "statements-agree-with-deliveries": (BillsInUtc,),
    "a-damaged-row-hides-no-other": (
        StopsAtABadRow,
        SkipsAmountsThatItCannotRead,
    ),
    "refused-credentials-are-told": (BlamesNobody,),
    "a-failing-network-is-unavailable": (SwallowsFailures,),
    "a-missing-object-is-not-found": (FindsEverything,),
    "an-unknown-id-is-not-found": (FindsEverything,),
    "garbage-is-garbled": (TrustsAnswers,),
    "wrong-types-are-garbled": (TrustsAnswers,),
}

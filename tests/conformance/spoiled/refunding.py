"""Acme's connector with one fault each in what it makes of money that goes back, or never was ours."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from connectors.contract import Row
from schema.model.facts import DonationState, Movement, RefundState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.acme.public import Garbled
from tests.conformance.spoiled.faults import Faults


class RefundsTwice(AcmeConnector):
    def refund_of(self, row: Any, source: AmountSource) -> RefundState:
        refund = super().refund_of(row, source)
        return replace(refund, amount=refund.amount + refund.amount)


class TakesBackOnce(AcmeConnector):
    def refund_of(self, row: Any, source: AmountSource) -> RefundState:
        refund = super().refund_of(row, source)
        return replace(refund, native_id=f"back-{refund.donation}")


class BillsOtherRefunds(AcmeConnector):
    def row(self, number: int, cells: list[str]) -> Row:
        row = super().row(number, cells)
        return replace(
            row,
            movements=tuple(
                replace(m, native_id=f"bill-{m.native_id}") if isinstance(m, RefundState) else m for m in row.movements
            ),
        )


class RefundsNobody(AcmeConnector):
    def refund_of(self, row: Any, source: AmountSource) -> RefundState:
        refund = super().refund_of(row, source)
        return replace(refund, donation=f"gone-{refund.donation}")


class CountsUnfinished(AcmeConnector):
    def stage_of(self, status: Any) -> Stage:
        return Stage.COMPLETED


class BillsEverybody(AcmeConnector):
    def is_others(self, cells: list[str]) -> bool:
        return False


class ListsEverybody(AcmeConnector):
    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        with Garbled():
            async for row in self.pages(campaign):
                for movement in self.movements_of({**row, "campaign": campaign}):
                    yield movement


class TakesWhatThePayerPaid(AcmeConnector):
    def amount_of(self, row: Any) -> Money | None:
        return super().amount_of({**row, "amount": row["paid"]})


class BillsWhatThePayerPaid(AcmeConnector):
    def row(self, number: int, cells: list[str]) -> Row:
        return super().row(number, [*cells[:5], cells[6], *cells[6:]] if len(cells) > 6 else cells)


class ZeroForHidden(AcmeConnector):
    def amount_of(self, row: Any) -> Money | None:
        return super().amount_of(row) or Money.of_minor(0, row["currency"])


class ListsAsTheFirst(AcmeConnector):
    """Lists every donation with the amount of the first."""

    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        first: Money | None = None
        async for movement in super().donations(campaign, since=since):
            if isinstance(movement, DonationState):
                first = movement.amount if first is None else first
                movement = replace(movement, amount=first)
            yield movement


BY_RULE: Final[Faults] = {
    "refunds-take-off-what-was-given-back": (
        RefundsTwice,
        TakesBackOnce,
        BillsOtherRefunds,
    ),
    "refunds-stay-within-their-donation": (
        RefundsTwice,
        RefundsNobody,
    ),
    "unfinished-refunds-take-nothing-off": (CountsUnfinished,),
    "payments-of-others-are-not-ours": (
        BillsEverybody,
        ListsEverybody,
    ),
    "every-way-tells-the-same": (
        TakesWhatThePayerPaid,
        BillsWhatThePayerPaid,
        ListsAsTheFirst,
    ),
    "hidden-amounts-are-none": (ZeroForHidden,),
}

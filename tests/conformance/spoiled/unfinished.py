"""Acme's connector with one fault each in what it makes of donations that are not money, or not yet."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from connectors.contract import Row
from schema.model.facts import DonationState, Movement, Stage
from schema.model.total import AmountSource
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.acme.gifts import UNDER_WAY
from tests.conformance.spoiled.faults import Faults


class CountsInVain(AcmeConnector):
    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return replace(super().donation_of(row, source), stage=Stage.COMPLETED)


class BillsInVain(AcmeConnector):
    def row(self, number: int, cells: list[str]) -> Row:
        return super().row(number, [*cells[:-1], "done"])


class CountsWhatFailed(AcmeConnector):
    def progress_of(self, status: Any) -> Stage:
        return Stage.COMPLETED if status == "failed" else super().progress_of(status)


class ShowsWithoutAmount(AcmeConnector):
    """Takes what is not done for done, with an amount that is hidden."""

    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        state = super().donation_of(row, source)
        return state if state.stage is Stage.COMPLETED else replace(state, stage=Stage.COMPLETED, amount=None)


class LeavesOutOneMore(AcmeConnector):
    """Leaves out of lists what is not done, and the row before it."""

    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        before: list[Movement] = []
        async for movement in super().donations(campaign, since=since):
            if isinstance(movement, DonationState) and movement.stage is not Stage.COMPLETED:
                before.clear()
                continue
            for known in before:
                yield known
            before = [movement]
        for known in before:
            yield known


class GivesUpTooSoon(AcmeConnector):
    """Takes what is under way for what will never be: of two states of one version VOID wins."""

    def progress_of(self, status: Any) -> Stage:
        return Stage.VOID if status == UNDER_WAY else super().progress_of(status)


class CountsBothStates(AcmeConnector):
    """Takes what is under way for done, under a number of its own, so that it is there twice when it is done."""

    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        state = super().donation_of(row, source)
        if row["status"] != UNDER_WAY:
            return state
        return replace(state, native_id=f"early-{state.native_id}", stage=Stage.COMPLETED)


BY_RULE: Final[Faults] = {
    "unfinished-donations-count-nothing": (
        CountsInVain,
        BillsInVain,
        CountsWhatFailed,
        ShowsWithoutAmount,
        LeavesOutOneMore,
    ),
    "what-completes-later-counts-once": (
        GivesUpTooSoon,
        CountsBothStates,
    ),
}

"""Acme's connector with one fault each where there are several campaigns, or one row that cannot be read."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from schema.model.errors import BadAmount, UpstreamGarbled
from schema.model.facts import CampaignState, DonationState, Movement
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.acme.emulator import CAMPAIGN
from tests.conformance.spoiled.faults import Faults


class PutsAllIntoOneCampaign(AcmeConnector):
    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        return replace(super().donation_of(row, source), campaign=CAMPAIGN)


class BillsIntoOneCampaign(AcmeConnector):
    """Places right what is asked for and delivered."""

    def movement(self, kind: str, native: str, donation: str, campaign: str, *rest: str) -> Movement:
        return super().movement(kind, native, donation, CAMPAIGN, *rest)


class MistakesWhoseTotalItIs(AcmeConnector):
    def campaign_of(self, row: Any) -> CampaignState:
        first = vars(self).setdefault("first", row["raised"])
        return super().campaign_of({**row, "raised": first if row["id"] != CAMPAIGN else row["raised"]})


class StopsAfterTheFirst(AcmeConnector):
    async def campaigns(self) -> AsyncIterator[CampaignState]:
        async for state in super().campaigns():
            yield state
            return


class ListsTwice(AcmeConnector):
    async def campaigns(self) -> AsyncIterator[CampaignState]:
        for _ in range(2):
            async for state in super().campaigns():
                yield state


class DropsWhatItCannotRead(AcmeConnector):
    def listed_of(self, row: Any, campaign: str) -> Sequence[Movement]:
        try:
            return super().listed_of(row, campaign)
        except UpstreamGarbled:
            return ()


class StopsAtWhatItCannotRead(AcmeConnector):
    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        async for row in self.pages(campaign):
            for movement in self.listed_of(row, campaign):
                yield movement


class TakesTheUnreadableForNothing(AcmeConnector):
    def money_of(self, text: Any, code: Any) -> Money:
        try:
            return super().money_of(text, code)
        except BadAmount:
            return Money.of_minor(0, code)


class TakesTheAlikeForOne(AcmeConnector):
    def donation_of(self, row: Any, source: AmountSource) -> DonationState:
        donation = super().donation_of(row, source)
        return replace(donation, native_id=f"{donation.donor_name}-{donation.amount}")


BY_RULE: Final[Faults] = {
    "donations-that-are-alike-are-told-apart": (TakesTheAlikeForOne,),
    "every-gift-is-in-its-campaign": (
        PutsAllIntoOneCampaign,
        BillsIntoOneCampaign,
        MistakesWhoseTotalItIs,
    ),
    "deliveries-agree-with-the-books": (PutsAllIntoOneCampaign,),
    "a-damaged-row-hides-no-other": (TakesTheUnreadableForNothing,),
    "all-campaigns-are-listed": (
        StopsAfterTheFirst,
        ListsTwice,
    ),
    "a-damaged-row-of-a-list-is-told": (
        DropsWhatItCannotRead,
        StopsAtWhatItCannotRead,
        TakesTheUnreadableForNothing,
    ),
}

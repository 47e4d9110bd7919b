"""What of a donation is shown, and that what was erased is shown no more, whichever way it comes again."""

from collections.abc import Sequence
from typing import Final

from gateway.store.erased import Erased
from gateway.store.ledger import Ledger, Outcome
from gateway.store.peppers import Peppers
from gateway.store.record import face, nameless
from gateway.store.shelf import Shelf
from schema.model.facts import DonationState
from schema.model.ids import CampaignId, entity

WRITTEN: Final = (Outcome.APPLIED, Outcome.KEPT)


class Faces:
    """The only one who writes faces. Every method raises LedgerUnavailable; then it may be called again."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._shelf = Shelf(ledger.redis)
        self._erased = Erased(ledger.redis)

    async def donation(self, campaign: CampaignId, fact: DonationState, *, endorser: str, peppers: Peppers) -> Outcome:
        """``Ledger.donation``, with the face that the donation may have."""
        who, keys = entity(campaign.platform, fact.native_id), peppers.keys(campaign.platform, fact.donor)
        whole = face(fact, keys[0] if keys else b"")
        bare = nameless(whole)
        if whole == bare:
            return await self._ledger.donation(campaign, fact, endorser=endorser, face=bare)
        erased = await self._is_erased(campaign.platform, who, keys)
        outcome = await self._ledger.donation(campaign, fact, endorser=endorser, face=bare if erased else whole)
        # an erasure that began meanwhile may have looked before this face was there, or this process was killed in between
        if erased or (outcome in WRITTEN and await self._is_erased(campaign.platform, who, keys)):
            await self.strip(campaign, who)
        return outcome

    async def strip(self, campaign: CampaignId, donation: bytes) -> bool:
        """Takes name, message and the donor's key from a face, and tells followers; whether there was any of them."""
        while (known := await self._shelf.face(campaign, donation)) is not None:
            bare = nameless(known)
            if bare == known:
                return False
            if await self._ledger.amend(campaign, donation, bare, of=known) is Outcome.APPLIED:
                return True
        return False

    async def _is_erased(self, platform: str, donation: bytes, keys: Sequence[bytes]) -> bool:
        marks = [donation, *keys]
        by_donation, *by_donor = await self._erased.known(platform, marks)
        if any(by_donor) and not (by_donation and all(by_donor)):
            # one pepper knew the donor: the others are told, so that this one may go some day
            await self._erased.remember(platform, marks)
        return by_donation or any(by_donor)

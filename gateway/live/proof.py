"""Whether what somebody was told is still true, and whether this process knows of it."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeVar

from gateway.live.mailbox import Mailbox, Mailboxes
from gateway.read import positions
from gateway.read.reads import LedgerReads
from schema.model.errors import LedgerUnavailable
from schema.model.ids import CampaignId
from schema.model.total import Place

CATCH_UP_SECONDS: Final = 2.0
Read = TypeVar("Read")


class Proof:
    """``boxes`` are those that ring when a campaign moves."""

    def __init__(self, reads: LedgerReads, boxes: Mailboxes[CampaignId, Mailbox]) -> None:
        self._reads = reads
        self._boxes = boxes

    async def holds(self, campaign: CampaignId, position: str) -> bool:
        """Whether that very entry is in the ledger's log."""
        try:
            return await self.read(partial(self._reads.proven, campaign, position))
        except LedgerUnavailable:  # what is shown is known here; only the proof is not to be had
            return False

    async def read(self, asked: Callable[[], Awaitable[Read]]) -> Read:
        """What the ledger says. While changes are heard of it it is asked once more, as thousands who come back at once may
        have kept its first answer waiting for too long.
        """
        try:
            return await asked()
        except LedgerUnavailable:
            if not self._reads.follower.connected:
                raise
        return await asked()

    def is_reached(self, campaign: CampaignId, position: str) -> bool:
        """Whether this process has heard of it, or of what came after it."""
        return self._reads.place(campaign)[0] >= (positions.decode(position) or Place())

    async def reach(self, campaign: CampaignId, position: str) -> None:
        """Waits a moment for this process to hear what another one has already shown, so that no figure goes back."""
        if self.is_reached(campaign, position) or not await self.holds(campaign, position):
            return  # for a place that no log has nothing would come
        box = Mailbox()
        self._boxes.put_up(box, campaign)
        try:
            async with asyncio.timeout(CATCH_UP_SECONDS):
                while not self.is_reached(campaign, position):
                    await box.wait()
        except TimeoutError:
            return
        finally:
            self._boxes.take_down(box, campaign)

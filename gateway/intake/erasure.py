"""Somebody is forgotten: the names and messages of all gifts of a donor, or of one gift. No sum moves.

What is to be forgotten is remembered first, as hashes, so that whatever comes in from then on is shown without them. Then what
is there loses them. To begin anew after a stop does no harm.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, TypeAlias

from gateway.intake.faces import Faces
from gateway.intake.placement import Placements
from gateway.intake.rows import each
from gateway.store.erased import Erased
from gateway.store.peppers import Peppers
from gateway.store.record import donor_of, nameless
from gateway.store.shelf import Shelf
from schema.model.ids import CampaignId

AT_ONCE: Final = 64
"""Donations under way at the same moment, so that many share one write to disk."""
Found: TypeAlias = dict[CampaignId, int]
"""How many donations had something to forget, by campaign."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the network's campaigns were gone through, and how many donations were found so far."""

    campaigns: int
    of: int
    found: int


class Erasure:
    """Finds and forgets, or with ``dry`` only finds. Every method raises LedgerUnavailable; then it is called again."""

    def __init__(
        self, faces: Faces, shelf: Shelf, erased: Erased, placements: Placements, peppers: Peppers, *, dry: bool = False
    ) -> None:
        self._faces = faces
        self._shelf = shelf
        self._erased = erased
        self._placements = placements
        self._peppers = peppers
        self._dry = dry

    async def donor(self, platform: str, donor: str, tell: Callable[[Progress], None] = lambda _: None) -> Found:
        """All that a donor gave, in every campaign of the network that is in the ledger. ``donor`` is the network's own id."""
        keys, found = self._peppers.keys(platform, donor), Found()
        await self._remember(platform, keys)
        campaigns = await self._shelf.opened(platform)
        for number, campaign in enumerate(campaigns):
            tell(Progress(number, len(campaigns), sum(found.values())))
            given = set[bytes]()
            async for some in self._shelf.faces(campaign):
                given.update(who for who, kept in some.items() if donor_of(kept) in keys)
            if given:
                found[campaign] = await self._forget(campaign, given)
        tell(Progress(len(campaigns), len(campaigns), sum(found.values())))
        return found

    async def donation(self, platform: str, donation: bytes) -> Found:
        """One donation, by its entity, also one that is not known yet."""
        await self._remember(platform, [donation])
        placed = await self._placements.get(platform, donation)
        known = None if placed is None else await self._shelf.face(placed.campaign, donation)
        if placed is None or known is None or nameless(known) == known:
            return {}
        return {placed.campaign: await self._forget(placed.campaign, [donation])}

    async def _forget(self, campaign: CampaignId, donations: Collection[bytes]) -> int:
        await self._remember(campaign.platform, donations)
        if not self._dry:
            await each(sorted(donations), lambda donation: self._faces.strip(campaign, donation), AT_ONCE)
        return len(donations)

    async def _remember(self, platform: str, marks: Collection[bytes]) -> None:
        if not self._dry:
            await self._erased.remember(platform, marks)

"""Campaigns, their donations and charities, read from this process and the ledger."""

import base64
import binascii
import struct
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from gateway.read import positions
from gateway.read.known import Known, News
from gateway.store.record import shown
from gateway.store.shelf import Entry, Listed
from schema.model.campaign import Campaign, Milestone
from schema.model.charity import Charity
from schema.model.donation import Donation
from schema.model.errors import BadUserInput
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder, Page
from schema.model.platform import Platform
from schema.model.season import Action
from schema.model.total import Basis, Place

ENTITY_BYTES: Final = 16
_CURSOR: Final = struct.Struct(f">q{ENTITY_BYTES}s")


class CampaignReads(Known):
    """The part of ``schema.api.ports.Reads`` that is about campaigns."""

    async def platforms(self) -> Sequence[Platform]:
        """The connected networks, by key."""
        return [self.network(key) for key in sorted(self.follower.directory.platforms)]

    def platform(self, key: str) -> Platform | None:
        """One of them."""
        return self.network(key) if key in self.follower.directory.platforms else None

    async def campaign(self, campaign: CampaignId) -> Campaign | None:
        """One campaign. One that nobody has seen may be looked for: see ``gateway.read.sight``."""
        known = self.described(campaign)
        if self.sight is None:
            return known
        if known is None:
            await self.sight.find(campaign)
            known = self.described(campaign)
        if known is not None:
            self.sight.note(known)
        return known

    async def campaigns(self, where: CampaignFilter, order: CampaignOrder, *, first: int, after: str | None) -> Page[Campaign]:
        """A page of the catalogue."""
        catalog = self.follower.catalog
        asked = partial(catalog.page, where, order, first=first, after=after, now=self.now())
        found, more, total = await catalog.turns.read(asked, is_quick=catalog.is_quick(where, order))
        known = self.follower.campaigns.get
        rows = tuple([(cursor, campaign) for cursor, each in found if (campaign := known(each)) is not None])
        return Page(rows, more, total)

    async def milestones(self, campaign: CampaignId) -> Sequence[Milestone] | None:
        """What its fundraiser promised."""
        return self.follower.milestones.get(campaign)

    async def donations(
        self, campaign: CampaignId, *, since: datetime | None, until: datetime | None, first: int, after: str | None
    ) -> Page[Donation] | None:
        """A page of its feed. Of what was found at first sight no donations are read."""
        known = self.follower.campaigns.get(campaign)
        if known is not None and self.follower.directory.was_found(known):
            return None
        listed, more, total = await self.follower.shelf.listed(
            campaign,
            since=_ceiling(since),
            until=_ceiling(until),
            first=first,
            after=None if after is None else _place(after),
        )
        rows = tuple((_cursor(entry), self._shown(campaign, entry)) for entry in listed)
        return Page(rows, more, total)

    async def donation(self, campaign: CampaignId, entity: bytes) -> Donation | None:
        """One listed donation. Any bytes may be asked for: they come from a client's id."""
        found = await self.several(campaign, [entity]) if len(entity) == ENTITY_BYTES else []
        return found[0] if found else None

    async def several(self, campaign: CampaignId, entities: Sequence[bytes]) -> list[Donation]:
        """The listed ones among many, in this order."""
        return [self._shown(campaign, entry) for entry in await self.follower.shelf.donations(campaign, entities)]

    async def proven(self, campaign: CampaignId, position: str) -> bool:
        """Whether the very entry that a position names is in the log now, so that what came after it is known."""
        row = self.follower.totals[campaign]
        if row is not None and row.position == position:
            return row.place != Place()
        place = positions.decode(position)
        entry = None if place is None else await self.follower.shelf.entry(campaign, place)
        return entry is not None and _position(campaign, entry) == position

    async def news_after(self, campaign: CampaignId, position: str, most: int) -> list[News]:
        """The entries of the log after a position, oldest first, at most ``most``."""
        place = positions.decode(position)
        if place is None:
            return []
        entries = await self.follower.shelf.entries(campaign, f"({place}", most)
        return [News(campaign, _position(campaign, entry), entry.place, entry.kind, entry.entity) for entry in entries]

    async def charity(self, key: str) -> Charity | None:
        """One charity, from the configuration or from the campaigns that name it."""
        catalog = self.follower.catalog
        return await catalog.turns.read(partial(catalog.charities.__getitem__, key), is_quick=True)

    async def charities(self, search: str, *, first: int, after: str | None) -> Page[Charity]:
        """Those whose names have every word, by name."""
        catalog = self.follower.catalog
        asked = partial(catalog.charities.page, search, first=first, after=after)
        rows, more, total = await catalog.turns.read(asked, is_quick=not search)
        return Page(tuple(rows), more, total)

    async def parent(self, campaign: CampaignId) -> Campaign | None:
        """The nearest of those whose totals include it that is listed here."""
        known = self.follower.campaigns.get(campaign)
        parents = () if known is None else known.part_of
        found = (self.described(CampaignId(campaign.platform, native)) for native in parents)
        return next((parent for parent in found if parent is not None), None)

    async def actions(self, campaign: CampaignId) -> Sequence[Action]:
        """What people can do for it."""
        return self.follower.directory.actions(campaign)

    def _shown(self, campaign: CampaignId, entry: Listed) -> Donation:
        row = self.follower.totals[campaign]
        return shown(
            campaign,
            entry.entity,
            entry.record,
            entry.face,
            tells_refunds=row is not None and row.basis is Basis.COUNTED,
        )


def _ceiling(moment: datetime | None) -> int | None:
    """Donations are kept by the second: a moment within one begins with the next."""
    return None if moment is None else -int(-moment.timestamp() // 1)


def _position(campaign: CampaignId, entry: Entry) -> str:
    return positions.encode(campaign, entry.place, entry.raised, entry.count)


def _cursor(entry: Listed) -> str:
    return base64.urlsafe_b64encode(_CURSOR.pack(entry.at, entry.entity)).decode().rstrip("=")


def _place(cursor: str) -> tuple[int, bytes]:
    try:
        at, entity = _CURSOR.unpack(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, struct.error):
        raise BadUserInput("this is no cursor of this list", argument="after") from None
    return at, entity

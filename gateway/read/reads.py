"""The first door of ``schema.api``: what is known, answered from this process and the ledger, never from a network."""

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.ports import Clock
from gateway.read import positions
from gateway.read.follower import Follower
from gateway.store.record import shown
from gateway.store.shelf import Listed
from schema.api.ports import CampaignReading, PlatformReading, TotalReading
from schema.model.campaign import CampaignStatus
from schema.model.charity import Charity
from schema.model.donation import Donation
from schema.model.errors import BadUserInput
from schema.model.freshness import Freshness, Health
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder, Page
from schema.model.total import Basis, Place

ENTITY_BYTES: Final = 16
_CURSOR: Final = struct.Struct(f">q{ENTITY_BYTES}s")


@dataclass(frozen=True, slots=True)
class News:
    """One entry of a campaign's log. ``kind`` is "received" or "changed" when it is to be announced."""

    position: str
    place: Place
    kind: str
    entity: bytes


class LedgerReads:
    """``schema.api.ports.Reads`` over what a Follower knows."""

    def __init__(self, follower: Follower, clock: Clock, time_zone: str) -> None:
        self._known = follower
        self._clock = clock
        self._time_zone = time_zone

    def now(self) -> datetime:
        """The present."""
        return self._clock.now()

    @property
    def time_zone(self) -> str:
        """The IANA name of the zone in which days are cut."""
        return self._time_zone

    async def platforms(self) -> Sequence[PlatformReading]:
        """The connected networks, by key."""
        return [self._platform(key) for key in sorted(self._known.directory.platforms)]

    async def platform(self, key: str) -> PlatformReading | None:
        """One of them."""
        return self._platform(key) if key in self._known.directory.platforms else None

    async def campaign(self, campaign: CampaignId) -> CampaignReading | None:
        """One campaign."""
        return self.reading(campaign)

    def reading(self, campaign: CampaignId) -> CampaignReading | None:
        """The same at once, for live messages."""
        known = self._known.campaigns.get(campaign)
        if known is None:
            return None
        return CampaignReading(known, self._freshness(known.account), self._known.updated_at(known))

    async def campaigns(
        self, where: CampaignFilter, order: CampaignOrder, *, first: int, after: str | None
    ) -> Page[CampaignReading]:
        """A page of the catalogue."""
        found, more, total = self._known.catalog.page(where, order, first=first, after=after, now=self.now())
        rows = tuple((cursor, reading) for cursor, campaign in found if (reading := self.reading(campaign)) is not None)
        return Page(rows, more, total)

    async def total(self, campaign: CampaignId) -> TotalReading | None:
        """Its total."""
        return self.total_now(campaign)

    def total_now(self, campaign: CampaignId) -> TotalReading | None:
        """The same at once, for live messages."""
        row, known = self._known.totals[campaign], self._known.campaigns.get(campaign)
        total = None if row is None else row.total(campaign)
        if row is None or known is None or total is None:
            return None
        # what is counted holds until something else is heard; what a network states, since it last spoke of this campaign
        heard = self._health(known.account).as_of if row.basis is Basis.COUNTED else known.as_of
        return TotalReading(total, max([row.at, *([heard] if heard else [])]), self._freshness(known.account), row.position)

    async def donations(
        self, campaign: CampaignId, *, since: datetime | None, until: datetime | None, first: int, after: str | None
    ) -> Page[Donation]:
        """A page of its feed."""
        listed, more, total = await self._known.shelf.listed(
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
        return [self._shown(campaign, entry) for entry in await self._known.shelf.donations(campaign, entities)]

    async def proven(self, campaign: CampaignId, position: str) -> bool:
        """Whether the very entry that a position names is in the log now, so that what came after it is known."""
        row = self._known.totals[campaign]
        if row is not None and row.position == position:
            return row.place != Place()
        place = positions.decode(position)
        entry = None if place is None else await self._known.shelf.entry(campaign, place)
        return entry is not None and positions.encode(entry.place, entry.raised, entry.count) == position

    async def news_after(self, campaign: CampaignId, position: str, most: int) -> list[News]:
        """The entries of the log after a position, oldest first, at most ``most``."""
        place = positions.decode(position)
        if place is None:
            return []
        entries = await self._known.shelf.entries(campaign, f"({place}", most)
        return [
            News(positions.encode(entry.place, entry.raised, entry.count), entry.place, entry.kind, entry.entity)
            for entry in entries
        ]

    def place(self, campaign: CampaignId) -> tuple[Place, str]:
        """Where the campaign's feeds stand, and that as a position."""
        row = self._known.totals[campaign]
        return (Place(), positions.encode(Place(), "", "")) if row is None else (row.place, row.position)

    async def charity(self, key: str) -> Charity | None:
        """One charity, from the configuration or from the campaigns that name it."""
        if key in self._known.directory.charities:
            return self._known.directory.charities[key]
        return next((c.charity for c in self._known.campaigns.values() if c.charity is not None and c.charity.key == key), None)

    def _shown(self, campaign: CampaignId, entry: Listed) -> Donation:
        row = self._known.totals[campaign]
        return shown(
            campaign,
            entry.entity,
            entry.record,
            entry.face,
            tells_refunds=row is not None and row.basis is Basis.COUNTED,
        )

    def _platform(self, key: str) -> PlatformReading:
        spec = self._known.directory.platforms[key]
        now = self.now()
        running = {
            campaign.account
            for campaign in self._known.campaigns.values()
            if campaign.id.platform == key and campaign.status(now) is CampaignStatus.ACTIVE
        }
        heard = [
            moment
            for name, entry in self._known.directory.accounts.items()
            if entry.spec.key == key and (moment := self._health(name).as_of) is not None
        ]
        worst = Freshness.worst([self._freshness(account) for account in running])
        return PlatformReading(key, spec.name, spec.homepage, worst, max(heard, default=None))

    def _health(self, account: str) -> Health:
        return self._known.health[account]

    def _freshness(self, account: str) -> Freshness:
        # without the channel nothing new can be heard, however healthy the networks are
        return self._health(account).freshness(self.now()) if self._known.connected else Freshness.STALE


def _ceiling(moment: datetime | None) -> int | None:
    """Donations are kept by the second: a moment within one begins with the next."""
    return None if moment is None else -int(-moment.timestamp() // 1)


def _cursor(entry: Listed) -> str:
    return base64.urlsafe_b64encode(_CURSOR.pack(entry.at, entry.entity)).decode().rstrip("=")


def _place(cursor: str) -> tuple[int, bytes]:
    try:
        at, entity = _CURSOR.unpack(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, struct.error):
        raise BadUserInput("this is no cursor of this list", argument="after") from None
    return at, entity

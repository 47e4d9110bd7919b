"""The only two doors through which resolvers see the world. Everything that comes through is a value of ``schema.model``."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schema.model.campaign import Campaign
from schema.model.charity import Charity
from schema.model.donation import Donation
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder, Page
from schema.model.total import Total


@dataclass(frozen=True, slots=True)
class TotalReading:
    """A total with how far it can be trusted. ``position`` is opaque text."""

    total: Total
    as_of: datetime
    freshness: Freshness
    position: str


@dataclass(frozen=True, slots=True)
class CampaignReading:
    """A campaign's description with how far it can be trusted. ``updated_at``: total, goal or status last changed."""

    campaign: Campaign
    freshness: Freshness
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PlatformReading:
    """A network with the worst freshness of its running campaigns, if any is running."""

    key: str
    name: str
    homepage: str
    freshness: Freshness | None
    as_of: datetime | None


class Reads(Protocol):
    """What is known. No method asks a network. A method that cannot reach the store raises GivingError."""

    def now(self) -> datetime:
        """The present, for what depends on dates."""
        ...

    @property
    def time_zone(self) -> str:
        """The IANA name of the zone in which days are cut."""
        ...

    async def platforms(self) -> Sequence[PlatformReading]:
        """The connected networks, by key."""
        ...

    async def platform(self, key: str) -> PlatformReading | None:
        """One of them. There is one for every campaign that is given out."""
        ...

    async def campaign(self, campaign: CampaignId) -> CampaignReading | None:
        """One campaign."""
        ...

    async def campaigns(
        self, where: CampaignFilter, order: CampaignOrder, *, first: int, after: str | None
    ) -> Page[CampaignReading]:
        """A page of campaigns. Raises BadUserInput with argument ``after`` for a cursor that is none of this order's."""
        ...

    async def total(self, campaign: CampaignId) -> TotalReading | None:
        """Its total, or None while no figure was ever known."""
        ...

    async def donations(
        self, campaign: CampaignId, *, since: datetime | None, until: datetime | None, first: int, after: str | None
    ) -> Page[Donation] | None:
        """A page of its completed donations, newest first, or None where its source tells no single ones.

        Raises BadUserInput with argument ``after`` for a cursor that is none of ours.
        """
        ...

    async def donation(self, campaign: CampaignId, entity: bytes) -> Donation | None:
        """One listed donation."""
        ...

    async def charity(self, key: str) -> Charity | None:
        """One charity."""
        ...


@dataclass(frozen=True, slots=True)
class TotalUpdate:
    """One message of a total's feed."""

    campaign: CampaignId
    position: str
    recovered: bool


@dataclass(frozen=True, slots=True)
class DonationsUpdate:
    """One message of a donation feed: at most 100 of each kind, oldest first."""

    campaign: CampaignId
    received: tuple[Donation, ...]
    changed: tuple[Donation, ...]
    missed: int | None
    position: str
    recovered: bool


class Live(Protocol):
    """What can be followed. The first value comes at once; the generators end only when they are closed."""

    def campaign_total(self, campaign: CampaignId, *, after: str | None, max_rate: float) -> AsyncGenerator[TotalUpdate, None]:
        """The newest state, at most ``max_rate`` times a second. Raises NotFound at the first step."""
        ...

    def campaign_donations(self, campaign: CampaignId, *, after: str | None) -> AsyncGenerator[DonationsUpdate, None]:
        """Donations in order, at most ten messages a second. Raises NotFound at the first step."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What an operation runs with: made from the scope alone, without a request."""

    reads: Reads
    live: Live
    scope: str = "public"

"""What comes through the two doors: values of ``schema.model`` with how far they can be trusted, and live messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from schema.model.donation import Donation
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.platform import Platform
from schema.model.rates import Converted
from schema.model.season import Season
from schema.model.total import Total


class TotalReading(NamedTuple):
    """A total with how far it can be trusted. ``position`` is opaque text."""

    total: Total
    as_of: datetime
    freshness: Freshness
    position: str


class PlatformStanding(NamedTuple):
    """The worst freshness of a network's running campaigns, if any is running, and when it was last heard of."""

    freshness: Freshness | None
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class EngagementReading:
    """Counters with how far they can be trusted."""

    engagement: Engagement
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class PostReading:
    """A post, and how fresh its counters are where they were ever read."""

    post: Post
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class SeasonTotalReading:
    """The sum of many campaigns. ``goal`` is in the currency asked for, None without one, without a rate, and for a phase."""

    raised: Converted
    goal: Money | None
    count: int
    campaigns: int
    as_of: datetime
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class SeasonPeriodReading:
    """What many campaigns raised within a span, as in ``schema.model.history.Period``."""

    since: datetime
    until: datetime
    raised: Converted
    count: int
    so_far: Converted


@dataclass(frozen=True, slots=True)
class PlatformShare:
    """One network's share of a season."""

    platform: Platform
    raised: Converted
    count: int
    campaigns: int


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


@dataclass(frozen=True, slots=True)
class SeasonTotalUpdate:
    """One message of a season's total."""

    season: Season
    recovered: bool


@dataclass(frozen=True, slots=True)
class SeasonDonationsUpdate:
    """One message of a season's donations, in order for each campaign."""

    received: tuple[Donation, ...]
    changed: tuple[Donation, ...]
    missed: int | None
    recovered: bool

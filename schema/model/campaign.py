"""What raises money on one network, in one currency."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schema.model.charity import Charity
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money


class CampaignStatus(StrEnum):
    """Where a campaign stands in its life."""

    SCHEDULED = "SCHEDULED"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class Milestone:
    """What a fundraiser promises at a total. ``reached`` is what the network says of it; None where it says nothing."""

    title: str
    amount: Money
    reached: bool | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """The description of a campaign, as last read from its network or the configuration; its total is elsewhere."""

    id: CampaignId
    title: str
    currency: Currency | None
    """None until an amount told it."""
    account: str
    """The account of ours through which the network is heard."""
    as_of: datetime
    """When this description was last read."""
    summary: str | None = None
    url: str | None = None
    donate_url: str | None = None
    image: str | None = None
    stated: CampaignStatus | None = None
    """The status as the network states it; where it states none, the dates tell."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    charity: Charity | None = None
    categories: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    """Native ids of the teams or events whose totals include this one's, nearest first."""
    goal: Money | None = None
    changed_at: datetime | None = None
    """When goal or status last changed."""

    def status(self, now: datetime) -> CampaignStatus:
        """What the network states, else what the dates say."""
        if self.stated is not None:
            return self.stated
        if self.starts_at is not None and now < self.starts_at:
            return CampaignStatus.SCHEDULED
        if self.ends_at is not None and now >= self.ends_at:
            return CampaignStatus.ENDED
        return CampaignStatus.ACTIVE

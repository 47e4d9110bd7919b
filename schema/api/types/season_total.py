"""How much the campaigns of a season have raised together, as clients see it."""

from datetime import datetime

import strawberry

from schema.api.field import field, object_type
from schema.api.readings import PlatformShare, SeasonPeriodReading, SeasonTotalReading
from schema.api.types.converted import ConvertedMoney
from schema.api.types.freshness import Freshness
from schema.api.types.money import Money, share, shown
from schema.api.types.platform import Platform


@object_type
class SeasonTotal:
    """How much the campaigns of a season or phase have raised together."""

    reading: strawberry.Private[SeasonTotalReading]

    @field
    def raised(self) -> ConvertedMoney:
        """The sum of what the campaigns raised, each as in Total."""
        return ConvertedMoney(value=self.reading.raised)

    @field
    def goal(self) -> Money | None:
        """The goal that the organisers declared for the season, never a sum of goals. \
        It is null without one, without a rate, and for a phase."""
        return shown(self.reading.goal)

    @field
    def progress(self) -> float | None:
        """What was raised divided by the goal: 1 is reached, and more is possible. It is null without a goal or a sum."""
        return share(self.reading.raised.money, self.reading.goal)

    @field
    def donation_count(self) -> int:
        """How many donations are known, at least: campaigns with an unknown count add none."""
        return self.reading.count

    @field
    def campaign_count(self) -> int:
        """How many campaigns are in the sum. Those without a known total, and those counted within a parent, are not."""
        return self.reading.campaigns

    @field
    def as_of(self) -> datetime:
        """The oldest `asOf` among the totals of running campaigns; \
        if none is running the newest of all, and without campaigns the present."""
        return self.reading.as_of

    @field
    def freshness(self) -> Freshness:
        """The worst freshness among the totals of running campaigns, or CACHED if none is running."""
        return self.reading.freshness


@object_type
class SeasonPeriod:
    """What the campaigns of a season raised within a span."""

    reading: strawberry.Private[SeasonPeriodReading]

    @field
    def since(self) -> datetime:
        """The beginning. It is later than asked for when earlier changes are unknown for every campaign."""
        return self.reading.since

    @field
    def until(self) -> datetime:
        """The end, which is not included. In an interval under way it is the present."""
        return self.reading.until

    @field
    def raised(self) -> ConvertedMoney:
        """
        The change of the sum within the span. It is negative when more was refunded than given. \
        What a campaign had raised before it was first
        seen is in `raisedSoFar` only.
        """
        return ConvertedMoney(value=self.reading.raised)

    @field
    def donation_count(self) -> int:
        """How many donations are known within the span, at least."""
        return self.reading.count

    @field
    def raised_so_far(self) -> ConvertedMoney:
        """The sum at the end of the span."""
        return ConvertedMoney(value=self.reading.so_far)


@object_type
class PlatformTotal:
    """One network's share of a season."""

    reading: strawberry.Private[PlatformShare]

    @field
    def platform(self) -> Platform:
        """The network on which these campaigns run."""
        return Platform(value=self.reading.platform)

    @field
    def raised(self) -> ConvertedMoney:
        """What they raised."""
        return ConvertedMoney(value=self.reading.raised)

    @field
    def donation_count(self) -> int:
        """How many donations are known, at least."""
        return self.reading.count

    @field
    def campaign_count(self) -> int:
        """How many campaigns are in the sum."""
        return self.reading.campaigns

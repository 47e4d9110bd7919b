"""What raises money on one network, as clients see it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.api import ids
from schema.api.field import Info, argument, field, object_type
from schema.api.pagination import After, First, page_size, present
from schema.api.scalars import URL, safe_url
from schema.api.types.action import Action
from schema.api.types.campaign_status import CampaignStatus
from schema.api.types.charity import Charity
from schema.api.types.donations import DonationConnection, DonationFilter, donation_page
from schema.api.types.endorsements import EndorsementConnection
from schema.api.types.engagement import Engagement, EngagementSample
from schema.api.types.freshness import Freshness
from schema.api.types.history import CampaignPeriod, Each, FirstChange, Interval, RoundedUntil, Until, end
from schema.api.types.milestone import Milestone
from schema.api.types.money import Money, shown
from schema.api.types.node import Node
from schema.api.types.platform import Platform
from schema.api.types.total import Total
from schema.model import campaign as model
from schema.model import money

if TYPE_CHECKING:
    from schema.api.types.season import Season


@object_type
class Campaign(Node):
    """Something that raises money on one network: a streamer's campaign, a fundraising page, a team, an event, \
    a project of a merchant."""

    value: strawberry.Private[model.Campaign]

    @field
    def id(self) -> strawberry.ID:
        """The global id."""
        return ids.campaign_id(self.value.id)

    @field
    def platform(self, info: Info) -> Platform:
        """The network on which it runs."""
        found = info.context.reads.platform(self.value.id.platform)
        if found is None:
            raise LookupError(f"a campaign on {self.value.id.platform} is given out, but not the network")
        return Platform(value=found)

    @field
    def external_id(self) -> str:
        """The network's own id, as its connector spells it; for payment networks the key in the configuration."""
        return self.value.id.native

    @field
    def title(self) -> str:
        """The title, in plain text. A network without titles gives the charity's name."""
        return self.value.title

    @field
    def summary(self) -> str | None:
        """A short description in plain text, without markup."""
        return self.value.summary

    @field
    def url(self) -> URL | None:
        """The page of the campaign."""
        return safe_url(self.value.url)

    @field
    def donate_url(self) -> URL | None:
        """The page on which to give."""
        return safe_url(self.value.donate_url)

    @field
    def image(self) -> URL | None:
        """A picture for the campaign."""
        return safe_url(self.value.image)

    @field
    def status(self, info: Info) -> CampaignStatus:
        """Where the campaign stands in its life."""
        return self.value.status(info.context.reads.now())

    @field
    def starts_at(self) -> datetime | None:
        """When it starts or started."""
        return self.value.starts_at

    @field
    def ends_at(self) -> datetime | None:
        """When it ends or ended."""
        return self.value.ends_at

    @field
    def charity(self) -> Charity | None:
        """The charity that receives the money."""
        receiver = self.value.charity
        return None if receiver is None else Charity(value=receiver)

    @field
    def categories(self) -> list[str]:
        """The topics, such as education, as the network or the configuration names them. \
        The list is empty where none are named."""
        return list(self.value.categories)

    @field
    async def parent(self, info: Info) -> "Campaign | None":
        """The team or event for which this campaign raises money. \
        It is given only where it is listed here and its total includes this one's."""
        value = await info.context.reads.parent(self.value.id)
        return None if value is None else Campaign(value=value)

    @field
    def goal(self) -> Money | None:
        """The amount aimed at. It is null without a goal, also where a network says zero, and it may be raised on the way."""
        return shown(_goal(self.value))

    @field
    def total(self, info: Info) -> Total | None:
        """How much was raised up to now. It is null while no figure was ever known, which is not the same as zero."""
        reading = info.context.reads.total(self.value.id)
        return None if reading is None else Total(reading=reading, goal=_goal(self.value))

    @field
    async def raised_between(
        self,
        info: Info,
        since: Annotated[
            datetime,
            argument(
                "The beginning, rounded down to the minute; to the hour if it is older than 48 hours, "
                "to the day if older than 400 days."
            ),
        ],
        until: RoundedUntil = strawberry.UNSET,
    ) -> CampaignPeriod | None:
        """
        How much was raised within a span, for example since a stream began. \
        A donation counts at the time it was made and a refund at the time
        it was paid back; a total reported by the network counts when it was seen. \
        The answer is null when nothing is known of the span.
        """
        value = await info.context.reads.raised_between(self.value.id, since, end(since, until))
        return None if value is None else CampaignPeriod(value=value)

    @field
    async def history(
        self,
        info: Info,
        interval: Each,
        since: FirstChange = strawberry.UNSET,
        until: Until = strawberry.UNSET,
    ) -> list[CampaignPeriod] | None:
        """
        How the total grew, oldest interval first, without gaps. Intervals count as in `raisedBetween`, \
        so that a late fact changes a past one.
        A span of more than 1,000 intervals, or of more than is kept, gives the newest.
        """
        values = await info.context.reads.history(self.value.id, interval, present(since), end(since, until))
        return None if values is None else [CampaignPeriod(value=value) for value in values]

    @field
    async def milestones(self, info: Info) -> list[Milestone] | None:
        """
        The amounts at which the fundraiser promised something, smallest first. It is empty where there are none \
        and null where the network
        was not asked yet.
        """
        values = await info.context.reads.milestones(self.value.id)
        if not values:
            return None if values is None else []
        reading = info.context.reads.total(self.value.id)
        return [Milestone(value=value, raised=None if reading is None else reading.total.raised) for value in values]

    @field
    async def donations(
        self,
        info: Info,
        chosen: Annotated[DonationFilter | None, argument("Narrows the list.", name="filter")] = strawberry.UNSET,
        first: First = 20,
        after: After = strawberry.UNSET,
    ) -> DonationConnection | None:
        """
        The completed donations that are known one by one, newest first. They may add up to less than `total`: \
        amounts can be hidden, some gifts
        are never listed, and a gift to a listed member of a team is listed with the member. \
        It is null where the source tells no single ones.
        """
        return await donation_page(info.context.reads, self, chosen, first, after)

    @field
    async def endorsements(
        self, info: Info, first: First = 20, after: After = strawberry.UNSET
    ) -> EndorsementConnection | None:
        """The public accounts that urge their followers to give, by the amount raised, largest first and unknown last."""
        size, after = page_size(first), present(after)
        page = await info.context.reads.endorsements(self.value.id, first=size, after=after)
        return EndorsementConnection(page=page, after=after)

    @field
    async def engagement(self, info: Info) -> Engagement | None:
        """The sum of the counters of all posts of its endorsements, or null where none was ever counted."""
        reading = await info.context.reads.engagement(self.value.id)
        return None if reading is None else Engagement(reading=reading)

    @field
    async def engagement_history(
        self,
        info: Info,
        interval: Annotated[
            Interval,
            argument("The length of one interval. Samples are kept by the hour: MINUTE is answered as HOUR."),
        ],
        since: Annotated[datetime | None, argument("The beginning, or the first sample.")] = strawberry.UNSET,
        until: Until = strawberry.UNSET,
    ) -> list[EngagementSample] | None:
        """
        The same sum over time, oldest first: the last sample of each interval, at most the newest 1,000. \
        Intervals without one are left out.
        """
        samples = await info.context.reads.engagement_history(self.value.id, interval, present(since), end(since, until))
        return [EngagementSample(value=sample) for sample in samples]

    @field
    async def actions(self, info: Info) -> list[Action]:
        """What people can do for it beside giving, as declared by the organisers, in their order."""
        return [Action(value=action) for action in await info.context.reads.actions(self.value.id)]

    @field
    async def seasons(self, info: Info) -> list[Annotated["Season", strawberry.lazy("schema.api.types.season")]]:
        """The seasons to which it belongs, latest first."""
        # Seasons have campaigns and campaigns seasons: one of the two is imported late.
        from schema.api.types.season import Season

        return [Season(value=season) for season in await info.context.reads.seasons_of(self.value.id)]

    @field
    def updated_at(self, info: Info) -> datetime:
        """When the total, the goal or the status last changed."""
        return info.context.reads.updated_at(self.value)

    @field
    def as_of(self) -> datetime:
        """When the description above (not the total) was last read from the network or the configuration."""
        return self.value.as_of

    @field
    def freshness(self, info: Info) -> Freshness:
        """How fresh the description (not the total) is."""
        return info.context.reads.freshness(self.value)


def _goal(campaign: model.Campaign) -> money.Money | None:
    return campaign.goal if campaign.goal is not None and campaign.goal.minor > 0 else None

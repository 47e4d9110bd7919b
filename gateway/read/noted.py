"""Reads that note what they give out, for one answer. Resolvers know nothing of it.

What a campaign is tagged with is noted before it is read: a step that comes while the ledger is asked is one that moved it.
"""

from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any, TypeVar

from gateway.read.notes import LISTED, POSTS, Notes
from schema.api.ports import Context, Reads
from schema.api.readings import (
    EngagementReading,
    PlatformShare,
    PlatformStanding,
    PostReading,
    SeasonPeriodReading,
    SeasonTotalReading,
    TotalReading,
)
from schema.model.campaign import Campaign, Milestone
from schema.model.charity import Charity
from schema.model.donation import Donation
from schema.model.endorsement import Endorsement, PublicAccount
from schema.model.engagement import Engagement
from schema.model.freshness import Freshness
from schema.model.history import Interval, Period
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder, Page
from schema.model.platform import Platform
from schema.model.season import Action, Phase, Season

Found = TypeVar("Found")
Read = Coroutine[Any, Any, Found]


def noted(context: Context, notes: Notes) -> Context:
    """The same eyes, whose reads are noted."""
    return Context(NotedReads(context.reads, notes), context.live, context.scope)


class NotedReads:
    """``schema.api.ports.Reads`` over others. Each network is read once: it is on every row of a list."""

    __slots__ = ("_notes", "_platforms", "_reads", "_standings")

    def __init__(self, reads: Reads, notes: Notes) -> None:
        self._reads = reads.for_one_answer()
        self._notes = notes
        self._platforms: dict[str, Platform | None] = {}
        self._standings: dict[str, PlatformStanding] = {}

    def for_one_answer(self) -> Reads:
        """They are."""
        return self

    def now(self) -> datetime:
        """As it is. What depends on it notes its dates itself."""
        return self._reads.now()

    @property
    def time_zone(self) -> str:
        """Fixed for good."""
        return self._reads.time_zone

    def platforms(self) -> Read[Sequence[Platform]]:
        """As the configuration says."""
        return self._reads.platforms()

    def platform(self, key: str) -> Platform | None:
        """As the configuration says. One that is connected nowhere may be the next time."""
        if key not in self._platforms:
            self._platforms[key] = self._reads.platform(key)
        if (found := self._platforms[key]) is None:
            self._notes.listed()
        return found

    def platform_standing(self, key: str) -> PlatformStanding:
        """Until it changes."""
        found = self._standings.get(key)
        if found is None:
            self._notes.figures(key)
            found = self._standings[key] = self._reads.platform_standing(key)
        return found

    async def campaign(self, campaign: CampaignId) -> Campaign | None:
        """Until it changes or is there at all."""
        self._notes.tags.add(campaign)
        found = await self._reads.campaign(campaign)
        if found is None:  # it may be found the next time, or by another process
            self._notes.listed()
        self._show(found)
        return found

    async def campaigns(self, where: CampaignFilter, order: CampaignOrder, *, first: int, after: str | None) -> Page[Campaign]:
        """Rows hold until they change, the list for a second."""
        self._notes.listed()
        found = await self._reads.campaigns(where, order, first=first, after=after)
        for _, known in found.rows:
            self._show(known)
        return found

    def freshness(self, campaign: Campaign) -> Freshness:
        """Until it changes, or turns by time alone, which has dates of its own."""
        self._notes.figures(campaign.id)
        return self._reads.freshness(campaign)

    def updated_at(self, campaign: Campaign) -> datetime:
        """Until it changes."""
        self._notes.figures(campaign.id)
        return self._reads.updated_at(campaign)

    def total(self, campaign: CampaignId) -> TotalReading | None:
        """Until it changes."""
        self._notes.figures(campaign)
        return self._reads.total(campaign)

    def milestones(self, campaign: CampaignId) -> Read[Sequence[Milestone] | None]:
        """Until they change."""
        self._notes.tags.add(campaign)
        return self._reads.milestones(campaign)

    def donations(
        self, campaign: CampaignId, *, since: datetime | None, until: datetime | None, first: int, after: str | None
    ) -> Read[Page[Donation] | None]:
        """A list."""
        self._notes.listed(campaign)
        return self._reads.donations(campaign, since=since, until=until, first=first, after=after)

    def donation(self, campaign: CampaignId, entity: bytes) -> Read[Donation | None]:
        """From the ledger."""
        self._notes.listed(campaign)
        return self._reads.donation(campaign, entity)

    def charity(self, key: str) -> Read[Charity | None]:
        """From the catalogue, which tells nobody of its charities; its words hold elsewhere as others do."""
        self._notes.life = min(self._notes.life, LISTED)
        return self._reads.charity(key)

    def charities(self, search: str, *, first: int, after: str | None) -> Read[Page[Charity]]:
        """A list."""
        self._notes.listed()
        return self._reads.charities(search, first=first, after=after)

    async def parent(self, campaign: CampaignId) -> Campaign | None:
        """Until the campaign has another one, or one of those that it names is listed."""
        known = await self._reads.campaign(campaign)
        parents = () if known is None else known.part_of
        self._notes.tags.update((campaign, *(CampaignId(campaign.platform, native) for native in parents)))
        found = await self._reads.parent(campaign)
        self._show(found)
        return found

    def raised_between(self, campaign: CampaignId, since: datetime, until: datetime | None) -> Read[Period | None]:
        """So far at the present."""
        self._notes.listed(campaign)
        return self._reads.raised_between(campaign, since, until)

    def history(
        self, campaign: CampaignId, interval: Interval, since: datetime | None, until: datetime | None
    ) -> Read[Sequence[Period] | None]:
        """So far at the present."""
        self._notes.listed(campaign)
        return self._reads.history(campaign, interval, since, until)

    def endorsements(self, campaign: CampaignId, *, first: int, after: str | None) -> Read[Page[Endorsement]]:
        """A list."""
        self._notes.listed(campaign)
        return self._reads.endorsements(campaign, first=first, after=after)

    def endorsement(self, campaign: CampaignId, endorser: str) -> Read[Endorsement | None]:
        """From the ledger."""
        self._notes.listed(campaign)
        return self._reads.endorsement(campaign, endorser)

    def posts(self, endorsement: Endorsement) -> Read[Sequence[PostReading]]:
        """Until any post changes; their freshness has dates of its own."""
        self._notes.listed(POSTS)
        return self._reads.posts(endorsement)

    def followers(self, account: PublicAccount) -> Read[int | None]:
        """Until any is counted again."""
        self._notes.tags.add(POSTS)
        return self._reads.followers(account)

    def engagement(self, campaign: CampaignId) -> Read[EngagementReading | None]:
        """As posts."""
        self._notes.listed(POSTS)
        return self._reads.engagement(campaign)

    def engagement_history(
        self, campaign: CampaignId, interval: Interval, since: datetime | None, until: datetime | None
    ) -> Read[Sequence[Engagement]]:
        """From the ledger."""
        self._notes.listed(POSTS)
        return self._reads.engagement_history(campaign, interval, since, until)

    def actions(self, campaign: CampaignId) -> Read[Sequence[Action]]:
        """As the configuration has them."""
        return self._reads.actions(campaign)

    async def seasons_of(self, campaign: CampaignId) -> Sequence[Season]:
        """Until it is heard of in another way; until another phase begins."""
        self._notes.tags.add(campaign)
        found = await self._reads.seasons_of(campaign)
        self._follow(*found)
        return found

    async def season(self, slug: str) -> Season | None:
        """As the configuration has it, until another phase begins."""
        found = await self._reads.season(slug)
        self._follow(*([found] if found is not None else []))
        return found

    async def seasons(self, *, first: int, after: str | None) -> Page[Season]:
        """Likewise."""
        found = await self._reads.seasons(first=first, after=after)
        self._follow(*(season for _, season in found.rows))
        return found

    def season_total(self, whole: Season | Phase, currency: str | None) -> Read[SeasonTotalReading]:
        """Of all campaigns together, here and below."""
        self._notes.summed()
        return self._reads.season_total(whole, currency)

    def season_raised_between(
        self, season: Season, since: datetime, until: datetime | None, currency: str | None
    ) -> Read[SeasonPeriodReading | None]:
        """So far at the present."""
        self._notes.summed()
        return self._reads.season_raised_between(season, since, until, currency)

    def season_history(
        self, season: Season, interval: Interval, since: datetime | None, until: datetime | None, currency: str | None
    ) -> Read[Sequence[SeasonPeriodReading]]:
        """So far at the present."""
        self._notes.summed()
        return self._reads.season_history(season, interval, since, until, currency)

    def by_platform(self, season: Season, currency: str | None) -> Read[Sequence[PlatformShare]]:
        """Each of which has a freshness, too."""
        self._notes.summed()
        return self._reads.by_platform(season, currency)

    def season_endorsements(self, season: Season, *, first: int, after: str | None) -> Read[Page[Endorsement]]:
        """A list."""
        self._notes.summed()
        return self._reads.season_endorsements(season, first=first, after=after)

    def _show(self, known: Campaign | None) -> None:
        if known is not None:
            self._notes.tags.add(known.id)
            if known.stated is None:
                self._notes.dated(known.starts_at, known.ends_at)

    def _follow(self, *seasons: Season) -> None:
        for season in seasons:
            for phase in season.phases:
                self._notes.dated(phase.starts_at, phase.ends_at)


_: type[Reads] = NotedReads

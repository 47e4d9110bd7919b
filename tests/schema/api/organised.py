"""What is organised in a small world: seasons, endorsements, posts, actions. Sums and spans are what a test states."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from schema.api.readings import EngagementReading, PlatformShare, PostReading, SeasonPeriodReading, SeasonTotalReading
from schema.model.endorsement import Endorsement, PublicAccount
from schema.model.engagement import Engagement
from schema.model.errors import BadUserInput, LedgerUnavailable
from schema.model.history import Interval, Period
from schema.model.ids import CampaignId
from schema.model.page import Page
from schema.model.season import Action, Phase, Season

Row = TypeVar("Row")


@dataclass
class Organised:
    """``down`` names the methods that cannot reach the store; ``asked`` is what spans, sums and lists were asked for."""

    down: set[str] = field(default_factory=set)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    declared: dict[str, Season] = field(default_factory=dict)
    sums: dict[str, SeasonTotalReading] = field(default_factory=dict)
    """By the slug of a season or phase."""
    shares: list[PlatformShare] = field(default_factory=list)
    spans: list[Period] = field(default_factory=list)
    season_spans: list[SeasonPeriodReading] = field(default_factory=list)
    spoken: list[Endorsement] = field(default_factory=list)
    """Endorsements in their order."""
    published: dict[str, list[PostReading]] = field(default_factory=dict)
    """Posts by endorser."""
    following: dict[str, int] = field(default_factory=dict)
    """Followers by display name."""
    counters: EngagementReading | None = None
    samples: list[Engagement] = field(default_factory=list)
    calls: dict[CampaignId, list[Action]] = field(default_factory=dict)

    async def raised_between(self, campaign: CampaignId, since: datetime, until: datetime | None) -> Period | None:
        self._reach("raised_between")
        self.asked.append((campaign, since, until))
        return self.spans[0] if self.spans else None

    async def history(
        self, campaign: CampaignId, interval: Interval, since: datetime | None, until: datetime | None
    ) -> Sequence[Period] | None:
        self._reach("history")
        self.asked.append((campaign, interval, since, until))
        return self.spans or None

    async def endorsements(self, campaign: CampaignId, *, first: int, after: str | None) -> Page[Endorsement]:
        self._reach("endorsements")
        rows = [each for each in self.spoken if each.campaign == campaign]
        return paged(rows, lambda row: row.endorser, first, after)

    async def endorsement(self, campaign: CampaignId, endorser: str) -> Endorsement | None:
        self._reach("endorsement")
        return next((each for each in self.spoken if (each.campaign, each.endorser) == (campaign, endorser)), None)

    async def posts(self, endorsement: Endorsement) -> Sequence[PostReading]:
        self._reach("posts")
        return self.published.get(endorsement.endorser, [])

    async def followers(self, account: PublicAccount) -> int | None:
        self._reach("followers")
        return self.following.get(account.display_name)

    async def engagement(self, campaign: CampaignId) -> EngagementReading | None:
        self._reach("engagement")
        return self.counters

    async def engagement_history(
        self, campaign: CampaignId, interval: Interval, since: datetime | None, until: datetime | None
    ) -> Sequence[Engagement]:
        self._reach("engagement_history")
        self.asked.append((campaign, interval, since, until))
        return self.samples

    async def actions(self, campaign: CampaignId) -> Sequence[Action]:
        self._reach("actions")
        return self.calls.get(campaign, [])

    async def season(self, slug: str) -> Season | None:
        self._reach("season")
        return self.declared.get(slug)

    async def seasons(self, *, first: int, after: str | None) -> Page[Season]:
        self._reach("seasons")
        return paged(self._latest(), lambda row: row.slug, first, after)

    async def season_total(self, whole: Season | Phase, currency: str | None) -> SeasonTotalReading:
        self._reach("season_total")
        self.asked.append((whole.slug, currency))
        return self.sums[whole.slug]

    async def season_raised_between(
        self, season: Season, since: datetime, until: datetime | None, currency: str | None
    ) -> SeasonPeriodReading | None:
        self._reach("season_raised_between")
        self.asked.append((season.slug, since, until, currency))
        return self.season_spans[0] if self.season_spans else None

    async def season_history(
        self, season: Season, interval: Interval, since: datetime | None, until: datetime | None, currency: str | None
    ) -> Sequence[SeasonPeriodReading]:
        self._reach("season_history")
        self.asked.append((season.slug, interval, since, until, currency))
        return self.season_spans

    async def by_platform(self, season: Season, currency: str | None) -> Sequence[PlatformShare]:
        self._reach("by_platform")
        self.asked.append((season.slug, currency))
        return self.shares

    async def season_endorsements(self, season: Season, *, first: int, after: str | None) -> Page[Endorsement]:
        self._reach("season_endorsements")
        rows = [each for each in self.spoken if each.campaign in season.members.campaigns]
        return paged(rows, lambda row: f"{row.campaign}|{row.endorser}", first, after)

    def _latest(self) -> list[Season]:
        return sorted(self.declared.values(), key=lambda season: season.starts_at, reverse=True)

    def _reach(self, method: str) -> None:
        if method in self.down:
            raise LedgerUnavailable("the store at redis://secret@10.0.0.1 does not answer")


def paged(rows: Sequence[Row], place: Callable[[Row], str], first: int, after: str | None) -> Page[Row]:
    """A page of rows by their places, in the order given."""
    places = [place(row) for row in rows]
    if after is not None and after not in places:
        raise BadUserInput("this cursor is none of this list's", argument="after")
    start = 0 if after is None else places.index(after) + 1
    chosen = tuple(zip(places, rows, strict=True))[start : start + first]
    return Page(chosen, has_next=start + first < len(rows), total=len(rows))

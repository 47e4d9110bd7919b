"""The only two doors through which resolvers see the world. Everything that comes through is a value of ``schema.model``."""

from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, Self, TypeVar

from schema.api.readings import (
    DonationsUpdate,
    EngagementReading,
    PlatformShare,
    PlatformStanding,
    PostReading,
    SeasonDonationsUpdate,
    SeasonPeriodReading,
    SeasonTotalReading,
    SeasonTotalUpdate,
    TotalReading,
    TotalUpdate,
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

Told_co = TypeVar("Told_co", covariant=True)


class Reads(Protocol):
    """What is known. No method asks a network; ``campaign`` may wait for a moment while one that nobody has seen is looked for.
    A method that cannot reach the store raises GivingError.
    """

    def for_one_answer(self) -> "Reads":
        """The same, which may judge once what holds for all of an answer."""
        ...

    def now(self) -> datetime:
        """The present, for what depends on dates."""
        ...

    @property
    def time_zone(self) -> str:
        """The IANA name of the zone in which days are cut."""
        ...

    async def platforms(self) -> Sequence[Platform]:
        """The connected networks, by key."""
        ...

    def platform(self, key: str) -> Platform | None:
        """One of them. There is one for every campaign that is given out."""
        ...

    def platform_standing(self, key: str) -> PlatformStanding:
        """How far what one of them tells can be trusted."""
        ...

    async def campaign(self, campaign: CampaignId) -> Campaign | None:
        """One campaign."""
        ...

    async def campaigns(self, where: CampaignFilter, order: CampaignOrder, *, first: int, after: str | None) -> Page[Campaign]:
        """A page of campaigns. Raises BadUserInput with argument ``after`` for a cursor that is none of this order's."""
        ...

    def freshness(self, campaign: Campaign) -> Freshness:
        """How far its description can be trusted."""
        ...

    def updated_at(self, campaign: Campaign) -> datetime:
        """When its total, goal or status last changed."""
        ...

    def total(self, campaign: CampaignId) -> TotalReading | None:
        """Its total, or None while no figure was ever known."""
        ...

    async def milestones(self, campaign: CampaignId) -> Sequence[Milestone] | None:
        """What its fundraiser promised, smallest amount first, or None where the network was never asked."""
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

    async def charities(self, search: str, *, first: int, after: str | None) -> Page[Charity]:
        """A page of charities with every word of ``search`` in their names, by name.

        Raises BadUserInput with argument ``after`` for a cursor that is none of ours.
        """
        ...

    async def parent(self, campaign: CampaignId) -> Campaign | None:
        """The team or event that is listed here and whose total includes this campaign's."""
        ...

    async def raised_between(self, campaign: CampaignId, since: datetime, until: datetime | None) -> Period | None:
        """What it raised within a span, or None where nothing is known of it. No span is turned round, here and below."""
        ...

    async def history(
        self, campaign: CampaignId, interval: Interval, since: datetime | None, until: datetime | None
    ) -> Sequence[Period] | None:
        """How its total grew, oldest interval first, without gaps, at most the newest 1,000."""
        ...

    async def endorsements(self, campaign: CampaignId, *, first: int, after: str | None) -> Page[Endorsement]:
        """By the amount raised, largest first and unknown last. Raises BadUserInput with argument ``after``."""
        ...

    async def endorsement(self, campaign: CampaignId, endorser: str) -> Endorsement | None:
        """One of them."""
        ...

    async def posts(self, endorsement: Endorsement) -> Sequence[PostReading]:
        """Its posts, newest first, at most 20."""
        ...

    async def followers(self, account: PublicAccount) -> int | None:
        """How many followers it has, as last read."""
        ...

    async def engagement(self, campaign: CampaignId) -> EngagementReading | None:
        """The sum of the counters of all posts for it, or None where none was ever counted."""
        ...

    async def engagement_history(
        self, campaign: CampaignId, interval: Interval, since: datetime | None, until: datetime | None
    ) -> Sequence[Engagement]:
        """The last sample of each interval, oldest first, at most the newest 1,000."""
        ...

    async def actions(self, campaign: CampaignId) -> Sequence[Action]:
        """What people can do for it, in the organisers' order."""
        ...

    async def seasons_of(self, campaign: CampaignId) -> Sequence[Season]:
        """The seasons to which it belongs, latest first."""
        ...

    async def season(self, slug: str) -> Season | None:
        """One season."""
        ...

    async def seasons(self, *, first: int, after: str | None) -> Page[Season]:
        """Latest start first. Raises BadUserInput with argument ``after``."""
        ...

    async def season_total(self, whole: Season | Phase, currency: str | None) -> SeasonTotalReading:
        """The sum of its campaigns, in ``currency`` or the season's own: a currency's code, else BadUserInput."""
        ...

    async def season_raised_between(
        self, season: Season, since: datetime, until: datetime | None, currency: str | None
    ) -> SeasonPeriodReading | None:
        """What its campaigns raised within a span, as for one campaign."""
        ...

    async def season_history(
        self, season: Season, interval: Interval, since: datetime | None, until: datetime | None, currency: str | None
    ) -> Sequence[SeasonPeriodReading]:
        """How its total grew, as for one campaign."""
        ...

    async def by_platform(self, season: Season, currency: str | None) -> Sequence[PlatformShare]:
        """Its total split by network, largest first. The parts of all add up to those of the total."""
        ...

    async def season_endorsements(self, season: Season, *, first: int, after: str | None) -> Page[Endorsement]:
        """The endorsements of all its campaigns by the amount raised, compared at the latest rates."""
        ...


@dataclass(frozen=True, slots=True)
class Message(Generic[Told_co]):
    """One message of a feed, and what whoever hands it on must know of it.

    ``about``: a newer message about the same replaces one that nobody has taken yet; None where each one counts. ``state``: the
    second of two in a row about the same with equal states tells nothing new. ``position``: where to go on after it, if
    anywhere. ``follows`` False: a snapshot, which must be seen even where it is no news. ``again``, where there is an
    ``about``, gives the newest about the same, for whoever is told it later, or None where that is gone.
    """

    told: Told_co
    about: Hashable = None
    state: object = None
    position: str | None = None
    follows: bool = True
    again: "Callable[[], Message[Told_co] | None] | None" = None


class Feed(Protocol[Told_co]):
    """What can be followed by any number of viewers at once. It is open within its context, whose beginning raises NotFound
    where there is no such thing.

    Viewers join at any time: ``join`` brings each to where ``live`` is at the moment of its first step, and from then on all
    are told the same. What it must be told in between is for whoever holds the viewers to keep.
    """

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    async def seek(self) -> None:
        """To be awaited before it is opened: what nobody has seen yet is looked for, for a moment at most."""
        ...

    @property
    def place(self) -> Hashable:
        """What is new for somebody who joins has changed where this has."""
        ...

    async def reach(self, after: str) -> None:
        """Waits, for a moment at most, until this process has heard of a position that another one may have told."""
        ...

    def join(self, after: str | None) -> AsyncGenerator[Message[Told_co], None]:
        """The first messages of one viewer, who has seen all up to ``after``. There is at least one. Raises GivingError."""
        ...

    def live(self) -> AsyncGenerator[Message[Told_co], None]:
        """What all viewers are told from now on, without end. Raises NotFound when the configuration has it no more."""
        ...


class Live(Protocol):
    """What can be followed."""

    def campaign_total(self, campaign: CampaignId, *, max_rate: float) -> Feed[TotalUpdate]:
        """The newest state, at most ``max_rate`` times a second."""
        ...

    def campaign_donations(self, campaign: CampaignId) -> Feed[DonationsUpdate]:
        """Donations in order, at most ten messages a second."""
        ...

    def campaign_totals(self, campaigns: Sequence[CampaignId], *, max_rate: float) -> Feed[TotalUpdate]:
        """First one message for each, then one for each change, at most ``max_rate`` a second for each campaign."""
        ...

    def season_total(self, slug: str, *, max_rate: float) -> Feed[SeasonTotalUpdate]:
        """The newest sum, at most ``max_rate`` times a second."""
        ...

    def season_donations(self, slug: str) -> Feed[SeasonDonationsUpdate]:
        """Donations of all its campaigns, at most ten messages a second."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What an operation runs with: made from the scope alone, without a request."""

    reads: Reads
    live: Live
    scope: str = "public"

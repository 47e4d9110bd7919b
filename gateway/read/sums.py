"""Seasons: the sums of their campaigns, folded in this process from the table that frames and answers share."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from connectors.ports import Clock
from gateway.read.endorsements import EndorsementReads
from gateway.read.folds import Folds
from gateway.read.follower import Follower
from gateway.read.paging import page
from gateway.read.past import PastReads
from schema.api.readings import PlatformShare, SeasonPeriodReading, SeasonTotalReading
from schema.model import history
from schema.model.endorsement import Endorsement
from schema.model.errors import BadCurrency, BadUserInput, NotFound
from schema.model.history import Interval, SeasonPeriod
from schema.model.ids import CampaignId
from schema.model.money import Basket, Currency
from schema.model.page import Page
from schema.model.season import Phase, Season


class SeasonReads(EndorsementReads, PastReads):
    """The part of ``schema.api.ports.Reads`` that is about seasons."""

    def __init__(self, follower: Follower, clock: Clock, time_zone: str) -> None:
        super().__init__(follower, clock, time_zone)
        self.folds = Folds(self)

    async def season(self, slug: str) -> Season | None:
        """One season."""
        return self.season_now(slug)

    def season_now(self, slug: str) -> Season | None:
        """The same at once, for live messages."""
        return self.follower.directory.seasons.get(slug)

    async def seasons(self, *, first: int, after: str | None) -> Page[Season]:
        """Latest start first."""
        found = self.follower.directory.seasons.all
        return page(found, lambda season: (-season.starts_at.timestamp(), season.slug), first=first, after=after)

    async def seasons_of(self, campaign: CampaignId) -> Sequence[Season]:
        """Those to which it belongs, latest first."""
        known = self.follower.campaigns.get(campaign)
        return () if known is None else self.follower.directory.seasons.of(known)

    async def season_total(self, whole: Season | Phase, currency: str | None) -> SeasonTotalReading:
        """The sum as it stands in the table."""
        found, own = self.folds.of(whole.members).whole, self._own(whole)
        target = _code(currency) or own
        goal = None
        if isinstance(whole, Season) and whole.goal is not None:
            goal = self.follower.rates.convert(Basket.of([whole.goal]), target).money
        raised = self.follower.rates.convert(found.raised, target)
        return SeasonTotalReading(raised, goal, found.count, found.campaigns, found.as_of, found.freshness)

    async def season_raised_between(
        self, season: Season, since: datetime, until: datetime | None, currency: str | None
    ) -> SeasonPeriodReading | None:
        """What its campaigns raised within a span."""
        target, now = _code(currency) or season.currency, self.now()
        pasts = await self.pasts(self.folds.of(season.members).summed, history.grain(since, until, now, self.zone))
        found = history.season_between(pasts, since, until, now, self.zone)
        return None if found is None else self._span(found, target)

    async def season_history(
        self, season: Season, interval: Interval, since: datetime | None, until: datetime | None, currency: str | None
    ) -> Sequence[SeasonPeriodReading]:
        """How its total grew."""
        target = _code(currency) or season.currency
        pasts = await self.pasts(self.folds.of(season.members).summed, interval.grain)
        # a hundred campaigns by the hour take a quarter of a second: others must not wait for it
        found = await asyncio.to_thread(history.season_intervals, pasts, interval, since, until, self.now(), self.zone) or ()
        return [self._span(span, target) for span in found]

    async def by_platform(self, season: Season, currency: str | None) -> Sequence[PlatformShare]:
        """Each network's share, largest first, those without a rate last."""
        target = _code(currency) or season.currency
        shares = [
            PlatformShare(platform, self.follower.rates.convert(found.raised, target), found.count, found.campaigns)
            for platform, found in self.folds.of(season.members).shares
        ]
        return sorted(shares, key=_by_share)

    async def season_endorsements(self, season: Season, *, first: int, after: str | None) -> Page[Endorsement]:
        """Those of all its campaigns."""
        return page(await self.endorsed(self.folds.of(season.members).members), self.by_worth, first=first, after=after)

    def season_state(self, season: Season) -> object:
        """What makes a message worth sending: amounts, rates, freshness, the phase; a newer ``asOf`` alone does not."""
        return self.folds.of(season.members).state, season.phase_at(self.now()), self.follower.rates.current

    def _span(self, found: SeasonPeriod, currency: str) -> SeasonPeriodReading:
        convert = self.follower.rates.convert
        raised, so_far = convert(found.raised, currency), convert(found.so_far, currency)
        return SeasonPeriodReading(found.since, found.until, raised, found.count, so_far)

    def _own(self, whole: Season | Phase) -> str:
        if isinstance(whole, Season):
            return whole.currency
        season = self.season_now(whole.season)
        if season is None:
            raise NotFound("there is no such season any more")  # the configuration has changed since the phase was given out
        return season.currency


def _code(currency: str | None) -> str | None:
    if currency is None:
        return None
    try:
        return Currency.of(currency).code
    except BadCurrency as error:
        raise BadUserInput(str(error), argument="in") from None


def _by_share(share: PlatformShare) -> tuple[bool, int, str]:
    money = share.raised.money
    return money is None, -(0 if money is None else money.minor), share.platform.key

"""The second door of ``schema.api``: what can be followed live.

Subscribe first, then read: a mailbox is put up before anything is read, and positions decide what is new. Two messages about
one campaign never go back in its log, except where data were lost, and then ``recovered`` is False.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from gateway.live.donations import DonationsFeed
from gateway.live.mailbox import Mailbox, Mailboxes, NewsBox
from gateway.live.proof import Proof
from gateway.live.seasons import SeasonBoxes, SeasonDonationsFeed, SeasonTotalFeed
from gateway.live.totals import TotalsFeed
from gateway.read.follower import Follower, Step
from gateway.read.known import News
from gateway.read.reads import LedgerReads
from schema.model.ids import CampaignId

TICK_SECONDS: Final = 1.0
"""How often feeds of totals look whether time alone has made their figure STALE."""


class Hub:
    """``schema.api.ports.Live`` over what a Follower knows. ``monotonic`` paces the messages."""

    def __init__(self, follower: Follower, reads: LedgerReads, monotonic: Callable[[], float] | None = None) -> None:
        self._follower = follower
        self._reads = reads
        self._monotonic = monotonic or asyncio.get_running_loop().time
        self._totals = Mailboxes[CampaignId, Mailbox]()
        self._donations = Mailboxes[CampaignId, NewsBox]()
        self._seasons = SeasonBoxes(follower, reads)
        self._proof = Proof(reads, self._totals)
        follower.observers.append(self._on_step)

    @property
    def open(self) -> int:
        """How many feeds are open."""
        return len(self._totals) + len(self._donations) + len(self._seasons.totals) + len(self._seasons.donations)

    @property
    def followed(self) -> set[CampaignId]:
        """The campaigns that somebody follows by themselves."""
        return {*self._totals, *self._donations}

    async def run(self) -> None:
        """Rings for totals once a second, for what changes by time alone."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._totals.ring(self._totals)
            self._seasons.tick()

    def campaign_total(self, campaign: CampaignId, *, max_rate: float) -> TotalsFeed:
        """One campaign's total, until the configuration has the campaign no more."""
        return self._total((campaign,), max_rate=max_rate, ends=True)

    def campaign_totals(self, campaigns: Sequence[CampaignId], *, max_rate: float) -> TotalsFeed:
        """Those of several. Of one that the configuration has no more nothing is told; the others are told on."""
        return self._total(campaigns, max_rate=max_rate, ends=False)

    def campaign_donations(self, campaign: CampaignId) -> DonationsFeed:
        """One campaign's donations."""
        return DonationsFeed(self._reads, self._proof, self._donations, self._monotonic, campaign)

    def season_total(self, slug: str, *, max_rate: float) -> SeasonTotalFeed:
        """One season's sum."""
        return SeasonTotalFeed(self._follower, self._reads, self._seasons.totals, self._monotonic, slug, max_rate=max_rate)

    def season_donations(self, slug: str) -> SeasonDonationsFeed:
        """The donations of one season."""
        return SeasonDonationsFeed(self._reads, self._seasons.donations, self._monotonic, slug)

    def _total(self, campaigns: Sequence[CampaignId], *, max_rate: float, ends: bool) -> TotalsFeed:
        return TotalsFeed(
            self._follower,
            self._reads,
            self._proof,
            self._totals,
            self._monotonic,
            campaigns,
            max_rate=max_rate,
            ends=ends,
        )

    def _on_step(self, step: Step) -> None:
        self._totals.ring(step.moved, reset=step.reset)
        told = [News.of(change) for change in step.news]
        for news in told:
            for box in self._donations.about(news.campaign):
                box.put(news)
        self._seasons.on_step(step, told)
        if step.reset or step.configured:
            self._donations.ring(self._donations, reset=step.reset)

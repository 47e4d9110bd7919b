"""The second door of ``schema.api``: what can be followed live.

Subscribe first, then read: a mailbox is registered before anything is read, and positions decide what is new. Two messages
about one campaign never go back in its log, except where data were lost, and then ``recovered`` is False.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.live.mailbox import FEED_RATE, IN_ONE_MESSAGE, MAX_RATE, Mailbox, NewsBox
from gateway.live.seasons import SeasonFeeds
from gateway.read import positions
from gateway.read.follower import Follower, Step
from gateway.read.known import News
from gateway.read.reads import LedgerReads
from schema.api.readings import DonationsUpdate, SeasonDonationsUpdate, SeasonTotalUpdate, TotalUpdate
from schema.model.errors import LedgerUnavailable, NotFound
from schema.model.ids import CampaignId
from schema.model.total import Place

REPLAYED: Final = 300
COUNTED: Final = 1_000
"""Up to how many entries are counted for ``missed``; beyond that it is unknown."""
CATCH_UP_SECONDS: Final = 2.0
TICK_SECONDS: Final = 1.0
"""How often readers look whether time alone has made their figure STALE."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What was last told of one campaign, at which reading of everything, and when more may be told."""

    state: object
    position: str
    reading: int
    due: float


class Hub:
    """``schema.api.ports.Live`` over what a Follower knows. ``monotonic`` and ``sleep`` pace the messages."""

    def __init__(self, follower: Follower, reads: LedgerReads, monotonic: Callable[[], float] | None = None) -> None:
        self._follower = follower
        self._reads = reads
        self._monotonic = monotonic or asyncio.get_running_loop().time
        self._seasons = SeasonFeeds(follower, reads, self._monotonic)
        self._totals: defaultdict[CampaignId, set[Mailbox]] = defaultdict(set)
        self._feeds: defaultdict[CampaignId, set[NewsBox]] = defaultdict(set)
        follower.observers.append(self._on_step)

    async def run(self) -> None:
        """Wakes the readers of totals once a second, for what changes by time alone."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for boxes in self._totals.values():
                for box in boxes:
                    box.ring()
            self._seasons.tick()

    async def campaign_total(
        self, campaign: CampaignId, *, after: str | None, max_rate: float
    ) -> AsyncGenerator[TotalUpdate, None]:
        """The newest state, at most ``max_rate`` times a second, and never the same one twice."""
        self._exists(campaign)
        box, pause = Mailbox(), 1 / min(max_rate, MAX_RATE)
        self._totals[campaign].add(box)
        try:
            reading = -1  # none yet: the first message is proven by what the client holds
            position, recovered = after, after is not None and await self._reached(campaign, after, box)
            while True:
                while self._follower.readings != reading:  # messages may have been missed: is what was shown still a part?
                    reading = self._follower.readings
                    recovered = recovered and position is not None and await self._proven(campaign, position)
                shown, position = self._state(campaign), self._reads.place(campaign)[1]
                due = self._monotonic() + pause
                yield TotalUpdate(campaign, position, recovered)
                await asyncio.sleep(max(0.0, due - self._monotonic()))
                while self._state(campaign) == shown and not self._lost(campaign, position, reading):
                    await box.wait()
                self._exists(campaign)  # the configuration may have it no more
                recovered = True
        finally:
            self._totals[campaign].discard(box)

    async def campaign_donations(self, campaign: CampaignId, *, after: str | None) -> AsyncGenerator[DonationsUpdate, None]:
        """Donations in order, gathered into at most ten messages a second."""
        self._exists(campaign)
        box = NewsBox()
        self._feeds[campaign].add(box)
        try:
            messages, position = self._begun(campaign) if after is None else self._resumed(campaign, after), ""
            async for update in messages:
                position, due = update.position, self._monotonic() + 1 / FEED_RATE
                yield update
                await asyncio.sleep(max(0.0, due - self._monotonic()))
            while True:
                reset = await box.wait()
                self._exists(campaign)
                if reset:
                    box.take()
                    messages = self._resumed(campaign, position)
                else:
                    place = positions.decode(position) or Place()
                    queued, dropped = box.take()
                    fresh = [news for news in queued if news.place > place]
                    messages = self._messages(campaign, fresh, missed=dropped, recovered=not dropped)
                try:
                    async for update in messages:
                        position, due = update.position, self._monotonic() + 1 / FEED_RATE
                        yield update
                        await asyncio.sleep(max(0.0, due - self._monotonic()))
                except LedgerUnavailable:
                    box.ring(reset=True)  # what was taken is read again from the last position, when the ledger answers
                    await asyncio.sleep(1 / FEED_RATE)
        finally:
            self._feeds[campaign].discard(box)

    async def campaign_totals(self, campaigns: Sequence[CampaignId], *, max_rate: float) -> AsyncGenerator[TotalUpdate, None]:
        """First one message for each, then one for each change, at most ``max_rate`` a second for each campaign."""
        for campaign in campaigns:
            self._exists(campaign)
        box, pause = Mailbox(), 1 / min(max_rate, MAX_RATE)
        told: dict[CampaignId, _Told] = {}
        for campaign in campaigns:
            self._totals[campaign].add(box)
        try:
            while True:
                for campaign in campaigns:
                    if self._reads.reading(campaign) is None:  # the configuration has it no more; the others are told on
                        told.pop(campaign, None)
                        continue
                    last = told.get(campaign)
                    if last is not None and (last.due > self._monotonic() or not self._moved(campaign, last)):
                        continue
                    reading, recovered = (-1, False) if last is None else (last.reading, True)
                    while self._follower.readings != reading:  # as for one campaign
                        reading = self._follower.readings
                        recovered = recovered and last is not None and await self._proven(campaign, last.position)
                    position = self._reads.place(campaign)[1]
                    told[campaign] = _Told(self._state(campaign), position, reading, self._monotonic() + pause)
                    yield TotalUpdate(campaign, position, recovered)
                # what moved again is told when it is due, and whatever else moves meanwhile at once
                waiting = min((last.due for campaign, last in told.items() if self._moved(campaign, last)), default=None)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(None if waiting is None else max(0.0, waiting - self._monotonic())):
                        await box.wait()
        finally:
            for campaign in campaigns:
                self._totals[campaign].discard(box)

    def season_total(self, slug: str, *, max_rate: float) -> AsyncGenerator[SeasonTotalUpdate, None]:
        """See ``SeasonFeeds.total``."""
        return self._seasons.total(slug, max_rate=max_rate)

    def season_donations(self, slug: str) -> AsyncGenerator[SeasonDonationsUpdate, None]:
        """See ``SeasonFeeds.donations``."""
        return self._seasons.donations(slug)

    async def _begun(self, campaign: CampaignId) -> AsyncIterator[DonationsUpdate]:
        yield DonationsUpdate(campaign, (), (), 0, self._reads.place(campaign)[1], recovered=False)

    async def _resumed(self, campaign: CampaignId, after: str) -> AsyncIterator[DonationsUpdate]:
        if not await self._reads.proven(campaign, after):
            yield DonationsUpdate(campaign, (), (), None, self._reads.place(campaign)[1], recovered=False)
            return
        entries = await self._reads.news_after(campaign, after, COUNTED + 1)
        told = [news for news in entries if news.kind in ("received", "changed")]
        if len(entries) > COUNTED:  # counting a whole log for every reader that comes back would cost the others
            yield DonationsUpdate(campaign, (), (), None, self._reads.place(campaign)[1], recovered=False)
        elif len(entries) > REPLAYED:
            yield DonationsUpdate(campaign, (), (), len(told), entries[-1].position, recovered=False)
        elif not told:
            yield DonationsUpdate(campaign, (), (), 0, entries[-1].position if entries else after, recovered=True)
        else:
            async for update in self._messages(campaign, told, missed=0, recovered=True):
                yield update

    async def _messages(
        self, campaign: CampaignId, news: Sequence[News], *, missed: int, recovered: bool
    ) -> AsyncIterator[DonationsUpdate]:
        for start in range(0, len(news), IN_ONE_MESSAGE):
            part = news[start : start + IN_ONE_MESSAGE]
            received = dict.fromkeys(item.entity for item in part if item.kind == "received")
            changed = dict.fromkeys(item.entity for item in part if item.kind == "changed" and item.entity not in received)
            found = await self._reads.several(campaign, [*received, *changed])
            yield DonationsUpdate(
                campaign,
                tuple(donation for donation in found if donation.entity in received),
                tuple(donation for donation in found if donation.entity in changed),
                missed,
                part[-1].position,
                recovered,
            )
            missed, recovered = 0, True

    async def _proven(self, campaign: CampaignId, position: str) -> bool:
        try:
            return await self._reads.proven(campaign, position)
        except LedgerUnavailable:  # the total itself is known here; only the proof is not to be had
            return False

    async def _reached(self, campaign: CampaignId, after: str, box: Mailbox) -> bool:
        """Waits a moment for this process to hear what another one has already shown, so that no figure goes back."""
        place = positions.decode(after) or Place()
        if self._reads.place(campaign)[0] < place and not await self._proven(campaign, after):
            return False  # for a place that no log has nothing would come
        try:
            async with asyncio.timeout(CATCH_UP_SECONDS):
                while self._reads.place(campaign)[0] < place:
                    await box.wait()
        except TimeoutError:
            return False
        return True

    def _lost(self, campaign: CampaignId, position: str, reading: int) -> bool:
        """Whether everything was read again since, and another place was found: it must be said although the figures agree."""
        return self._follower.readings != reading and self._reads.place(campaign)[1] != position

    def _moved(self, campaign: CampaignId, last: "_Told") -> bool:
        return self._state(campaign) != last.state or self._lost(campaign, last.position, last.reading)

    def _on_step(self, step: Step) -> None:
        for campaign in step.moved & self._totals.keys():
            for box in self._totals[campaign]:
                box.ring(reset=step.reset)
        told = [News.of(change) for change in step.news]
        for news in told:
            for feed in self._feeds.get(news.campaign, ()):
                feed.put(news)
        self._seasons.on_step(step, told)
        if step.reset or step.configured:
            for feeds in self._feeds.values():
                for feed in feeds:
                    feed.ring(reset=step.reset)

    def _exists(self, campaign: CampaignId) -> None:
        if self._reads.reading(campaign) is None:
            raise NotFound("there is no such campaign")

    def _state(self, campaign: CampaignId) -> object:
        """What makes a message worth sending: amounts, goal, status, freshness; a newer ``asOf`` alone does not."""
        reading, total = self._reads.reading(campaign), self._reads.total_now(campaign)
        known = (
            None if reading is None else (reading.campaign.status(self._reads.now()), reading.campaign.goal, reading.freshness)
        )
        if total is None:
            return known
        figures = total.total
        return known, figures.raised, figures.refunded, figures.donation_count, figures.donor_count, total.freshness

"""Seasons as they are followed: their sums, and the donations of all their campaigns.

Several logs have no common order, so there is nothing to resume: each feed begins with the state as it stands, and says so
when messages may have been missed.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

from gateway.live.mailbox import FEED_RATE, IN_ONE_MESSAGE, MAX_RATE, Mailbox, NewsBox
from gateway.read.follower import Follower, Step
from gateway.read.known import News
from gateway.read.reads import LedgerReads
from gateway.read.seasons import belongs
from schema.api.readings import SeasonDonationsUpdate, SeasonTotalUpdate
from schema.model.donation import Donation
from schema.model.errors import LedgerUnavailable, NotFound
from schema.model.season import Season


class SeasonFeeds:
    """The feeds of all seasons. ``on_step`` wakes those that a step concerns."""

    def __init__(self, follower: Follower, reads: LedgerReads, monotonic: Callable[[], float]) -> None:
        self._follower = follower
        self._reads = reads
        self._monotonic = monotonic
        self._totals: defaultdict[str, set[Mailbox]] = defaultdict(set)
        self._feeds: defaultdict[str, set[NewsBox]] = defaultdict(set)

    def tick(self) -> None:
        """Wakes the readers of sums, for what changes by time alone."""
        for boxes in self._totals.values():
            for box in boxes:
                box.ring()

    def on_step(self, step: Step, news: Sequence[News]) -> None:
        """Takes a step in. ``news`` are its donations."""
        for slug, boxes in self._totals.items():
            if boxes and (step.reset or step.configured or self._concerns(slug, step)):
                for box in boxes:
                    box.ring(reset=step.reset)
        for slug, feeds in self._feeds.items():
            own = self._own(slug, news) if feeds else []
            for feed in feeds:
                for item in own:
                    feed.put(item)
                if step.reset or step.configured:
                    feed.ring(reset=step.reset)

    async def total(self, slug: str, *, max_rate: float) -> AsyncGenerator[SeasonTotalUpdate, None]:
        """The newest sum, at most ``max_rate`` times a second, and never the same one twice.

        Raises NotFound, also later, when the configuration has the season no more.
        """
        self._season(slug)
        box, pause = Mailbox(), 1 / min(max_rate, MAX_RATE)
        self._totals[slug].add(box)
        try:
            reading, recovered = self._follower.readings, False
            while True:
                shown, due = self._state(slug), self._monotonic() + pause
                yield SeasonTotalUpdate(self._season(slug), recovered)
                await asyncio.sleep(max(0.0, due - self._monotonic()))
                while self._state(slug) == shown:
                    await box.wait()
                recovered, reading = self._follower.readings == reading, self._follower.readings
        finally:
            self._totals[slug].discard(box)

    async def donations(self, slug: str) -> AsyncGenerator[SeasonDonationsUpdate, None]:
        """Donations of all its campaigns, gathered into at most ten messages a second. Raises NotFound as ``total`` does."""
        self._season(slug)
        box = NewsBox()
        self._feeds[slug].add(box)
        try:
            messages = _told(SeasonDonationsUpdate((), (), 0, recovered=False))
            while True:
                try:
                    async for update in messages:
                        due = self._monotonic() + 1 / FEED_RATE
                        yield update
                        await asyncio.sleep(max(0.0, due - self._monotonic()))
                except LedgerUnavailable:
                    box.ring(reset=True)
                    await asyncio.sleep(1 / FEED_RATE)
                reset = await box.wait()
                self._season(slug)
                queued, dropped = box.take()
                if reset:  # what came meanwhile is in the lists, which a reader reads again after a hole
                    messages = _told(SeasonDonationsUpdate((), (), None, recovered=False))
                else:
                    messages = self._messages(queued, dropped)
        finally:
            self._feeds[slug].discard(box)

    async def _messages(self, news: Sequence[News], missed: int) -> AsyncIterator[SeasonDonationsUpdate]:
        recovered = not missed
        for start in range(0, len(news), IN_ONE_MESSAGE):
            part = news[start : start + IN_ONE_MESSAGE]
            received = dict.fromkeys((item.campaign, item.entity) for item in part if item.kind == "received")
            wanted = dict.fromkeys((item.campaign, item.entity) for item in part)
            found: dict[tuple[object, bytes], Donation] = {}
            for campaign in dict.fromkeys(campaign for campaign, _ in wanted):
                entities = [entity for owner, entity in wanted if owner == campaign]
                for donation in await self._reads.several(campaign, entities):
                    found[campaign, donation.entity] = donation
            yield SeasonDonationsUpdate(
                tuple(found[each] for each in wanted if each in found and each in received),
                tuple(found[each] for each in wanted if each in found and each not in received),
                missed,
                recovered,
            )
            missed, recovered = 0, True

    def _season(self, slug: str) -> Season:
        season = self._reads.season_now(slug)
        if season is None:
            raise NotFound("there is no such season")
        return season

    def _state(self, slug: str) -> object:
        """What makes a message worth sending: what is declared of the season, and what is known."""
        season = self._season(slug)
        return season, self._reads.season_state(season)

    def _own(self, slug: str, news: Sequence[News]) -> list[News]:
        season, known = self._reads.season_now(slug), self._follower.campaigns
        if season is None:
            return []
        return [item for item in news if item.campaign in known and belongs(known[item.campaign], season.members)]

    def _concerns(self, slug: str, step: Step) -> bool:
        season, known = self._reads.season_now(slug), self._follower.campaigns
        return season is not None and any(
            campaign in known and belongs(known[campaign], season.members) for campaign in step.moved
        )


async def _told(update: SeasonDonationsUpdate) -> AsyncIterator[SeasonDonationsUpdate]:
    yield update

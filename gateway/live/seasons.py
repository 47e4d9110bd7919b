"""Seasons as they are followed: their sums, and the donations of all their campaigns.

Several logs have no common order, so there is nothing to resume: each viewer begins with the state as it stands, and is told
when messages may have been missed.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Hashable, Sequence
from functools import partial
from typing import Self

from gateway.live.mailbox import FEED_RATE, IN_ONE_MESSAGE, Mailbox, Mailboxes, NewsBox, pause_seconds
from gateway.read.follower import Follower, Step
from gateway.read.known import News
from gateway.read.reads import LedgerReads
from gateway.read.seasons import belongs
from schema.api.ports import Message
from schema.api.readings import SeasonDonationsUpdate, SeasonTotalUpdate
from schema.model.donation import Donation
from schema.model.errors import LedgerUnavailable, NotFound
from schema.model.season import Season


class SeasonBoxes:
    """The mailboxes of all feeds of seasons. ``on_step`` rings those that a step concerns."""

    def __init__(self, follower: Follower, reads: LedgerReads) -> None:
        self._follower = follower
        self._reads = reads
        self.totals = Mailboxes[str, Mailbox]()
        self.donations = Mailboxes[str, NewsBox]()

    def tick(self) -> None:
        """Rings for what changes by time alone."""
        self.totals.ring(self.totals)

    def on_step(self, step: Step, news: Sequence[News]) -> None:
        """Takes a step in. ``news`` are its donations."""
        everything = step.reset or step.configured
        self.totals.ring((slug for slug in self.totals if everything or self._concerns(slug, step)), reset=step.reset)
        for slug in self.donations:
            own = self._own(slug, news)
            for box in self.donations.about(slug):
                for item in own:
                    box.put(item)
                if everything:
                    box.ring(reset=step.reset)

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


class SeasonTotalFeed:
    """``schema.api.ports.Feed`` of a season's sum."""

    def __init__(
        self,
        follower: Follower,
        reads: LedgerReads,
        boxes: Mailboxes[str, Mailbox],
        monotonic: Callable[[], float],
        slug: str,
        *,
        max_rate: float,
    ) -> None:
        self._follower = follower
        self._reads = reads
        self._boxes = boxes
        self._monotonic = monotonic
        self._slug = slug
        self._pause = pause_seconds(max_rate)
        self._box = Mailbox()
        self._state: object = None
        self._reading = 0
        self._due = 0.0

    def __enter__(self) -> Self:
        self._state, self._reading = self._now(), self._follower.readings
        self._boxes.put_up(self._box, self._slug)
        return self

    def __exit__(self, *_: object) -> None:
        self._boxes.take_down(self._box, self._slug)

    @property
    def place(self) -> Hashable:
        """Each step may show another sum."""
        return self._follower.steps

    async def seek(self) -> None:
        """Seasons are what the configuration has."""

    async def reach(self, after: str) -> None:
        """There is no position to be reached."""

    async def join(self, after: str | None) -> AsyncGenerator[Message[SeasonTotalUpdate], None]:
        """The sum as it stands."""
        self._due = self._due or self._monotonic() + self._pause
        yield self._message(self._follower.readings, recovered=False)

    async def live(self) -> AsyncGenerator[Message[SeasonTotalUpdate], None]:
        """The newest sum, at most ``max_rate`` times a second, and never the same one twice."""
        while True:
            while self._now() == self._state:
                await self._box.wait()
            await asyncio.sleep(max(0.0, self._due - self._monotonic()))
            recovered, self._reading = self._follower.readings == self._reading, self._follower.readings
            message = self._message(self._reading, recovered=recovered)
            self._state, self._due = message.state, self._monotonic() + self._pause
            yield message

    def _message(self, reading: int, *, recovered: bool) -> Message[SeasonTotalUpdate]:
        """As it stands. After another reading of everything than that one messages may have been missed."""
        recovered = recovered and self._follower.readings == reading
        update = SeasonTotalUpdate(_season(self._reads, self._slug), recovered)
        again = partial(self._again, reading, recovered=recovered)
        return Message(update, self._slug, self._now(), follows=recovered, again=again)

    def _again(self, reading: int, *, recovered: bool) -> Message[SeasonTotalUpdate] | None:
        return None if self._reads.season_now(self._slug) is None else self._message(reading, recovered=recovered)

    def _now(self) -> object:
        """What makes a message worth sending: what is declared of the season, and what is known."""
        season = _season(self._reads, self._slug)
        return season, self._reads.season_state(season)


class SeasonDonationsFeed:
    """``schema.api.ports.Feed`` of the donations of a season's campaigns."""

    def __init__(self, reads: LedgerReads, boxes: Mailboxes[str, NewsBox], monotonic: Callable[[], float], slug: str) -> None:
        self._reads = reads
        self._boxes = boxes
        self._monotonic = monotonic
        self._slug = slug
        self._box = NewsBox()
        self._due = 0.0

    def __enter__(self) -> Self:
        _season(self._reads, self._slug)
        self._boxes.put_up(self._box, self._slug)
        return self

    def __exit__(self, *_: object) -> None:
        self._boxes.take_down(self._box, self._slug)

    @property
    def place(self) -> Hashable:
        """Nothing is told to those who join, wherever it stands."""
        return self._slug

    async def seek(self) -> None:
        """Seasons are what the configuration has."""

    async def reach(self, after: str) -> None:
        """There is no position to be reached."""

    async def join(self, after: str | None) -> AsyncGenerator[Message[SeasonDonationsUpdate], None]:
        """That it begins here, or that nobody knows what was missed."""
        self._due = self._due or self._next()
        yield _told(SeasonDonationsUpdate((), (), 0 if after is None else None, recovered=False))

    async def live(self) -> AsyncGenerator[Message[SeasonDonationsUpdate], None]:
        """Donations of all its campaigns, gathered into at most ten messages a second."""
        while True:
            await self._box.wait()
            await self._pause()
            _season(self._reads, self._slug)
            taken = self._box.take()
            # after a hole a viewer reads the lists again, and in those is what came meanwhile
            messages = _hole() if taken is None else self._messages(*taken)
            try:
                async for update in messages:
                    await self._pause()
                    self._due = self._next()
                    yield _told(update)
            except LedgerUnavailable:
                self._box.ring(reset=True)
                self._due = self._next()

    def _next(self) -> float:
        return self._monotonic() + 1 / FEED_RATE

    async def _pause(self) -> None:
        await asyncio.sleep(max(0.0, self._due - self._monotonic()))

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


def _season(reads: LedgerReads, slug: str) -> Season:
    season = reads.season_now(slug)
    if season is None:
        raise NotFound("there is no such season")
    return season


async def _hole() -> AsyncIterator[SeasonDonationsUpdate]:
    yield SeasonDonationsUpdate((), (), None, recovered=False)


def _told(update: SeasonDonationsUpdate) -> Message[SeasonDonationsUpdate]:
    return Message(update, follows=update.recovered)

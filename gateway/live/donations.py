"""A campaign's donations as they are followed: in the order of its log, without a gap and without a repeat."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from functools import partial
from typing import Final, Self

from gateway.live.mailbox import FEED_RATE, IN_ONE_MESSAGE, Mailboxes, NewsBox
from gateway.live.proof import CATCH_UP_SECONDS, Proof
from gateway.read import positions
from gateway.read.known import News
from gateway.read.reads import LedgerReads
from schema.api.ports import Message
from schema.api.readings import DonationsUpdate
from schema.model.errors import LedgerUnavailable, NotFound
from schema.model.ids import CampaignId
from schema.model.total import Place

REPLAYED: Final = 300
COUNTED: Final = 1_000
"""Up to how many entries are counted for ``missed``; beyond that it is unknown."""
ANNOUNCED: Final = ("received", "changed")


class DonationsFeed:
    """``schema.api.ports.Feed`` of one campaign."""

    def __init__(
        self,
        reads: LedgerReads,
        proof: Proof,
        boxes: Mailboxes[CampaignId, NewsBox],
        monotonic: Callable[[], float],
        campaign: CampaignId,
    ) -> None:
        self._reads = reads
        self._proof = proof
        self._boxes = boxes
        self._monotonic = monotonic
        self._campaign = campaign
        self._box = NewsBox()
        self._told = ""
        """Up to where everything was told."""
        self._telling = False
        self._moved = asyncio.Event()
        self._due = 0.0

    def __enter__(self) -> Self:
        self._check()
        self._boxes.put_up(self._box, self._campaign)
        self._told = self._reads.place(self._campaign)[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._boxes.take_down(self._box, self._campaign)

    async def seek(self) -> None:
        """See ``Feed``."""
        await self._reads.campaign(self._campaign)

    @property
    def place(self) -> str:
        """Up to where those that follow were told everything: what came after it, they will be."""
        # nothing waits to be told: the log may still have moved on by entries that are not announced
        return self._told if self._telling or not self._box.is_quiet else self._reads.place(self._campaign)[1]

    async def reach(self, after: str) -> None:
        """See ``Feed``."""
        await self._proof.reach(self._campaign, after)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP_SECONDS):  # what was heard is told a moment later
                while self._proof.is_reached(self._campaign, after) and _place(self.place) < _place(after):
                    await self._moved.wait()

    async def join(self, after: str | None) -> AsyncGenerator[Message[DonationsUpdate], None]:
        """All that came after ``after``, up to ``place``, if all of it is known and not too much; else a snapshot.

        A snapshot too where the ledger does not answer, as many a client takes an error for the end.
        """
        until, self._due = self.place, self._due or self._next()
        if after is None:
            yield _message(DonationsUpdate(self._campaign, (), (), 0, until, recovered=False))
            return
        try:
            async for update in self._resumed(after, until):
                yield _message(update)
        except LedgerUnavailable:
            yield _message(self._hole(until))

    async def live(self) -> AsyncGenerator[Message[DonationsUpdate], None]:
        """Donations in order, gathered into at most ten messages a second."""
        while True:
            self._telling = False
            self._move()
            await self._box.wait()
            self._telling = True
            await self._pause()
            self._check()
            taken = self._box.take()
            if taken is None:
                messages = self._resumed(self._told, self._reads.place(self._campaign)[1])
            else:
                queued, dropped = taken
                fresh = [news for news in queued if news.place > _place(self._told)]
                messages = self._messages(fresh, missed=dropped, recovered=not dropped)
            try:
                async for update in messages:
                    await self._pause()
                    self._told, self._due = update.position, self._next()
                    yield _message(update)
                    self._move()
            except LedgerUnavailable:
                self._box.ring(reset=True)  # what was taken is read again from the last position, when the ledger answers
                self._due = self._next()

    async def _resumed(self, after: str, until: str) -> AsyncIterator[DonationsUpdate]:
        end = _place(until)
        if _place(after) > end or not await self._proof.read(partial(self._reads.proven, self._campaign, after)):
            yield self._hole(until)
            return
        newer = partial(self._reads.news_after, self._campaign, after, COUNTED + 1)
        read = [] if after == until else await self._proof.read(newer)
        entries = [news for news in read if news.place <= end]
        told = [news for news in entries if news.kind in ANNOUNCED]
        if len(entries) > COUNTED:  # counting a whole log for every viewer that comes back would cost the others
            yield self._hole(until)
        elif len(entries) > REPLAYED:
            yield DonationsUpdate(self._campaign, (), (), len(told), until, recovered=False)
        elif not told:
            yield DonationsUpdate(self._campaign, (), (), 0, until, recovered=True)
        else:
            async for update in self._messages(told, missed=0, recovered=True):
                yield update

    async def _messages(self, news: Sequence[News], *, missed: int, recovered: bool) -> AsyncIterator[DonationsUpdate]:
        for start in range(0, len(news), IN_ONE_MESSAGE):
            part = news[start : start + IN_ONE_MESSAGE]
            received = dict.fromkeys(item.entity for item in part if item.kind == "received")
            changed = dict.fromkeys(item.entity for item in part if item.kind == "changed" and item.entity not in received)
            found = await self._proof.read(partial(self._reads.several, self._campaign, [*received, *changed]))
            yield DonationsUpdate(
                self._campaign,
                tuple(donation for donation in found if donation.entity in received),
                tuple(donation for donation in found if donation.entity in changed),
                missed,
                part[-1].position,
                recovered,
            )
            missed, recovered = 0, True

    def _hole(self, until: str) -> DonationsUpdate:
        return DonationsUpdate(self._campaign, (), (), None, until, recovered=False)

    def _move(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    def _next(self) -> float:
        return self._monotonic() + 1 / FEED_RATE

    async def _pause(self) -> None:
        await asyncio.sleep(max(0.0, self._due - self._monotonic()))

    def _check(self) -> None:
        if self._reads.described(self._campaign) is None:
            raise NotFound("there is no such campaign")


def _place(position: str) -> Place:
    return positions.decode(position) or Place()


def _message(update: DonationsUpdate) -> Message[DonationsUpdate]:
    return Message(update, position=update.position, follows=update.recovered)

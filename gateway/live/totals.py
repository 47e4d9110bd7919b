"""Totals as they are followed: the newest state of each campaign wins, and no two messages in a row tell the same one."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from gateway.live.mailbox import Mailbox, Mailboxes, pause_seconds
from gateway.live.proof import Proof
from gateway.read.follower import Follower
from gateway.read.reads import LedgerReads
from schema.api.ports import Message
from schema.api.readings import TotalUpdate
from schema.model.errors import NotFound
from schema.model.ids import CampaignId


@dataclass(frozen=True, slots=True)
class _Told:
    """What was last told of one campaign, at which reading of everything, and when more may be told.

    ``position`` is the furthest one that any viewer was given.
    """

    state: object
    position: str
    reading: int
    due: float = 0.0


class TotalsFeed:
    """``schema.api.ports.Feed`` of some campaigns. ``ends``: it is over when the configuration has one of them no more."""

    def __init__(
        self,
        follower: Follower,
        reads: LedgerReads,
        proof: Proof,
        boxes: Mailboxes[CampaignId, Mailbox],
        monotonic: Callable[[], float],
        campaigns: Sequence[CampaignId],
        *,
        max_rate: float,
        ends: bool,
    ) -> None:
        self._follower = follower
        self._reads = reads
        self._proof = proof
        self._boxes = boxes
        self._monotonic = monotonic
        self._campaigns = campaigns
        self._pause = pause_seconds(max_rate)
        self._ends = ends
        self._box = Mailbox()
        self._told: dict[CampaignId, _Told] = {}

    def __enter__(self) -> Self:
        if any(self._reads.described(campaign) is None for campaign in self._campaigns):
            raise NotFound("there is no such campaign")
        self._boxes.put_up(self._box, *self._campaigns)
        for campaign in self._campaigns:
            self._told[campaign] = _Told(self._state(campaign), self._reads.place(campaign)[1], self._follower.readings)
        return self

    def __exit__(self, *_: object) -> None:
        self._boxes.take_down(self._box, *self._campaigns)

    async def seek(self) -> None:
        """See ``Feed``."""
        await asyncio.gather(*map(self._reads.campaign, self._campaigns))

    @property
    def place(self) -> Hashable:
        """Each step may show another state."""
        return self._follower.steps

    async def reach(self, after: str) -> None:
        """See ``Feed``."""
        for campaign in self._campaigns:
            await self._proof.reach(campaign, after)

    async def join(self, after: str | None) -> AsyncGenerator[Message[TotalUpdate], None]:
        """The newest state of each. Proven is what was shown only when that very entry is still in the log."""
        for campaign in self._there():
            reading, recovered = -1, after is not None and self._proof.is_reached(campaign, after)
            while self._follower.readings != reading:  # messages may have been missed: is what was shown still a part?
                reading = self._follower.readings
                recovered = recovered and after is not None and await self._proof.holds(campaign, after)
            message = self._message(campaign, reading, recovered=recovered)
            last = self._told.get(campaign)
            if last is not None and last.reading == reading:
                self._told[campaign] = replace(
                    last, position=message.told.position, due=last.due or self._monotonic() + self._pause
                )
            yield message

    async def live(self) -> AsyncGenerator[Message[TotalUpdate], None]:
        """One message for each change, at most ``max_rate`` a second for each campaign."""
        while True:
            for campaign in self._there():
                last = self._told.get(campaign)
                if last is not None and (last.due > self._monotonic() or not self._moved(campaign, last)):
                    continue
                reading, recovered = (-1, False) if last is None else (last.reading, True)
                while self._follower.readings != reading:  # as above
                    reading = self._follower.readings
                    recovered = recovered and last is not None and await self._proof.holds(campaign, last.position)
                message = self._message(campaign, reading, recovered=recovered)
                position, due = message.told.position, self._monotonic() + self._pause
                self._told[campaign] = _Told(message.state, position, reading, due)
                yield message
            # what moved again is told when it is due, and whatever else moves meanwhile at once
            moved = (last.due for campaign, last in self._told.items() if self._moved(campaign, last))
            waiting = min(moved, default=None)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if waiting is None else max(0.0, waiting - self._monotonic())):
                    await self._box.wait()

    def _there(self) -> Sequence[CampaignId]:
        """Those that the configuration still has. Raises NotFound where it is over without the others."""
        gone = [campaign for campaign in self._campaigns if self._reads.described(campaign) is None]
        if gone and self._ends:
            raise NotFound("there is no such campaign")
        for campaign in gone:
            self._told.pop(campaign, None)
        return [campaign for campaign in self._campaigns if campaign not in gone]

    def _message(self, campaign: CampaignId, reading: int, *, recovered: bool) -> Message[TotalUpdate]:
        """As it stands. After another reading of everything than that one nothing is proven any more."""
        recovered = recovered and self._follower.readings == reading
        position = self._reads.place(campaign)[1]
        told = TotalUpdate(campaign, position, recovered)
        again = partial(self._again, campaign, reading, recovered=recovered)
        return Message(told, campaign, self._state(campaign), position, follows=recovered, again=again)

    def _again(self, campaign: CampaignId, reading: int, *, recovered: bool) -> Message[TotalUpdate] | None:
        return None if self._reads.described(campaign) is None else self._message(campaign, reading, recovered=recovered)

    def _moved(self, campaign: CampaignId, last: _Told) -> bool:
        return self._state(campaign) != last.state or self._lost(campaign, last)

    def _lost(self, campaign: CampaignId, last: _Told) -> bool:
        """Whether everything was read again since, and another place was found: it must be said although the figures agree."""
        return self._follower.readings != last.reading and self._reads.place(campaign)[1] != last.position

    def _state(self, campaign: CampaignId) -> object:
        """What makes a message worth sending: amounts, goal, status, freshness; a newer ``asOf`` alone does not."""
        known, total = self._reads.described(campaign), self._reads.total(campaign)
        words = None if known is None else (known.status(self._reads.now()), known.goal, self._reads.freshness(known))
        if total is None:
            return words
        figures = total.total
        return words, figures.raised, figures.refunded, figures.donation_count, figures.donor_count, total.freshness

"""Adds up all records of a campaign anew and holds its sums against them, in small steps with rests between.

What is read is of one moment, whatever is being counted meanwhile, and what does not balance is told when it was found twice
alike.
"""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from connectors.ports import Clock
from gateway.store.booked import Tally
from gateway.store.books import BookShelf, Pairs, Sums
from gateway.upkeep import drift
from gateway.upkeep.drift import Drift
from schema.model.errors import LedgerUnavailable
from schema.model.ids import CampaignId
from schema.model.total import Basis

SLICE: Final = timedelta(milliseconds=2)
"""Work between two rests."""
LONGEST_REST: Final = timedelta(seconds=0.25)
CHUNK: Final = 200
"""Records that are added up before others may have their turn: about a millisecond."""
READINGS: Final = 6
"""Of one campaign, until two are alike."""
LOOKS: Final = 100
"""Within one reading, for what changed while the records were read."""
HOURS: Final = timedelta(days=398)
MINUTES: Final = timedelta(hours=46)
"""From then on history must be whole: two days, or hours, less than ``lua/donation.lua`` writes it for, as clocks differ."""


class Audit:
    """``share`` is how much of its time it works; the rest is others'. At 1 it never rests, for who waits for it."""

    def __init__(self, redis: Redis, clock: Clock, *, share: float) -> None:
        self._shelf = BookShelf(redis)
        self._clock = clock
        self._share = share
        self._began = 0.0

    async def drifts(self, campaign: CampaignId) -> list[Drift] | None:
        """What does not balance. None where that could not be told, as it changes too fast. Raises LedgerUnavailable."""
        before: list[tuple[str, object]] = []
        for _ in range(READINGS):
            found = await self._reading(campaign)
            if found == []:
                return found
            if found is not None:
                if (marks := [each.mark for each in found]) == before:
                    return found
                before = marks
        return None

    async def _reading(self, campaign: CampaignId) -> list[Drift] | None:
        now = self._clock.now()
        first_hour, first_minute = (int((now - HOURS).timestamp()) // 3_600, int((now - MINUTES).timestamp()) // 60)
        tally = Tally(first_hour * 3_600, first_minute * 60)
        try:
            sums = await self._sums(campaign, tally, first_hour, first_minute)
        except LedgerUnavailable as error:
            if isinstance(error.__cause__, ResponseError) and "WRONGTYPE" in str(error.__cause__):
                return [Drift("keys", "one of them is of another type", "")]
            raise
        await self._rest()
        if sums is None:
            return None
        if sums.basis is Basis.COUNTED:
            return drift.counted(sums, tally)
        return [] if sums.basis is None else drift.reported(sums, tally.hours_from, tally.minutes_from)

    async def _sums(self, campaign: CampaignId, tally: Tally, first_hour: int, first_minute: int) -> Sums | None:
        """The sums, with the tally at all records of the same moment."""
        look = await self._shelf.look(campaign, "all", first_minute=first_minute, first_hour=first_hour)
        await self._add(tally, look.records)
        if look.sums is not None:
            return look.sums
        async for records in self._shelf.records(campaign):
            await self._add(tally, records)
        for _ in range(LOOKS):
            look = await self._shelf.look(campaign, look.position, first_minute=first_minute, first_hour=first_hour)
            await self._add(tally, look.records)
            if look.sums is not None:
                return look.sums
            if not look.position:  # the log does not reach back any more: all may have changed
                break
        return None

    async def _add(self, tally: Tally, records: Pairs) -> None:
        for chunk in _chunks(records):
            for entity, packed in chunk:
                tally.put(entity, packed)
            await self._rest()

    async def _rest(self) -> None:
        loop = asyncio.get_running_loop()
        worked = loop.time() - self._began
        if worked >= SLICE.total_seconds():
            await asyncio.sleep(min(worked * (1 / self._share - 1), LONGEST_REST.total_seconds()))
            self._began = loop.time()


def _chunks(records: Pairs) -> Iterator[Pairs]:
    rows = iter(records)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk

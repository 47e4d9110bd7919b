"""What goes with time: minutes and hours of history, hours of engagement, faces of donations. Sums and days never go."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from connectors.ports import Clock
from gateway.observe import Metrics
from gateway.store import keys
from gateway.store.cache import Cache
from gateway.store.connection import guarded
from gateway.store.erased import compact
from gateway.store.history import HistoryShelf
from gateway.store.shelf import Shelf
from gateway.upkeep.lease import owning
from gateway.upkeep.repeat import repeat
from schema.model.cuts import Interval, number
from schema.model.history import samples
from schema.model.ids import CampaignId

FACES: Final = timedelta(days=400)
SAMPLES: Final = timedelta(days=400)
MINUTES: Final = timedelta(hours=49)
HOURS: Final = timedelta(days=402)
"""As long as ``lua/total.lua`` writes them, which is a little longer than ``schema.model.cuts.KEPT`` answers from them."""
BATCH: Final = 1_000
EVERY: Final = timedelta(days=1)
LEASE: Final = "retention"


class Retention:
    """Goes through all of ``campaigns``, and through those that the configuration has no more and the ledger still has.

    ``zone`` is the reporting time zone, of whose days the last samples stay.
    """

    def __init__(self, redis: Redis, campaigns: Callable[[], Iterable[CampaignId]], clock: Clock, zone: str) -> None:
        self._redis = redis
        self._shelf = Shelf(redis)
        self._history = HistoryShelf(redis)
        self._campaigns = campaigns
        self._clock = clock
        self._zone = ZoneInfo(zone)

    async def run(self, cache: Cache, metrics: Metrics, sleep: Callable[[timedelta], Awaitable[None]]) -> None:
        """Once a day, by one owner among the equal processes, until it is cancelled."""
        await owning(cache, LEASE, partial(repeat, LEASE, LEASE, self.once, EVERY, metrics, sleep=sleep))

    async def once(self) -> None:
        """One day's work; to do it again, or in two processes, changes nothing. Raises LedgerUnavailable."""
        now = self._clock.now()
        async with guarded("what is too old could not be removed"):
            faces = 0
            for campaign in {*self._campaigns(), *await self._shelf.opened()}:
                minutes, hours, _ = keys.buckets(campaign)
                await self._older(minutes, number(Interval.MINUTE, now - MINUTES, self._zone))
                await self._older(hours, number(Interval.HOUR, now - HOURS, self._zone))
                await self._samples(campaign, now - SAMPLES)
                faces += await self._faces(campaign, now - FACES)
            if faces:
                await compact(self._redis)  # until then their names are on disk

    async def _older(self, table: str, first: int) -> None:
        # no fact is booked in so old a bucket any more, so nothing can come between the two calls
        kept = await cast("Any", self._redis.hkeys(table))
        await self._drop(table, [field for field in kept if int(field) < first])

    async def _samples(self, campaign: CampaignId, before: datetime) -> None:
        [kept] = await self._history.engagement([campaign])
        old = [sample for sample in kept if sample.as_of < before]
        stay = set(samples(old, Interval.DAY, None, None, self._zone))
        gone = [number(Interval.HOUR, sample.as_of, self._zone) for sample in old if sample not in stay]
        await self._drop(keys.engagement(campaign), gone)

    async def _faces(self, campaign: CampaignId, before: datetime) -> int:
        removed, feed, faces = 0, keys.feed(campaign), keys.faces(campaign)
        last = f"({before.timestamp():.0f}"
        while gone := await cast("Any", self._redis.zrangebyscore(feed, "-inf", last, start=0, num=BATCH)):
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.zrem(feed, *gone)
                pipe.hdel(faces, *gone)
                await pipe.execute()
            removed += len(gone)
        return removed

    async def _drop(self, table: str, fields: Sequence[bytes | int]) -> None:
        for start in range(0, len(fields), BATCH):
            await cast("Any", self._redis.hdel(table, *cast("Any", fields[start : start + BATCH])))

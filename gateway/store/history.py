"""The past as it lies in Redis: a campaign's buckets, and hourly samples of its engagement.

What it takes up in Redis, measured with every bucket filled (COUNTED / REPORTED, kB): days 8 / 13 for the first year, and
26 / 31 a year over five; beside them, and not growing, 542 / 685 for 400 days of hours and 165 / 202 for 48 hours of minutes.
Engagement takes 684 for 400 days of hours, and 16 a year for the days before. A bucket in which nothing happened takes none.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, Final, cast

from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.connection import guarded
from gateway.store.together import Together
from schema.model.cuts import Interval, number
from schema.model.engagement import Engagement
from schema.model.ids import CampaignId
from schema.model.money import Currency
from schema.model.past import Bucket, Counted, Past, Report, Reported
from schema.model.time import micros
from schema.model.total import Basis

BATCH: Final = 20
"""Campaigns that are read in one round trip: each may take a megabyte."""
_GRAINS: Final = (Interval.DAY, Interval.HOUR, Interval.MINUTE)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class HistoryShelf:
    """Every method raises LedgerUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._together = Together(lambda: redis, most=BATCH)
        sources = files("gateway.store") / "lua"
        self._keep = redis.register_script((sources / "engagement.lua").read_text("utf-8"))
        self._past = (sources / "past.lua").read_text("utf-8")

    async def pasts(self, campaigns: Sequence[CampaignId], grain: Interval) -> list[Past | None]:
        """The past of each campaign, None where none was ever opened. Only days are read, and finer buckets down to ``grain``.

        Each one is of one moment: its total and its buckets agree, whatever is being counted meanwhile.
        """
        wanted = _GRAINS[: _GRAINS.index(grain) + 1]
        found: list[Past | None] = []
        async with guarded():
            for start in range(0, len(campaigns), BATCH):
                tables = [_tables(campaign, wanted) for campaign in campaigns[start : start + BATCH]]
                # with its text: in a pipeline nobody could load it first
                for answer in await self._together.answers([("EVAL", self._past, len(names), *names) for names in tables]):
                    found.append(_past(answer, wanted))
                    await asyncio.sleep(0)  # 400 days of hours are 12 ms of work, and viewers are waiting
        return found

    async def keep_engagement(self, campaign: CampaignId, counted: Engagement) -> None:
        """Keeps a sample, unless a newer one of the same hour is known. Any order gives the same."""
        counters = " ".join(_told(counter) for counter in (counted.reposts, counted.comments, counted.likes))
        hour = number(Interval.HOUR, counted.as_of, UTC)
        async with guarded():
            await cast("Any", self._keep([keys.engagement(campaign)], [hour, micros(counted.as_of), counters]))

    async def engagement(self, campaigns: Sequence[CampaignId]) -> list[list[Engagement]]:
        """Every sample that is kept of each campaign, oldest first."""
        async with guarded():
            answers = await self._together.answers([("HVALS", keys.engagement(campaign)) for campaign in campaigns])
        return [sorted((_sample(value) for value in values), key=lambda sample: sample.as_of) for values in answers]


def _tables(campaign: CampaignId, wanted: Sequence[Interval]) -> list[str]:
    minutes, hours, days = keys.buckets(campaign)
    names = {Interval.MINUTE: minutes, Interval.HOUR: hours, Interval.DAY: days}
    return [keys.total(campaign), *(names[grain] for grain in wanted)]


def _past(answer: Sequence[Any], wanted: Sequence[Interval]) -> Past | None:
    basis, code, raised, refunded, count, first = answer[0]
    if basis is None:
        return None
    currency = Currency.of(code.decode())
    tables = dict(zip(wanted, map(_pairs, answer[1:]), strict=True))
    if Basis(basis.decode()) is Basis.COUNTED:
        buckets = {grain: {int(n): _bucket(value) for n, value in table.items()} for grain, table in tables.items()}
        return Counted.of(currency, Bucket(int(raised or 0), int(refunded or 0), int(count or 0)), buckets)
    reports = [value for table in tables.values() for value in table.values()]
    return Reported.of(currency, map(_report, [*reports, first] if first else reports))


def _pairs(answer: Any) -> Mapping[bytes, bytes]:
    return dict(zip(answer[::2], answer[1::2], strict=True))


def _bucket(value: bytes) -> Bucket:
    net, refunded, count = value.split()
    return Bucket(int(net), int(refunded), int(count))


def _report(value: bytes) -> Report:
    version, raised, count = value.split()
    return Report(int(version), int(raised), _counter(count))


def _sample(value: bytes) -> Engagement:
    at, *counters = value.split()
    return Engagement(_EPOCH + timedelta(microseconds=int(at)), *map(_counter, counters))


def _counter(text: bytes) -> int | None:
    return None if text == b"-" else int(text)


def _told(counter: int | None) -> str:
    return "-" if counter is None else str(counter)

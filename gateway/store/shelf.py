"""Reads what the ledger keeps: heads, logs, feeds and descriptions. Writes nothing."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import structlog
from redis.asyncio import Redis

from gateway.store import keys, words
from gateway.store.connection import guarded
from gateway.store.record import Record
from gateway.store.together import BATCH, Command, Together
from schema.model.campaign import Campaign
from schema.model.errors import GivingError
from schema.model.ids import CampaignId
from schema.model.total import Place

LOOKED_AT: Final = 1_000
"""Keys or faces that are looked at in one call where all of them are gone through."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Head:
    """The fields of a campaign's total as text; absent ones are None."""

    basis: str
    currency: str
    raised: str | None
    refunded: str | None
    count: str | None
    donors: str | None
    sources: str | None
    at: str | None
    position: str | None
    doubt: str | None = None
    """When the figure was last stated, in microseconds, while the network states one that is too low to be believed yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a campaign's log. ``raised`` and ``count`` are the figures after it, as text."""

    place: Place
    entity: bytes
    kind: str
    raised: str
    count: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed donation. Of equal times the higher entity comes first."""

    at: int
    entity: bytes
    record: Record
    face: bytes


class Shelf:
    """Every method raises LedgerUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self._together = Together(lambda: self.redis)

    async def known(self, platform: str) -> list[CampaignId]:
        """The network's campaigns that were ever described."""
        async with guarded():
            natives = await cast("Any", self.redis.smembers(keys.known(platform)))
        return [CampaignId(platform, native.decode()) for native in natives]

    async def opened(self, platform: str = "") -> list[CampaignId]:
        """Every campaign that has a total, of one network or of all, also those of which nothing is shown any more.

        It looks at every key, so it is for work that is rarely done.
        """
        async with guarded():
            names = [name async for name in self.redis.scan_iter(keys.totals(platform), LOOKED_AT)]
        return sorted({keys.campaign_of(name.decode()) for name in names})

    async def faces(self, campaign: CampaignId) -> AsyncIterator[dict[bytes, bytes]]:
        """The faces of all its listed donations, some at a time. One that is written meanwhile may be missing."""
        cursor = -1
        while cursor:
            async with guarded():
                cursor, found = await cast("Any", self.redis.hscan(keys.faces(campaign), max(cursor, 0), count=LOOKED_AT))
            yield found

    async def face(self, campaign: CampaignId, entity: bytes) -> bytes | None:
        """That of one donation, while it is listed."""
        async with guarded():
            found: bytes | None = await cast("Any", self.redis.hget(keys.faces(campaign), cast("Any", entity)))
        return found

    async def heads(self, campaigns: Sequence[CampaignId]) -> list[Head | None]:
        """The totals of many campaigns, None where one was never opened."""
        found: list[Head | None] = []
        for some in _pieces(campaigns):
            found += map(_head, await self._many([("HGETALL", keys.total(campaign)) for campaign in some]))
        return found

    async def endorsed(self, campaigns: Sequence[CampaignId]) -> list[dict[str, tuple[int, int]]]:
        """For each campaign what donations that name an endorser gave, in minor units, and how many, by endorser."""
        rows = await self._many([("HGETALL", keys.endorsers(campaign)) for campaign in campaigns])
        return [{name.decode(): _sums(value) for name, value in row.items()} for row in rows]

    async def described(self, campaigns: Sequence[CampaignId]) -> list[Campaign | None]:
        """The descriptions of many campaigns."""
        found: list[Campaign | None] = []
        for some in _pieces(campaigns):
            rows = await self._many([("HGETALL", keys.words(campaign)) for campaign in some])
            found += map(_described, some, rows)
        return found

    async def entry(self, campaign: CampaignId, place: Place) -> Entry | None:
        """The entry of a log at exactly this place, while it is there."""
        found = await self.entries(campaign, f"{place}", 1, until=f"{place}")
        return found[0] if found else None

    async def entries(self, campaign: CampaignId, since: str, most: int, *, until: str = "+") -> list[Entry]:
        """Entries of a log, oldest first. ``since`` is a place, or "(" and a place to leave that one out."""
        async with guarded():
            rows = await cast("Any", self.redis.xrange(keys.log(campaign), since, until, most))
        return [
            Entry(Place.parse(name.decode()), said[b"e"], said[b"k"].decode(), said[b"a"].decode(), said[b"n"].decode())
            for name, said in rows
        ]

    async def listed(
        self, campaign: CampaignId, *, since: int | None, until: int | None, first: int, after: tuple[int, bytes] | None
    ) -> tuple[list[Listed], bool, int]:
        """Donations newest first, whether more follow, and how many the whole list has. ``until`` is not included."""
        feed = keys.feed(campaign)
        low: str = "-inf" if since is None else str(since)
        high: str = "+inf" if until is None else f"({until}"
        start = high
        if after is not None and (until is None or after[0] < until):
            start = str(after[0])
        found: list[tuple[int, bytes]] = []
        offset = 0
        while True:
            wanted = ("ZREVRANGEBYSCORE", feed, start, low, "LIMIT", offset, first + 1, "WITHSCORES")
            total, told = await self._many([("ZCOUNT", feed, low, high), wanted])
            rows = _scored(told)
            # of the cursor's own second, what was given already is passed over
            found += [row for row in rows if after is None or row < after]
            if len(found) > first or len(rows) <= first:
                break
            offset += len(rows)
        page = await self.donations(campaign, [entity for _, entity in found[:first]])
        return page, len(found) > first, int(total)

    async def donations(self, campaign: CampaignId, entities: Sequence[bytes]) -> list[Listed]:
        """The listed ones among these, in this order."""
        commands: list[Command] = []
        for entity in entities:
            commands += [("HGET", keys.records(campaign, entity), entity), ("HGET", keys.faces(campaign), entity)]
        rows = await self._many(commands)
        found = []
        for entity, packed, face in zip(entities, rows[::2], rows[1::2], strict=True):
            if packed is not None and face is not None:
                record = Record.unpack(packed)
                found.append(Listed(record.donated_at, entity, record, face))
        return found

    async def _many(self, commands: Sequence[Command]) -> list[Any]:
        async with guarded():
            return await self._together.answers(commands)


def _pieces(campaigns: Sequence[CampaignId]) -> Iterator[Sequence[CampaignId]]:
    """As many as go out together: what they say is understood before more is asked, so that others have their turns."""
    return (campaigns[start : start + BATCH] for start in range(0, len(campaigns), BATCH))


def _scored(told: Sequence[Any]) -> list[tuple[int, bytes]]:
    """Scores and members, which version 3 of the protocol tells in pairs and version 2 in a row."""
    pairs = told if told and isinstance(told[0], list | tuple) else zip(told[::2], told[1::2], strict=True)
    return [(int(score), bytes(member)) for member, score in pairs]


def _sums(value: bytes) -> tuple[int, int]:
    raised, _, count = value.split()
    return int(raised), int(count)


def _described(campaign: CampaignId, fields: dict[bytes, bytes]) -> Campaign | None:
    try:
        return words.read(campaign, fields)
    except (ValueError, KeyError, GivingError) as error:  # written by a newer version, say: one campaign, not all of them
        log.warning("words.unreadable", campaign=str(campaign), error=type(error).__name__)
        return None


def _head(fields: dict[bytes, bytes]) -> Head | None:
    said = {name.decode(): value.decode() for name, value in fields.items()}
    if "basis" not in said:
        return None
    return Head(
        said["basis"],
        said["currency"],
        *(said.get(name) for name in ("raised", "refunded", "count", "donors", "sources", "at", "position", "doubt")),
    )

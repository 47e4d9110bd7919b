"""Reads a campaign's books so that they can be added up: its records and its sums, of one moment, in small steps."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, Self, cast

from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.connection import guarded
from schema.model.ids import CampaignId
from schema.model.total import Basis

STEP: Final = 500
"""Records that are read together: some milliseconds of work, while donations and viewers are waiting."""
_BUCKETS: Final = tuple(bytes([number]) for number in range(64))

Pairs = Sequence[tuple[bytes, bytes]]
"""Entities and their records."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What is kept of a campaign beside its records, as texts. ``basis`` is None where it was never opened.

    COUNTED: ``total``, ``days``, ``hours`` and ``minutes`` are net, refunded and count, ``endorsed`` the same by endorser.
    REPORTED: ``total`` is raised, blank, and count; the others are version, raised and count of the newest report.
    ``odd`` is how many buckets cannot be read.
    """

    basis: Basis | None
    total: tuple[str, str, str]
    days: tuple[str, ...]
    hours: tuple[str, ...]
    minutes: tuple[str, ...]
    endorsed: dict[str, tuple[str, ...]]
    odd: int

    @classmethod
    def of(cls, answer: Sequence[Any]) -> Self:
        """From the script's words."""
        basis, raised, refunded, count = (word.decode() for word in answer[0])
        days, hours, minutes = (tuple(word.decode() for word in words[:3]) for words in answer[1:4])
        named = dict(zip(answer[4][::2], answer[4][1::2], strict=True))
        endorsed = {name.decode(): tuple(sums.decode("utf-8", "replace").split()) for name, sums in named.items()}
        odd = sum(words[3] for words in answer[1:4])
        return cls(Basis(basis) if basis else None, (raised, refunded, count), days, hours, minutes, endorsed, odd)


@dataclass(frozen=True, slots=True)
class Look:
    """One look. ``sums`` is None while more must be read: from ``position`` on, or where that is blank, all of it."""

    position: str
    records: Pairs
    sums: Sums | None


class BookShelf:
    """Every method raises LedgerUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        source = files("gateway.store") / "lua" / "books.lua"
        self._look = redis.register_script(source.read_text("utf-8"))

    async def look(self, campaign: CampaignId, since: str, *, first_minute: int, first_hour: int) -> Look:
        """The sums with the records that changed since a position, or with all of them (``since`` is "all") where they are few.

        Only minutes and hours from these numbers on are added up.
        """
        names = [keys.total(campaign), keys.log(campaign), *keys.buckets(campaign), keys.endorsers(campaign)]
        names += [keys.records(campaign, bucket) for bucket in _BUCKETS]
        async with guarded("the books could not be read"):
            whole, position, flat, *sums = await cast("Any", self._look(names, [since, STEP, first_minute, first_hour]))
        records = list(zip(flat[::2], flat[1::2], strict=True))
        return Look(position.decode(), records, Sums.of(sums) if whole else None)

    async def records(self, campaign: CampaignId) -> AsyncIterator[Pairs]:
        """All records, some at a time. One that changes meanwhile comes as it was or as it is, perhaps twice."""
        for bucket in _BUCKETS:
            cursor = -1
            while cursor:
                async with guarded("the records could not be read"):
                    name = keys.records(campaign, bucket)
                    cursor, found = await cast("Any", self._redis.hscan(name, max(cursor, 0), count=STEP))
                yield list(found.items())

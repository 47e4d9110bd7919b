"""What records come to, added up anew: the rules of ``lua/donation.lua`` a second time, so that one checks the other. Pure."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import msgpack

from schema.model.facts import Stage
from schema.model.past import Bucket

NOTHING = Bucket(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Booking:
    """What one donation is in history: what happened at which moments (Unix seconds), and whom it names."""

    endorser: str
    entries: tuple[tuple[int, Bucket], ...]

    @classmethod
    def of(cls, packed: bytes) -> "Booking":
        """Of a record as the ledger packs it. Raises ValueError for what is none."""
        try:
            _, rank, amount, at, running, running_at, endorser, _, refunds = msgpack.unpackb(packed)
            single = refunds.values() if isinstance(refunds, dict) else refunds
            return cls(endorser, tuple(_entries(rank, int(amount), at, int(running), running_at, single)))
        except (TypeError, AttributeError, IndexError, msgpack.UnpackException) as error:
            raise ValueError("this is no record") from error


def _entries(rank: int, amount: int, at: Any, running: int, running_at: Any, refunds: Any) -> Any:
    if rank != Stage.COMPLETED:
        return
    done = sorted((int(refund[3]), int(refund[2])) for refund in refunds if refund[1] == Stage.COMPLETED)
    rest = running - sum(back for _, back in done)
    left = amount
    for moment, back in sorted([*done, (int(running_at), rest)] if rest > 0 else done):  # the larger of the two is taken off
        taken = min(back, left)
        left -= taken
        if taken > 0:
            yield moment, Bucket(-taken, taken, 0)
    yield int(at), Bucket(amount, 0, 1 if left > 0 else 0)


@dataclass(slots=True)
class Tally:
    """Adds up records of a campaign, each at its newest. ``hours`` and ``minutes`` begin at these moments, in Unix seconds."""

    hours_from: int
    minutes_from: int
    total: Bucket = NOTHING
    hours: Bucket = NOTHING
    minutes: Bucket = NOTHING
    endorsed: defaultdict[str, Bucket] = field(default_factory=lambda: defaultdict(lambda: NOTHING))
    unreadable: set[bytes] = field(default_factory=set)
    _records: dict[bytes, bytes] = field(default_factory=dict)

    def put(self, entity: bytes, packed: bytes) -> None:
        """Takes a record in, in place of what it was when it was taken in before."""
        before = self._records.get(entity)
        if before == packed:
            return
        if before is not None:
            self._add(entity, before, -1)
        self._records[entity] = packed
        self._add(entity, packed, 1)

    def _add(self, entity: bytes, packed: bytes, sign: int) -> None:
        try:
            booking = Booking.of(packed)
        except ValueError:
            (self.unreadable.add if sign > 0 else self.unreadable.discard)(entity)
            return
        for at, entry in booking.entries:
            self.total = _plus(self.total, entry, sign)
            if at >= self.hours_from:
                self.hours = _plus(self.hours, entry, sign)
            if at >= self.minutes_from:
                self.minutes = _plus(self.minutes, entry, sign)
            if booking.endorser:
                self.endorsed[booking.endorser] = _plus(self.endorsed[booking.endorser], entry, sign)


def _plus(sums: Bucket, more: Bucket, sign: int) -> Bucket:
    return Bucket(sums.net + sign * more.net, sums.refunded + sign * more.refunded, sums.donations + sign * more.donations)

"""What the ledger keeps of one campaign's past, and how its total stood at any edge of a bucket. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import accumulate
from typing import Final, NamedTuple, Self, TypeAlias

from schema.model.cuts import KEPT, Cut, Interval, begin, number
from schema.model.money import Currency
from schema.model.time import micros

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Bucket(NamedTuple):
    """What happened within a bucket, or in several: net of refunds, refunded, donations. Minor units."""

    net: int
    refunded: int
    donations: int


class Report(NamedTuple):
    """What a network said it had raised. ``version`` is the moment in microseconds, ``donations`` None where it
    did not tell how many."""

    version: int
    raised: int
    donations: int | None


class Level(NamedTuple):
    """How a total stood at one moment. None where it is not told."""

    raised: int
    refunded: int | None
    donations: int | None


@dataclass(frozen=True, slots=True)
class _Curve:
    """The buckets of one grain in order; ``sums`` are of each and all later ones, with nothing at the end."""

    numbers: tuple[int, ...]
    sums: tuple[Bucket, ...]

    @classmethod
    def of(cls, buckets: Mapping[int, Bucket]) -> Self:
        # which empty buckets there are depends on the order in which facts came
        numbers = sorted(n for n, bucket in buckets.items() if any(bucket))
        sums = list(accumulate((buckets[n] for n in reversed(numbers)), _added, initial=Bucket(0, 0, 0)))
        return cls(tuple(numbers), tuple(reversed(sums)))

    def since(self, number: int) -> Bucket:
        return self.sums[bisect_left(self.numbers, number)]


@dataclass(frozen=True, slots=True)
class Counted:
    """The past of a campaign whose donations are added up. What stood at a moment is the total less everything since."""

    currency: Currency
    total: Bucket
    curves: Mapping[Interval, _Curve]

    @classmethod
    def of(cls, currency: Currency, total: Bucket, buckets: Mapping[Interval, Mapping[int, Bucket]]) -> Self:
        """``buckets`` by number, of days always and of finer grains where finer cuts are to be made."""
        return cls(currency, total, {grain: _Curve.of(found) for grain, found in buckets.items()})

    def first(self, now: datetime, zone: tzinfo) -> datetime | None:
        """Where the finest bucket begins that holds the first change, or None without any."""
        found: datetime | None = None
        for grain in (Interval.DAY, Interval.HOUR, Interval.MINUTE):
            numbers = self.curves[grain].numbers if grain in self.curves else ()
            if found is None:
                if not numbers:
                    return None
                found = begin(Interval.DAY, numbers[0], zone).moment
            elif found > now - KEPT[grain]:
                # buckets before that may be left over, and no longer right
                later = numbers[bisect_left(numbers, number(grain, found, zone)) :]
                found = max([found, *(begin(grain, n, zone).moment for n in later[:1])])
        return found

    def at(self, cut: Cut) -> Level:
        """How the total stood."""
        if cut.number is None:
            return Level(*self.total)
        after = self.curves[cut.grain].since(cut.number)
        return Level(self.total.net - after.net, self.total.refunded - after.refunded, self.total.donations - after.donations)


@dataclass(frozen=True, slots=True)
class Reported:
    """The past of a campaign whose total the network states: of each bucket the newest report, and the first one ever.

    Before the first one the total is taken to have stood where that found it.
    """

    currency: Currency
    reports: tuple[Report, ...]

    @classmethod
    def of(cls, currency: Currency, reports: Iterable[Report]) -> Self:
        """``reports`` in any order; those of several grains repeat each other."""
        return cls(currency, tuple(sorted({report.version: report for report in reports}.values())))

    def first(self, now: datetime, zone: tzinfo) -> datetime | None:
        """The moment of the first report, or None without any."""
        return _EPOCH + timedelta(microseconds=self.reports[0].version) if self.reports else None

    def at(self, cut: Cut) -> Level:
        """How the total stood by the newest report before."""
        place = len(self.reports)
        if cut.number is not None:
            place = bisect_left(self.reports, (micros(cut.moment),))
        report = self.reports[max(place - 1, 0)]
        return Level(report.raised, None, report.donations)


Past: TypeAlias = Counted | Reported


def _added(one: Bucket, other: Bucket) -> Bucket:
    return Bucket(one.net + other.net, one.refunded + other.refunded, one.donations + other.donations)

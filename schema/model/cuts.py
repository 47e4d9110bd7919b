"""Where the past can be cut: at the edges of the ledger's buckets. Pure.

A bucket has a number: minutes and hours count from 1970 in UTC, days from 1970 in the reporting time zone. A day begins at
the first moment of its date there, also where clocks are turned at midnight.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

MOST: Final = 1_000
"""How many intervals are given at most, the newest."""


class Interval(StrEnum):
    """The length of an interval. Days and months are cut in the reporting time zone."""

    MINUTE = "MINUTE"
    HOUR = "HOUR"
    DAY = "DAY"
    MONTH = "MONTH"

    @property
    def grain(self) -> "Interval":
        """The buckets that it is made of."""
        return Interval.DAY if self is Interval.MONTH else self


KEPT: Final = {Interval.MINUTE: timedelta(hours=48), Interval.HOUR: timedelta(days=400)}
"""For how long the buckets of a grain tell everything; days do for good."""
_LENGTHS: Final = {Interval.MINUTE: timedelta(minutes=1), Interval.HOUR: timedelta(hours=1)}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Cut:
    """The moment at which a bucket begins. ``number`` is None at the present: whatever is known lies before it, also what
    a network dated in the future.
    """

    moment: datetime
    grain: Interval
    number: int | None


def number(interval: Interval, moment: datetime, zone: tzinfo) -> int:
    """Which interval holds a moment. Months count from the year 0."""
    if interval in _LENGTHS:
        return (moment - _EPOCH) // _LENGTHS[interval]
    local = moment.astimezone(zone)
    return local.toordinal() - _FIRST_DAY if interval is Interval.DAY else local.year * 12 + local.month - 1


def begin(interval: Interval, number: int, zone: tzinfo) -> Cut:
    """Where an interval begins."""
    if interval in _LENGTHS:
        return Cut(_EPOCH + number * _LENGTHS[interval], interval, number)
    day = date.fromordinal(number + _FIRST_DAY) if interval is Interval.DAY else date(number // 12, number % 12 + 1, 1)
    midnight = datetime.combine(day, time(), zone)
    return Cut(midnight.astimezone(UTC), Interval.DAY, day.toordinal() - _FIRST_DAY)


def bounds(since: datetime, until: datetime | None, now: datetime, zone: tzinfo) -> tuple[Cut, Cut]:
    """A span, rounded down at both ends to the latest edge of a bucket that still tells everything after it.

    That is the minute within the last 48 hours, the hour within 400 days, else the day; or a local midnight within that hour,
    where a zone is not whole hours off. No ``until``, or one that is not in the past, is the present and not rounded.
    """
    return _rounded(since, now, zone), _present(now) if until is None or until >= now else _rounded(until, now, zone)


def edges(interval: Interval, since: datetime, until: datetime | None, now: datetime, zone: tzinfo) -> tuple[Cut, ...]:
    """The edges of the whole intervals that have a part in a span, earliest first; without any interval a single edge.

    Only the newest 1,000, and none that its buckets do not tell of any more. An interval under way ends at the present.
    """
    end = now if until is None else min(until, now)
    last = number(interval, end - timedelta.resolution, zone)
    first = max(number(interval, since, zone), last - MOST + 1)
    if interval in KEPT:
        first = max(first, number(interval, now - KEPT[interval], zone) + 1)
    # a date that a zone leaves out begins where the next one does
    found = {cut.moment: cut for cut in (begin(interval, n, zone) for n in range(first, last + 1))}
    following = begin(interval, last + 1, zone)
    return (*found.values(), following if following.moment < now else _present(now))


def finest(cuts: tuple[Cut, ...]) -> Interval:
    """The finest buckets that are needed to cut there."""
    return min((cut.grain for cut in cuts), key=list(Interval).index)


def _rounded(moment: datetime, now: datetime, zone: tzinfo) -> Cut:
    candidates = [begin(grain, number(grain, moment, zone), zone) for grain in (Interval.DAY, Interval.HOUR, Interval.MINUTE)]
    telling = [cut for cut in candidates if cut.grain not in KEPT or cut.moment > now - KEPT[cut.grain]]
    return max(telling, key=lambda cut: cut.moment)  # of equal ones the coarsest, which takes the least reading


def _present(now: datetime) -> Cut:
    return Cut(now, Interval.DAY, None)

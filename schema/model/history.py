"""History: what campaigns raised within spans, made of the ledger's buckets. Pure.

A donation counts at its own time and a refund at its own; a total that the network reports counts when it was seen. The
ledger keeps buckets of a minute for 48 hours, of an hour for 400 days and of a day for good, so the past is cut as finely.
What had been raised when a campaign was first seen is in ``so_far`` only. Nothing is rounded but moments.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise

from schema.model.cuts import MOST, Cut, Interval, bounds, edges, finest, number
from schema.model.engagement import Engagement
from schema.model.money import Basket, Currency, Money
from schema.model.past import Past

__all__ = [
    "Interval",
    "Period",
    "SeasonPeriod",
    "between",
    "grain",
    "intervals",
    "samples",
    "season_between",
    "season_intervals",
]


@dataclass(frozen=True, slots=True)
class Period:
    """What one campaign raised within a span. ``until`` is not included; in an interval under way it is the present.

    ``raised`` is the change within it, ``so_far`` the total at its end. ``refunded`` and ``count`` are None where not told.
    """

    since: datetime
    until: datetime
    raised: Money
    refunded: Money | None
    count: int | None
    so_far: Money


@dataclass(frozen=True, slots=True)
class SeasonPeriod:
    """What several campaigns raised within a span, per currency. ``count`` is of donations, at least."""

    since: datetime
    until: datetime
    raised: Basket
    count: int
    so_far: Basket


def grain(since: datetime, until: datetime | None, now: datetime, zone: tzinfo) -> Interval:
    """The finest buckets that ``between`` and ``season_between`` need for a span; for intervals it is ``Interval.grain``."""
    return finest(bounds(since, until, now, zone))


def between(past: Past, since: datetime, until: datetime | None, now: datetime, zone: tzinfo) -> Period | None:
    """What a campaign raised within a span, rounded as ``bounds`` says, from the first known change on.

    None where nothing is known of it: the campaign was first seen later, or never.
    """
    first = past.first(now, zone)
    found = _periods(past, first, bounds(since, until, now, zone)) if first is not None else ()
    return found[0] if found else None


def intervals(
    past: Past, interval: Interval, since: datetime | None, until: datetime | None, now: datetime, zone: tzinfo
) -> tuple[Period, ...] | None:
    """How a campaign's total grew, oldest interval first and without gaps: the intervals that have a part in the span, whole.

    They begin with the first known change, which may be within the first of them. At most the newest 1,000, and none older
    than their buckets are kept. None where nothing is known of the span.
    """
    first = past.first(now, zone)
    if first is None:
        return None
    return _periods(past, first, edges(interval, max(since or first, first), until, now, zone)) or None


def season_between(
    pasts: Iterable[Past], since: datetime, until: datetime | None, now: datetime, zone: tzinfo
) -> SeasonPeriod | None:
    """The same for several campaigns, each of which adds nothing before it was first seen, and from then on all it has.

    A campaign whose parent is among them must be left out by the caller.
    """
    found = _fold(_known(pasts, now, zone), bounds(since, until, now, zone))
    return found[0] if found else None


def season_intervals(
    pasts: Iterable[Past], interval: Interval, since: datetime | None, until: datetime | None, now: datetime, zone: tzinfo
) -> tuple[SeasonPeriod, ...] | None:
    """The same for several campaigns, from the first change of any of them on."""
    known = _known(pasts, now, zone)
    if not known:
        return None
    first = min(began for _, began in known)
    return _fold(known, edges(interval, max(since or first, first), until, now, zone)) or None


def samples(
    kept: Iterable[Engagement], interval: Interval, since: datetime | None, until: datetime | None, zone: tzinfo
) -> tuple[Engagement, ...]:
    """The last sample of each interval within a span, oldest first, at most the newest 1,000. MINUTE is answered as HOUR."""
    length = Interval.HOUR if interval is Interval.MINUTE else interval
    last: dict[int, Engagement] = {}
    for sample in sorted(kept, key=lambda sample: sample.as_of):
        if (since is None or sample.as_of >= since) and (until is None or sample.as_of < until):
            last[number(length, sample.as_of, zone)] = sample
    return tuple(last.values())[-MOST:]


def _periods(past: Past, first: datetime, cuts: Sequence[Cut]) -> tuple[Period, ...]:
    """What lies between the cuts, as far as it is known."""
    return tuple(
        Period(
            max(start.moment, first),
            end.moment,
            Money(after.raised - before.raised, past.currency),
            None if (refunded := _difference(after.refunded, before.refunded)) is None else Money(refunded, past.currency),
            _difference(after.donations, before.donations),
            Money(after.raised, past.currency),
        )
        for (start, before), (end, after) in pairwise([(cut, past.at(cut)) for cut in cuts])
        if _tells(start, end, first)
    )


def _fold(known: Sequence[tuple[Past, datetime]], cuts: Sequence[Cut]) -> tuple[SeasonPeriod, ...]:
    spans = list(pairwise(cuts))
    raised, so_far = [defaultdict[Currency, int](int) for _ in spans], [defaultdict[Currency, int](int) for _ in spans]
    counts = [0] * len(spans)
    for past, first in known:
        for i, (before, after) in enumerate(pairwise([past.at(cut) for cut in cuts])):
            if _tells(*spans[i], first):
                raised[i][past.currency] += after.raised - before.raised
                so_far[i][past.currency] += after.raised
                counts[i] += _difference(after.donations, before.donations) or 0
    earliest = min((first for _, first in known), default=None)
    return tuple(
        SeasonPeriod(max(start.moment, earliest), end.moment, _basket(raised[i]), counts[i], _basket(so_far[i]))
        for i, (start, end) in enumerate(spans)
        if earliest is not None and _tells(start, end, earliest)
    )


def _known(pasts: Iterable[Past], now: datetime, zone: tzinfo) -> list[tuple[Past, datetime]]:
    return [(past, first) for past in pasts if (first := past.first(now, zone)) is not None]


def _tells(start: Cut, end: Cut, first: datetime) -> bool:
    return start.moment <= end.moment and end.moment > first


def _difference(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before


def _basket(sums: dict[Currency, int]) -> Basket:
    return Basket.of(Money(minor, currency) for currency, minor in sums.items())

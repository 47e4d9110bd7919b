"""The sum of a season: each campaign once and whole, one that is within another only within that one. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.money import Basket
from schema.model.total import Total


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign of a season. ``part_of`` are native ids on its network; ``total`` is None while unknown.

    ``freshness`` and ``as_of`` are those of the total.
    """

    campaign: CampaignId
    part_of: tuple[str, ...]
    total: Total | None
    freshness: Freshness
    as_of: datetime
    is_running: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """What several campaigns have raised together.

    ``count`` is of donations, at least: an unknown one adds none. ``campaigns`` is how many are in the sum. ``as_of`` is the
    oldest among the totals of running campaigns, the newest of all if none is running, and the present without any;
    ``freshness`` is the worst among those of running campaigns, or CACHED if none is running.
    """

    raised: Basket
    count: int
    campaigns: int
    as_of: datetime
    freshness: Freshness


def counted(rows: Iterable[Row]) -> tuple[Total, ...]:
    """The totals that are in the sum, one for each campaign.

    Left out is what has no known total, and what lies within another row that has one, at any depth: also when a team in
    between has no total of its own. Of rows that a network states to be within each other the first by id is in the sum.
    """
    named = {(row.campaign.platform, row.campaign.native): row for row in rows}

    def is_within(row: Row, other: Row) -> bool:
        return other.total is not None and (row.campaign not in _above(other, named) or other.campaign < row.campaign)

    return tuple(
        row.total
        for row in named.values()
        if row.total is not None and not any(is_within(row, other) for other in _above(row, named).values())
    )


def fold(rows: Iterable[Row], now: datetime) -> Sum:
    """All of them in one sum, in whatever order they come. Raises BadAmount where it is more than money can be."""
    every = tuple(rows)
    totals = counted(every)
    read = [row for row in every if row.total is not None]
    running = [row for row in read if row.is_running]
    return Sum(
        raised=Basket.of(total.raised for total in totals),
        count=sum(total.donation_count or 0 for total in totals),
        campaigns=len(totals),
        as_of=min(row.as_of for row in running) if running else max((row.as_of for row in read), default=now),
        freshness=Freshness.worst([row.freshness for row in running]) or Freshness.CACHED,
    )


def by_platform(rows: Iterable[Row], now: datetime) -> Mapping[str, Sum]:
    """The same, network by network; one of which no total is known has no row. The parts of all add up to those of the whole:
    a campaign only ever lies within another of its own network.
    """
    split: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        split[row.campaign.platform].append(row)
    sums = {platform: fold(split[platform], now) for platform in sorted(split)}
    return {platform: found for platform, found in sums.items() if found.campaigns}


def _above(row: Row, named: Mapping[tuple[str, str], Row]) -> Mapping[CampaignId, Row]:
    """The rows within which a campaign lies, at any depth; itself is among them in a ring."""
    found: dict[CampaignId, Row] = {}
    ahead = [row]
    while ahead:
        for native in ahead.pop().part_of:
            parent = named.get((row.campaign.platform, native))
            if parent is not None and parent.campaign not in found:
                found[parent.campaign] = parent
                ahead.append(parent)
    return found

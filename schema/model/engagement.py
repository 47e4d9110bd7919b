"""Engagement: counters of public posts. They are approximate, they may fall, and they are never money."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Engagement:
    """Counters at one moment. None is a counter that the network did not tell."""

    as_of: datetime
    """When the counters were read; of a sum, the oldest reading in it."""
    reposts: int | None = None
    comments: int | None = None
    likes: int | None = None

    @classmethod
    def total(cls, several: Iterable["Engagement"]) -> "Engagement | None":
        """The sum, or None of none. A counter that nobody told stays None; one that some told is the sum of those."""
        read = list(several)
        if not read:
            return None
        return cls(
            min(each.as_of for each in read),
            _sum(each.reposts for each in read),
            _sum(each.comments for each in read),
            _sum(each.likes for each in read),
        )


def _sum(counters: Iterable[int | None]) -> int | None:
    told = [counter for counter in counters if counter is not None]
    return sum(told) if told else None

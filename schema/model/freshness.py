"""How close a value is to the network's own at this moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Freshness(StrEnum):
    """Ordered from best to worst by ``worst``."""

    LIVE = "LIVE"
    CACHED = "CACHED"
    STALE = "STALE"

    @staticmethod
    def worst(several: "list[Freshness]") -> "Freshness | None":
        """The worst of several, or None without any."""
        return max(several, key=_ORDER.index, default=None)


_ORDER: Final = tuple(Freshness)


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one account's channels. ``pushes`` and ``polls`` say which ones it has at all."""

    pushes: bool
    polls: bool
    interval: timedelta
    """How long it is from one asking to the next, for accounts that are polled: the pause, and what asking takes."""
    feed_stopped: str | None = None
    """Why the network's own feed is not healthy, or None while nothing is known against it."""
    polled_at: datetime | None = None
    """When asking last succeeded."""
    heard_at: datetime | None = None
    """When anything genuine was last received, by any channel."""
    feed_interval: timedelta | None = None
    """How often the feed is confirmed to be healthy; None where a network just sends, and silence says nothing."""
    feed_ok_at: datetime | None = None
    """When the feed was last confirmed to be healthy."""
    is_behind: bool = False
    """Whether something that was told before may be missing, until it was read again."""

    def freshness(self, now: datetime) -> Freshness:
        """LIVE while a feed is known to be healthy; CACHED while asking succeeds at least every second time; else STALE.

        A network that just sends is LIVE from the first thing heard of it on, and CACHED before: there is nothing to miss.
        So is one that neither sends nor can be asked, for good: people bring its figures. Each is STALE while it is behind.
        """
        if self.is_behind:
            return Freshness.STALE
        if not self.pushes and not self.polls:
            return Freshness.CACHED
        if self.pushes and self.feed_stopped is None:
            if self.feed_interval is None:
                return Freshness.LIVE if self.heard_at is not None else Freshness.CACHED
            if self.feed_ok_at is not None and now - self.feed_ok_at <= 3 * self.feed_interval:
                return Freshness.LIVE
        if self.polls and self.polled_at is not None and now - self.polled_at <= 2 * self.interval:
            return Freshness.CACHED
        return Freshness.STALE

    def turns_at(self, since: datetime) -> datetime | None:
        """The first moment after ``since`` at which ``freshness`` may be another by time alone, if there is one."""
        confirmed, polled = self.feed_ok_at, self.polled_at
        ends = (
            None if confirmed is None or self.feed_interval is None else confirmed + 3 * self.feed_interval,
            None if polled is None else polled + 2 * self.interval,
        )
        return min((end + timedelta.resolution for end in ends if end is not None and end >= since), default=None)

    @property
    def as_of(self) -> datetime | None:
        """The latest moment at which the account was known to be in step with its network."""
        if self.polled_at is None or self.heard_at is None:
            return self.polled_at or self.heard_at
        return max(self.polled_at, self.heard_at)

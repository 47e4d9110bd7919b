"""What one viewer was told, held against what was given."""

from collections import Counter
from collections.abc import Sequence
from typing import Any


class Seen:
    """Of one of the five ``feed``s. ``log`` are the gifts in order, and grows; mistakes are counted in ``wrong``, in words."""

    def __init__(self, feed: str, log: Sequence[str], wrong: Counter[str]) -> None:
        self.feed = feed
        self._log = log
        self._wrong = wrong
        self._ids: list[str] = []
        self._count = 0

    def begin(self, told: Any) -> None:
        """The snapshot."""
        self._count = 0 if self._tells_gifts else _count(told)

    def take(self, told: Any) -> None:
        """One message."""
        if not told["recovered"]:
            self._mistake("was told of a hole")
        if self._tells_gifts:
            self._ids += [gift["id"] for gift in told["received"]]
            if told["missed"]:
                self._mistake("missed something")
        elif _count(told) < self._count:
            self._mistake("went back")
        else:
            self._count = _count(told)

    def has_all(self, given: int) -> bool:
        """Whether there is nothing more to be told, when that many were given and no more come."""
        if self._tells_gifts:
            return not self._ids or self._ids[-1] == self._log[-1]
        return self._count == given

    def judge_end(self, given: int) -> None:
        """When no gifts come any more, and time has passed since."""
        if not self.has_all(given):
            self._mistake("was not told of the last gift")

    def judge(self) -> None:
        """When it goes. The log may be behind it, or ahead."""
        if self._ids and self._ids[0] in self._log:
            there = self._log[self._log.index(self._ids[0]) :]
            if any(one != another for one, another in zip(there, self._ids, strict=False)):
                self._mistake("was not told of each gift once, in order")

    @property
    def _tells_gifts(self) -> bool:
        return self.feed.endswith("Donations")

    def _mistake(self, what: str) -> None:
        self._wrong[f"{self.feed}: {what}"] += 1


def _count(told: Any) -> int:
    total = (told.get("season") or told["campaign"])["total"]
    return int(total["donationCount"])

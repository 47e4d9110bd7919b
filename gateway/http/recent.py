"""What was asked for lately."""

from array import array
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Final

PLACES: Final = 16_384
"""For what was asked for last: ten times what a process executes in a second."""


class Recent:
    """Of each only a hash is known, in a place that the next one takes: whatever is asked, this has its size from the first."""

    def __init__(self) -> None:
        self._hashes = array("q", bytes(8 * PLACES))
        self._moments = array("d", bytes(8 * PLACES))

    def again(self, key: Hashable, now: datetime, within: timedelta) -> bool:
        """Whether it was asked for before, no longer ago than this. It is asked for now."""
        known = hash(key)
        place = known % PLACES
        before = self._moments[place] if self._hashes[place] == known else 0.0
        self.note(key, now)
        return now.timestamp() - before <= within.total_seconds()

    def note(self, key: Hashable, moment: datetime) -> None:
        """It was asked for then."""
        known = hash(key)
        place = known % PLACES
        self._hashes[place], self._moments[place] = known, moment.timestamp()

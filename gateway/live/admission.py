"""How many operations one connection may run, and how often it may begin one, whatever its transport is."""

from typing import Final

from gateway.http.limits import Limits, exceeded
from gateway.http.responses import TooOften


class Admission:
    """One connection's. ``now`` is in seconds, on any clock that does not go back."""

    def __init__(self, limits: Limits) -> None:
        self._limits: Final = limits
        self._level: float = limits.subscribes_burst
        self._seen = 0.0

    def take(self, running: int, now: float) -> None:
        """Admits one more operation beside those that run. Raises TooOften and LimitExceeded."""
        limits = self._limits
        self._level = min(limits.subscribes_burst, self._level + (now - self._seen) * limits.subscribes_per_second)
        self._seen = now
        if self._level < 1:
            raise TooOften(int((1 - self._level) / limits.subscribes_per_second) + 1)
        self._level -= 1
        if running >= limits.operations_per_socket:
            raise exceeded(limits, "operations_per_socket")

"""How often something happened lately."""

from collections import deque
from collections.abc import Callable
from datetime import timedelta


class Window:
    """Counts what happened within ``lasts`` from now. It remembers as much as may happen meanwhile: callers have budgets."""

    def __init__(self, lasts: timedelta, monotonic: Callable[[], float]) -> None:
        self._lasts = lasts.total_seconds()
        self._monotonic = monotonic
        self._moments: deque[float] = deque()

    def count(self) -> None:
        """It happened now."""
        self._forget()
        self._moments.append(self._monotonic())

    def clear(self) -> None:
        """It never happened."""
        self._moments.clear()

    def __len__(self) -> int:
        self._forget()
        return len(self._moments)

    def _forget(self) -> None:
        begins = self._monotonic() - self._lasts
        while self._moments and self._moments[0] <= begins:
            self._moments.popleft()

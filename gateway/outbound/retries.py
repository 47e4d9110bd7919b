"""How much may be tried again: where everything fails, attempts must not become three times as many."""

import time
from collections.abc import Callable

from gateway.outbound.limits import Limits
from gateway.outbound.window import Window


class RetryBudget:
    """Of one account: a share of its calls lately, and always a few."""

    def __init__(self, limits: Limits | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits or Limits()
        self._calls = Window(self._limits.window, monotonic)
        self._retries = Window(self._limits.window, monotonic)

    def call(self) -> None:
        """A call begins, whatever number of attempts it will need."""
        self._calls.count()

    def take(self) -> bool:
        """Whether something may be tried once more; if so, that is counted."""
        share = len(self._calls) * self._limits.retry_percent // 100
        if len(self._retries) >= max(self._limits.retries, share):
            return False
        self._retries.count()
        return True

"""Leaves a network alone that mostly fails, and tries carefully whether it is back.

Own code: of the libraries none that is kept up has a failure rate over a window and limited probes
(docs/decisions/0023-a-breaker-of-our-own.md).
"""

import time
from collections.abc import Callable
from datetime import timedelta

from gateway.outbound.limits import Limits
from gateway.outbound.window import Window


class Breaker:
    """Of one account. It opens when of enough attempts too many failed, rests, and closes when each probe was answered; a
    probe that fails makes it rest again. How much is enough is in ``Limits``.
    """

    def __init__(self, limits: Limits | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits or Limits()
        self._monotonic = monotonic
        self._calls = Window(self._limits.window, monotonic)
        self._failures = Window(self._limits.window, monotonic)
        self._rests_until: float | None = None
        self._probing = self._passed = 0
        self._era = 0

    @property
    def is_open(self) -> bool:
        """Whether the network is left alone but for probes."""
        return self._rests_until is not None

    def wait(self) -> timedelta:
        """How long no call may be made; zero when one may. While all probes are under way, how long one of them may take."""
        if self._rests_until is None:
            return timedelta()
        if (left := self._rests_until - self._monotonic()) > 0:
            return timedelta(seconds=left)
        return timedelta() if self._probing + self._passed < self._limits.probes else self._limits.deadline

    def enter(self) -> int:
        """A call is made now, for which ``wait`` was zero. What it returns is for ``leave``, which must follow."""
        if self.is_open:
            self._probing += 1
        return self._era

    def leave(self, era: int, *, healthy: bool | None) -> None:
        """How it went: whether the network is well, or None where the call does not say. What began before the breaker
        opened or closed does not count any more.
        """
        if era != self._era:
            return
        if self.is_open:
            self._probing -= 1
            self._passed += healthy is True
            if healthy is False:
                self._rest()
            elif self._passed >= self._limits.probes:
                self._begin(None)
        elif healthy is not None:
            self._calls.count()
            if not healthy:
                self._failures.count()
            calls, failures = len(self._calls), len(self._failures)
            if calls >= self._limits.breaker_calls and failures * 100 >= calls * self._limits.breaker_percent:
                self._rest()

    def _rest(self) -> None:
        self._begin(self._monotonic() + self._limits.breaker_rest.total_seconds())

    def _begin(self, rests_until: float | None) -> None:
        self._era += 1
        self._rests_until = rests_until
        self._probing = self._passed = 0
        self._calls.clear()
        self._failures.clear()

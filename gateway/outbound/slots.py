"""When a call comes that has to be apart from the one before, whoever of this process asks."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeAlias

from yarl import URL

from gateway.outbound.limits import Limits

Key: TypeAlias = tuple[str, int | None, str]

_REST: Final[Key] = ("", None, "")
"""What hosts share for which there is no room."""


@dataclass(slots=True)
class _Place:
    """One host on one budget. ``last`` is the moment of the newest call, ``kept`` that from which it need not be known."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    last: float = -math.inf
    kept: float = -math.inf
    callers: int = 0


class Slots:
    """One for a process, so that accounts on one host share, and one that is built anew does not begin anew.

    Of this process only, which is enough: accounts are polled under a lease, so that another process asks the same host only
    while a lease changes hands. A host is forgotten when nobody waits for it and its next call would not have to wait either;
    while there are more than ``Limits.hosts``, those that come later share one place.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._hosts = (limits or Limits()).hosts
        self._monotonic = monotonic
        self._sleep = sleep
        self._places: dict[Key, _Place] = {}

    async def turn(self, url: URL, budget: str, spacing: timedelta) -> None:
        """Returns when a call to this host on a budget of this name is ``spacing`` from the one before, first come, first
        served. Who leaves takes no place.
        """
        if not spacing:
            return
        place, least = self._place(url, budget), spacing.total_seconds()
        place.callers += 1
        try:
            async with place.turn:
                if (wait := place.last + least - self._monotonic()) > 0:
                    await self._sleep(wait)
                place.last = self._monotonic()
                place.kept = place.last + least
        finally:
            place.callers -= 1

    def _place(self, url: URL, budget: str) -> _Place:
        key = ((url.host or "").lower(), None if url.is_default_port() else url.port, budget)
        if key not in self._places:
            now = self._monotonic()
            self._places = {known: place for known, place in self._places.items() if place.callers or place.kept > now}
            if len(self._places.keys() - {_REST}) >= self._hosts:
                key = _REST
        if key not in self._places:  # it may have had a call in the place that is shared
            self._places[key] = _Place(last=self._places[_REST].last if _REST in self._places else -math.inf)
        return self._places[key]

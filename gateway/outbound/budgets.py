"""How often a network may be asked, by the budgets that its connector names."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol

from aiolimiter import AsyncLimiter

from schema.model.errors import ConnectorError


class Daily(Protocol):
    """A budget that the network counts by the day, shared by all processes."""

    async def take(self) -> timedelta:
        """Takes one call: zero when it may be made, else how long until then. Raises TryLater."""
        ...


class Budget:
    """So many calls in any minute, and none at all while the network has asked for patience. Of this process only.

    ``spacing`` is how far its calls have to be apart: that is for ``Slots`` to keep.
    """

    def __init__(
        self,
        per_minute: int,
        monotonic: Callable[[], float] = time.monotonic,
        daily: Daily | None = None,
        *,
        spacing: timedelta = timedelta(),
    ) -> None:
        self.spacing = spacing
        self._limiter = AsyncLimiter(per_minute, 60)
        self._daily = daily
        self._monotonic = monotonic
        self._quiet_until = 0.0

    async def turn(self) -> None:
        """Returns when a call may be made in this minute, and counts it. The caller sets the deadline."""
        await self._limiter.acquire()

    async def take(self) -> timedelta:
        """Takes one call of the day's: zero when it may be made, else how long until then. Raises TryLater where that
        cannot be read.
        """
        return timedelta() if self._daily is None else await self._daily.take()

    def hush(self, wait: timedelta) -> None:
        """Keeps quiet for that long; never shortens what was asked before."""
        self._quiet_until = max(self._quiet_until, self._monotonic() + wait.total_seconds())

    def quiet(self) -> timedelta:
        """How long it still keeps quiet; zero when it does not."""
        return timedelta(seconds=max(0.0, self._quiet_until - self._monotonic()))


class Budgets:
    """The budgets of one account, by name."""

    def __init__(
        self,
        per_minute: Mapping[str, int],
        monotonic: Callable[[], float] = time.monotonic,
        daily: Mapping[str, Daily] = MappingProxyType({}),
        *,
        spacing: Mapping[str, timedelta] = MappingProxyType({}),
    ) -> None:
        self._budgets = {
            name: Budget(calls, monotonic, daily.get(name), spacing=spacing.get(name, timedelta()))
            for name, calls in per_minute.items()
        }

    def __getitem__(self, name: str) -> Budget:
        try:
            return self._budgets[name]
        except KeyError:
            raise ConnectorError(f"the connector asks on a budget that it does not declare: {name}") from None

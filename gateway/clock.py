"""The clock of the gateway: the wall's, or a faster one in the demo."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Time(Protocol):
    """Tells the time and waits by it, so that what is scheduled keeps step with what is dated."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        ...

    async def sleep(self, duration: timedelta) -> None:
        """Returns when that much has passed on it."""
        ...


async def rest(duration: timedelta) -> None:
    """Returns when that much has passed on the wall."""
    await asyncio.sleep(duration.total_seconds())


class SystemClock:
    """The machine's wall clock."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, duration: timedelta) -> None:
        """Returns when that much has passed."""
        await rest(duration)

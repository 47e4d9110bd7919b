"""The clock of emulators."""

import asyncio
from datetime import UTC, datetime, timedelta


class ScaledClock:
    """A wall clock that runs ``speed`` times as fast from ``start`` on, and can be turned forward."""

    def __init__(self, start: datetime | None = None, *, speed: float = 1.0) -> None:
        self.speed = speed
        self._start = start or datetime.now(UTC)
        self._began = datetime.now(UTC)

    def now(self) -> datetime:
        """This moment on it, aware, in UTC."""
        return self._start + (datetime.now(UTC) - self._began) * self.speed

    def turn(self, by: timedelta) -> None:
        """Turns it forward, or back."""
        self._start += by

    async def sleep(self, duration: timedelta) -> None:
        """Sleeps until that much has passed on it."""
        await asyncio.sleep(duration.total_seconds() / self.speed)

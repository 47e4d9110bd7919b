"""The clock of emulators."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta


class ScaledClock:
    """A wall clock that runs ``speed`` times as fast from ``start`` on, and can be turned forward."""

    def __init__(self, start: datetime | None = None, *, speed: float = 1.0) -> None:
        self.speed = speed
        self._start = start or datetime.now(UTC)
        self._began = datetime.now(UTC)
        self._sleepers: set[asyncio.Future[None]] = set()

    def now(self) -> datetime:
        """This moment on it, aware, in UTC."""
        return self._start + (datetime.now(UTC) - self._began) * self.speed

    def turn(self, by: timedelta) -> None:
        """Turns it forward, or back. Whoever sleeps until a moment that is past by then wakes up."""
        self._start += by
        for sleeper in self._sleepers:
            if not sleeper.done():
                sleeper.set_result(None)

    async def sleep(self, duration: timedelta) -> None:
        """Sleeps until that much has passed on it, by itself or because it was turned."""
        end = self.now() + duration
        while (left := end - self.now()) > timedelta():
            turned = asyncio.get_running_loop().create_future()
            self._sleepers.add(turned)
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(left.total_seconds() / self.speed if self.speed else None):
                        await turned
            finally:
                self._sleepers.discard(turned)

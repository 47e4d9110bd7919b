"""What is known of each account's channels, shared by all processes."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from redis.asyncio import Redis

from connectors.ports import Clock
from gateway.store import keys
from gateway.store.connection import guarded
from gateway.store.told import Told
from schema.model.errors import LedgerUnavailable

HEARD_EVERY: Final = timedelta(seconds=5)
"""How often a process writes down that an account was heard of; a busy account would write at every delivery."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was written of an account, as in ``schema.model.freshness.Health``."""

    polled_at: datetime | None = None
    heard_at: datetime | None = None
    feed_stopped: str | None = None
    feed_ok_at: datetime | None = None
    is_behind: bool = False
    poll_took: timedelta = timedelta()


class HealthBook:
    """Writes and reads. ``heard`` and ``polled`` give a write up that fails: it is repeated soon."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self.redis = redis
        self.clock = clock
        self._told = Told(redis)
        self._heard: dict[str, datetime] = {}

    async def heard(self, account: str) -> None:
        """Something genuine was received."""
        now = self.clock.now()
        if now - self._heard.get(account, datetime.min.replace(tzinfo=UTC)) >= HEARD_EVERY:
            with contextlib.suppress(LedgerUnavailable):
                await self._write(account, {"heard_at": _text(now)})
                self._heard[account] = now

    async def polled(self, account: str, took: timedelta = timedelta()) -> None:
        """Asking succeeded, and took so long, with the waiting for its turns."""
        with contextlib.suppress(LedgerUnavailable):
            fields = {"polled_at": _text(self.clock.now()), "poll_took": str(max(0.0, took.total_seconds()))}
            await self._write(account, fields)

    async def feed(self, account: str, stopped: str | None) -> None:
        """The network's feed is healthy at this moment (None), or why it is not. Raises LedgerUnavailable: it is told once."""
        confirmed = {} if stopped else {"feed_ok_at": _text(self.clock.now())}
        await self._write(account, {"feed_stopped": stopped or "", **confirmed})

    async def _write(self, account: str, fields: dict[str, str]) -> None:
        async with guarded("the health of an account could not be kept"):
            await self._told.keep(keys.health(account), fields, f"health\n{account}")

    async def read(self, account: str) -> Noted:
        """What was written. Raises LedgerUnavailable."""
        async with guarded("the health of an account could not be read"):
            fields = await cast("Any", self.redis.hgetall(keys.health(account)))
        said = {name.decode(): value.decode() for name, value in fields.items()}
        stopped = said.get("feed_stopped") or None
        polled, heard, confirmed = (_moment(said.get(name)) for name in ("polled_at", "heard_at", "feed_ok_at"))
        took = timedelta(seconds=float(said.get("poll_took", 0)))
        return Noted(polled, heard, stopped, confirmed, "gap_at" in said, took)


def _text(moment: datetime) -> str:
    return str(moment.timestamp())


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromtimestamp(float(text), UTC)

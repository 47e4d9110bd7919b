"""Which days of an account's statements were held against the ledger, and when: kept, so that a restart repeats none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

import orjson
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.connection import guarded


@dataclass(frozen=True, slots=True)
class Summary:
    """What was found for a day: how many rows, and how many of each finding. ``waiting``: some may be applied later."""

    read_at: datetime
    rows: int
    found: Mapping[str, int]
    waiting: bool


class Reconciled:
    """Every method raises LedgerUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def keep(self, account: str, day: date, summary: Summary) -> None:
        """Keeps the newest summary of a day, for good."""
        said = {
            "read_at": summary.read_at.timestamp(),
            "rows": summary.rows,
            "found": dict(summary.found),
            "waiting": summary.waiting,
        }
        async with guarded("what was reconciled could not be kept"):
            await cast("Any", self._redis.hset(keys.reconciled(account), day.isoformat(), orjson.dumps(said)))

    async def read(self, account: str) -> dict[date, Summary]:
        """Every day that was kept."""
        async with guarded("what was reconciled could not be read"):
            kept = await cast("Any", self._redis.hgetall(keys.reconciled(account)))
        return {date.fromisoformat(day.decode()): _summary(said) for day, said in sorted(kept.items())}


def _summary(packed: bytes) -> Summary:
    said = orjson.loads(packed)
    return Summary(datetime.fromtimestamp(said["read_at"], UTC), said["rows"], said["found"], said["waiting"])

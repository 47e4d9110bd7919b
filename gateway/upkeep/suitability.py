"""Whether the ledger's server still is what it must be: after a failover it may be one that is set up otherwise."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.observe import Metrics
from gateway.store.server import shortcomings

EVERY: Final = timedelta(seconds=10)
log = structlog.get_logger()


class Suitability:
    """Of one process. ``replicas`` are those that must confirm each write."""

    def __init__(self, redis: Redis, replicas: int, metrics: Metrics) -> None:
        self._redis = redis
        self._replicas = replicas
        self._metrics = metrics
        self.problems: list[str] = []
        """What is wrong, as it was last seen, in sentences for an operator."""

    async def run(self, sleep: Callable[[timedelta], Awaitable[None]]) -> None:
        """Looks again and again, until it is cancelled. ``sleep`` may return early where there is something to look at."""
        while True:
            await self.look()
            await sleep(EVERY)

    async def look(self) -> None:
        """Looks once. Of a server that does not answer nothing new is known."""
        try:
            found = await shortcomings(self._redis, self._replicas)
        except (RedisError, OSError):
            return
        if found and found != self.problems:
            log.error("ledger.unsuitable", problems=found)
        self.problems = found
        self._metrics.ledger_unsuitable.set(bool(found))

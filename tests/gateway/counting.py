"""A client of the ledger that counts how often something is sent and waited for."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from gateway.store.connection import connect


@dataclass
class Counted:
    """``redis`` is the client. What is sent to set up a connection is not counted."""

    redis: Redis
    round_trips: int = 0


@asynccontextmanager
async def counted(url: str) -> AsyncIterator[Counted]:
    """The gateway's own client, whose connections count."""
    found = Counted(connect(url, timeout=30))
    pool: Any = found.redis.connection_pool

    class Counting(pool.connection_class):  # type: ignore[misc]
        is_set_up = False

        async def on_connect_check_health(self, *args: Any, **options: Any) -> None:
            self.is_set_up = False
            await super().on_connect_check_health(*args, **options)
            self.is_set_up = True

        async def send_packed_command(self, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:
            found.round_trips += self.is_set_up
            await super().send_packed_command(command, check_health)

    pool.connection_class = Counting
    try:
        yield found
    finally:
        await found.redis.aclose()

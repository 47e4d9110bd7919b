"""Clients of the ledger's Redis, set up so that nothing is ever tried twice behind our back.

redis-py retries by default; a counted amount whose answer was lost would then be sent again. Our scripts would bear that,
but a stopped server would block a webhook for minutes.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from schema.model.errors import LedgerUnavailable, StoreUnsuitable

MAX_CONNECTIONS: Final = 32
TIMEOUT_SECONDS: Final = 2.0
OLDEST: Final = (6, 2)


class _Cancellable(AbstractConnection):
    """Lets no cancellation get lost: redis-py sends under ``asyncio.wait_for``, which before Python 3.12 returns as if nothing
    were when it is cancelled as the sending ends (https://github.com/python/cpython/issues/86296). A job that was told to
    stop would go on for ever, and the process with it.
    """

    async def send_packed_command(self, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:  # noqa: FBT001, FBT002
        task = asyncio.current_task()
        cancelled = task.cancelling() if task else 0
        await super().send_packed_command(command, check_health)
        if task and task.cancelling() > cancelled:
            await self.disconnect(nowait=True)  # nobody will read the answer to what was sent
            raise asyncio.CancelledError


class _Tcp(_Cancellable, Connection):
    pass


class _Tls(_Cancellable, SSLConnection):
    pass


class _Unix(_Cancellable, UnixDomainSocketConnection):
    pass


_CONNECTIONS: Final[dict[type[AbstractConnection], type[AbstractConnection]]] = {
    Connection: _Tcp,
    SSLConnection: _Tls,
    UnixDomainSocketConnection: _Unix,
}


def connect(url: str, *, timeout: float = TIMEOUT_SECONDS, kind: type[Redis] = Redis) -> Redis:
    """A client for short commands: 1 s to connect, 2 s for an answer, no retries, callers wait for a free connection."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=MAX_CONNECTIONS,
        timeout=timeout,
        socket_timeout=timeout,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 0),
    )
    pool.connection_class = _CONNECTIONS[pool.connection_class]
    return kind.from_pool(pool)  # so that closing the client closes the connections


def listener(url: str) -> Redis:
    """A client for pub/sub, which may be silent for long."""
    return Redis.from_url(url, socket_timeout=None, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))


@asynccontextmanager
async def guarded(words: str = "the ledger did not answer") -> AsyncIterator[None]:
    """Raises LedgerUnavailable with these words where the ledger's server does not answer as it should: whether something was
    written is unknown then.
    """
    try:
        yield
    except (RedisError, OSError) as error:  # a TimeoutError is an OSError
        raise LedgerUnavailable(words) from error


async def examine(client: Redis, name: str) -> None:
    """Refuses a ledger server that evicts keys or forgets them on a restart. ``name`` is the setting to blame.

    Raises StoreUnsuitable. A server that does not let its configuration be read is believed.
    """
    try:
        about = await client.info("server")
    except (RedisError, OSError) as error:
        raise StoreUnsuitable(f"{name}: no Redis server answers there ({type(error).__name__}).") from error
    version = tuple(int(part) for part in str(about.get("redis_version", "0")).split(".")[:2])
    if version < OLDEST:
        raise StoreUnsuitable(f"{name}: the server is older than Redis 6.2.")
    try:
        policy = (await client.config_get("maxmemory-policy")).get("maxmemory-policy", "noeviction")
        kept = (await client.config_get("appendonly")).get("appendonly", "yes")
        written = (await client.config_get("appendfsync")).get("appendfsync", "always")
    except ResponseError:
        return
    if policy != "noeviction":
        raise StoreUnsuitable(f"{name}: the server evicts keys ({policy}), so donations would count twice. Set noeviction.")
    if kept != "yes":
        raise StoreUnsuitable(f"{name}: the server forgets on a restart. Set appendonly yes.")
    if written != "always":
        raise StoreUnsuitable(f"{name}: the server answers before a write is on disk ({written}). Set appendfsync always.")

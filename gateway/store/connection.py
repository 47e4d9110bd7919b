"""Clients of the ledger's Redis, set up so that nothing is ever tried twice behind our back.

redis-py retries by default; a counted amount whose answer was lost would then be sent again. Our scripts would bear that,
but a stopped server would block a webhook for minutes.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final, cast

from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from gateway.store.cluster import SCHEMES, Cluster, cluster
from gateway.store.confirmed import Confirmed
from schema.model.errors import LedgerUnavailable

MAX_CONNECTIONS: Final = 32
TIMEOUT_SECONDS: Final = 2.0
CONNECT_SECONDS: Final = 1.0


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


def connect(url: str, *, replicas: int = 0, timeout: float = TIMEOUT_SECONDS, kind: type[Confirmed] = Confirmed) -> Redis:
    """A client for short commands: 1 s to connect, 2 s for an answer, no retries, callers wait for a free connection.

    It answers a write when so many ``replicas`` have it. ``kind`` is for one server; a cluster has a client of its own.
    """
    if url.startswith(SCHEMES):
        return _cluster(url, replicas, timeout)
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=MAX_CONNECTIONS,
        timeout=timeout,
        socket_timeout=timeout,
        socket_connect_timeout=CONNECT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    pool.connection_class = _CONNECTIONS[pool.connection_class]
    client: Any = kind.from_pool(pool)  # so that closing the client closes the connections
    client.replicas = replicas
    return cast("Redis", client)


def listener(url: str) -> Redis:
    """A client for pub/sub, which may be silent for long."""
    if url.startswith(SCHEMES):
        return _cluster(url, 0, TIMEOUT_SECONDS)  # whoever listens to it says how long each time
    return Redis.from_url(url, socket_timeout=None, socket_connect_timeout=CONNECT_SECONDS, retry=Retry(NoBackoff(), 0))


def _cluster(url: str, replicas: int, timeout: float) -> Redis:
    """Has every method that is used of a client of one server, and no ancestor in common."""
    times = {"socket_timeout": timeout, "socket_connect_timeout": CONNECT_SECONDS}
    return cast("Redis", Cluster(url, replicas=replicas, most=MAX_CONNECTIONS, kinds=_CONNECTIONS, **times))


async def drop_idle(client: Redis) -> None:
    """Closes connections that wait: they may lead to a server that is one no more."""
    if (many := cluster(client)) is not None:
        await many.drop_idle()
    else:
        await client.connection_pool.disconnect(inuse_connections=False)


@asynccontextmanager
async def guarded(words: str = "the ledger did not answer") -> AsyncIterator[None]:
    """Raises LedgerUnavailable with these words where the ledger's server does not answer as it should: whether something was
    written is unknown then.
    """
    try:
        yield
    except (RedisError, OSError) as error:  # a TimeoutError is an OSError
        raise LedgerUnavailable(words) from error

"""Clients of the ledger's Redis, set up so that nothing is ever tried twice behind our back.

redis-py retries by default; a counted amount whose answer was lost would then be sent again. Our scripts would bear that,
but a stopped server would block a webhook for minutes.
"""

from typing import Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from schema.model.errors import StoreUnsuitable

MAX_CONNECTIONS: Final = 32
TIMEOUT_SECONDS: Final = 2.0
OLDEST: Final = (6, 2)


def connect(url: str) -> Redis:
    """A client for short commands: 1 s to connect, 2 s for an answer, no retries, callers wait for a free connection."""
    return Redis.from_pool(  # so that closing the client closes the connections
        BlockingConnectionPool.from_url(
            url,
            max_connections=MAX_CONNECTIONS,
            timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=1,
            retry=Retry(NoBackoff(), 0),
        )
    )


def listener(url: str) -> Redis:
    """A client for pub/sub, which may be silent for long."""
    return Redis.from_url(url, socket_timeout=None, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))


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
    except ResponseError:
        return
    if policy != "noeviction":
        raise StoreUnsuitable(f"{name}: the server evicts keys ({policy}), so donations would count twice. Set noeviction.")
    if kept != "yes":
        raise StoreUnsuitable(f"{name}: the server forgets on a restart. Set appendonly yes.")

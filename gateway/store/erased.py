"""What was erased is remembered for good, so that no file, redelivery or list brings it back.

The memory names nobody: it holds entities of donations and keys of donors, which are hashes both.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from gateway.store import keys
from gateway.store.cluster import cluster
from gateway.store.connection import guarded


class Erased:
    """Every method raises LedgerUnavailable when Redis does not confirm."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def remember(self, platform: str, marks: Iterable[bytes]) -> None:
        """Adds entities and keys of donors of a network."""
        async with guarded("an erasure could not be remembered"):
            await cast("Any", self._redis.sadd(keys.erased(platform), *cast("Any", marks)))

    async def known(self, platform: str, marks: Sequence[bytes]) -> list[bool]:
        """For each of them whether it was erased."""
        async with guarded("it could not be read what was erased"):
            found = await cast("Any", self._redis.smismember(keys.erased(platform), cast("Any", list(marks))))
        return [bool(each) for each in found]


async def compact(redis: Redis) -> bool:
    """Asks the server to write its file on disk anew, so that what is gone is not in there either; it does so by itself.

    False where it does not: it is at it already, or this client must not ask. Raises LedgerUnavailable.
    """
    async with guarded("it could not be asked to write its file anew"):
        try:
            if (many := cluster(redis)) is None:
                await redis.bgrewriteaof()
            else:
                await many.execute_command("BGREWRITEAOF", target_nodes=many.get_nodes())
        except ResponseError:
            return False
    return True

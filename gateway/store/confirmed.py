"""Writes that hold only when replicas have them as well.

``WAIT`` answers for what its own connection wrote last, so it goes out in one piece with each command, behind it. Between them
something is written that changes nothing: a redelivery writes nothing itself, and has to wait for the write that it repeats,
which was another connection's.
"""

from collections.abc import Sequence
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.store import keys

MARK: Final = keys.confirmation(0)
CONFIRMED_WITHIN_MILLISECONDS: Final = 200
READS: Final = frozenset(
    {
        *("BGREWRITEAOF", "CONFIG GET", "INFO", "PING", "SCAN", "SCRIPT LOAD"),
        *("GET", "HEXISTS", "HGET", "HGETALL", "HKEYS", "HMGET", "HSCAN", "HVALS", "SMEMBERS", "SMISMEMBER", "XRANGE"),
        *("ZCOUNT", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE"),
    }
)
"""Commands that write no key. Any other one is taken for a write."""


class NotConfirmed(RedisError):
    """Fewer replicas than asked for have a write. It is done on the primary, and may be lost with it."""


class Confirmed(Redis):
    """Each write is confirmed by so many ``replicas`` before it is answered, else it raises NotConfirmed. With none it is any
    client. Pipelines are not confirmed: nothing goes through them that would not be told again.
    """

    replicas: int = 0

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """The answer of one command."""
        if not self.replicas or args[0] in READS:
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        async with self.pipeline(transaction=False) as pipe:
            for command, its in ((args, options), *((each, {}) for each in confirmation(self.replicas))):
                pipe.execute_command(*command, **its)
            answer, *proof = await pipe.execute(raise_on_error=False)
        return confirmed(answer, proof, self.replicas)


def confirmation(replicas: int, mark: str = MARK) -> tuple[tuple[str | int, ...], ...]:
    """The commands that follow a write, and answer how many replicas have it. ``mark`` is a key on the same server."""
    return ("SET", mark, 1), ("WAIT", replicas, CONFIRMED_WITHIN_MILLISECONDS)


def confirmed(answer: Any, proof: Sequence[Any], replicas: int) -> Any:
    """The answer of a command, unless that is an error, or what was answered to ``confirmation`` is too little."""
    for each in (answer, *proof):
        if isinstance(each, Exception):
            raise each
    if proof[-1] < replicas:
        raise NotConfirmed(f"{proof[-1]} of {replicas} replicas have confirmed a write")
    return answer

"""The cache role: what may vanish, and who does a job at the moment. Also the shelf of sealed tokens."""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from connectors.ports import Clock
from gateway.store import keys
from gateway.store.seal import Sealer
from schema.model.errors import TryLater
from schema.model.time import micros

Answer = TypeVar("Answer")

# KEYS[1] the lease, ARGV[1] its holder, ARGV[2] milliseconds. Asking again is safe: an answer may have been lost.
_TAKE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0
"""
_RENEW: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
_RELEASE: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

# KEYS[1] the bucket. ARGV[1] how many it holds 2 how many come back a day 3 now, in milliseconds. Answers the wait for one.
# Where there is none, nothing is written, as each rounding would bring the next one nearer; and a process whose clock is behind
# turns nothing back, as what passes until the others' now would come back twice.
_SPEND: Final = """
local most, day, now = tonumber(ARGV[1]), 86400000 / tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = redis.call('HMGET', KEYS[1], 'left', 'at')
local left, at = tonumber(kept[1] or most), tonumber(kept[2] or now)
now = math.max(now, at)
left = math.min(most, left + (now - at) / day)
if left < 1 then return math.ceil((1 - left) * day) + now - tonumber(ARGV[3]) end
redis.call('HSET', KEYS[1], 'left', string.format('%.17g', left - 1), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], 172800000)
return 0
"""


@dataclass(frozen=True, slots=True)
class Cache:
    """Every method is one call, and raises TryLater when the server gives no answer."""

    redis: Redis

    async def get(self, kind: str, name: str) -> bytes | None:
        """What was put there, unless its time is over or the server dropped it."""
        return cast("bytes | None", await answered(self.redis.get(keys.cache(kind, name))))

    async def put(self, kind: str, name: str, value: bytes, ttl: timedelta) -> None:
        """Keeps it for at most ``ttl``, in whole milliseconds."""
        await answered(self.redis.set(keys.cache(kind, name), value, px=ttl))

    async def lease(self, name: str, holder: str, ttl: timedelta) -> bool:
        """Whether ``holder`` has this lease now, for ``ttl`` from now. It ends by itself, also with a dead holder.

        No fencing: a holder that was stopped for longer than ``ttl`` does not know that it is one no more.
        """
        return await self._script(_TAKE, name, holder, ttl)

    async def renew(self, name: str, holder: str, ttl: timedelta) -> bool:
        """Whether ``holder`` still had it, and has it for ``ttl`` from now. Never takes a free one."""
        return await self._script(_RENEW, name, holder, ttl)

    async def release(self, name: str, holder: str) -> bool:
        """Whether ``holder`` had it and gave it back; another's lease is left alone."""
        return await self._script(_RELEASE, name, holder, timedelta())

    async def free(self) -> None:
        """Ends all leases: for who knows that nobody has one any more. Looks at every key, so it is for a start."""
        names = await answered(_all(self.redis.scan_iter(keys.lease("*"), 1_000)))
        if names:
            await answered(self.redis.delete(*names))

    def tokens(self, account: str, sealer: Sealer) -> "TokenShelf":
        """The shelf of an account's tokens on this server."""
        return TokenShelf(self, account, sealer)

    def bucket(self, account: str, name: str, calls: int, clock: Clock) -> "Bucket":
        """What is left of a budget of so many calls a day: never more in any 24 hours.

        A quarter may be taken at once; the rest comes back over the day.
        """
        most = max(1, calls // 4)
        return Bucket(self.redis, keys.budget(account, name), most, max(1, calls - most), clock)

    def bucket_of_a_minute(self, account: str, name: str, calls: int, clock: Clock) -> "Bucket":
        """The same of so many calls a minute, all of which may be taken at once."""
        return Bucket(self.redis, keys.budget(account, name), calls, calls * 24 * 60, clock)

    async def _script(self, source: str, name: str, holder: str, ttl: timedelta) -> bool:
        script = self.redis.register_script(source)
        return bool(await answered(script([keys.lease(name)], [holder, ttl // timedelta(milliseconds=1)])))


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tokens of which ``most`` may be taken at once, and ``a_day`` come back evenly over a day.

    It lies in Redis, so that a restart does not fill it.
    """

    redis: Redis
    key: str
    most: int
    a_day: int
    clock: Clock

    async def take(self) -> timedelta:
        """Takes one: zero when there was one, else how long until there is. Raises TryLater."""
        script = self.redis.register_script(_SPEND)
        wait = await answered(script([self.key], [self.most, self.a_day, micros(self.clock.now()) // 1_000]))
        return timedelta(milliseconds=int(wait))


@dataclass(frozen=True, slots=True)
class TokenShelf:
    """One account's tokens, sealed to their place, and the leases of renewing them. They do not expire."""

    cache: Cache
    account: str
    sealer: Sealer

    async def load(self, name: str) -> bytes | None:
        """The newest one kept. Raises what ``Sealer.open`` raises."""
        place = keys.token(self.account, name)
        sealed = await answered(self.cache.redis.get(place))
        return None if sealed is None else self.sealer.open(cast("bytes", sealed), place)

    async def save(self, name: str, token: bytes) -> None:
        """Keeps it in place of the one before."""
        place = keys.token(self.account, name)
        await answered(self.cache.redis.set(place, self.sealer.seal(token, place)))

    async def lease(self, name: str, holder: str, ttl: timedelta) -> bool:
        """Whether ``holder`` may renew the token of this name, for ``ttl`` from now."""
        return await self.cache.lease(keys.token(self.account, name), holder, ttl)

    async def release(self, name: str, holder: str) -> None:
        """Lets others renew it, if ``holder`` had the lease."""
        await self.cache.release(keys.token(self.account, name), holder)


async def _all(names: AsyncIterator[Any]) -> list[Any]:
    return [name async for name in names]


async def answered(call: Awaitable[Answer]) -> Answer:
    """The answer of the cache's server. Raises TryLater when there is none."""
    try:
        return await call
    except (RedisError, OSError) as error:
        raise TryLater("the cache's server does not answer") from error

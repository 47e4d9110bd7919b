"""Campaigns that an account's settings do not list and that somebody asks for, shared by all processes. In the cache role: what
is lost is asked for again.
"""

from datetime import timedelta
from typing import Final, cast

from connectors.ports import Clock
from gateway.store import keys
from gateway.store.cache import Cache, answered
from schema.model.time import micros

KEPT: Final = timedelta(minutes=10)
"""How long a campaign is tracked after it was last asked for."""
ABSENT: Final = timedelta(minutes=10)
"""How long it is remembered that a network does not have a campaign."""
UNREACHED: Final = timedelta(seconds=15)
"""How long a campaign is left alone when its network could not be asked."""
_DENIED: Final = "denied"

# KEYS[1] native id -> when it was last asked for, in milliseconds. ARGV[1] native id 2 now 3 since when the others must have
# been asked for 4 how many there may be. Answers 1 when it is among them now.
_ADD: Final = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do
    if tonumber(all[i + 1]) < tonumber(ARGV[3]) then redis.call('HDEL', KEYS[1], all[i]) end
  end
  if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], 2 * (ARGV[2] - ARGV[3]))
return 1
"""


class Tracked:
    """Of one account: at most ``most``, and at most ``a_minute`` new ones a minute. Every method raises TryLater."""

    def __init__(self, cache: Cache, account: str, clock: Clock, *, most: int, a_minute: int) -> None:
        self._cache = cache
        self._account = account
        self._clock = clock
        self._most = most
        self._key = keys.cache("tracked", account)
        self._bucket = cache.bucket_of_a_minute(account, "first sights", a_minute, clock)

    async def all(self) -> set[str]:
        """The native ids of those that were asked for lately."""
        found = cast("dict[bytes, bytes]", await answered(self._cache.redis.hgetall(self._key)))
        since = self._now() - _whole(KEPT)
        return {native.decode() for native, at in found.items() if int(at) >= since}

    async def want(self, native: str) -> str | None:
        """Has a campaign looked for that nobody has seen; gives the name of the limit where that may not be."""
        if not await self._has(native) and await self._bucket.take() and not await self._has(native):
            return "first_sights_per_minute"
        return None if await self.keep(native) else "tracked_campaigns"

    async def keep(self, native: str) -> bool:
        """It was asked for now: whether there is room to track it."""
        now, script = self._now(), self._cache.redis.register_script(_ADD)
        return bool(await answered(script([self._key], [native, now, now - _whole(KEPT), self._most])))

    async def deny(self, native: str, lasts: timedelta) -> None:
        """For so long nobody need wait for it, and nobody looks for it."""
        await self._cache.put(_DENIED, f"{self._account}:{native}", b"", lasts)
        await answered(self._cache.redis.hdel(self._key, native))

    async def is_denied(self, native: str) -> bool:
        """Whether that is so now."""
        return await self._cache.get(_DENIED, f"{self._account}:{native}") is not None

    async def _has(self, native: str) -> bool:
        return bool(await answered(self._cache.redis.hexists(self._key, native)))

    def _now(self) -> int:
        return micros(self._clock.now()) // 1_000


def _whole(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)

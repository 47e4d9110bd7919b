"""Reference rates as they lie in Redis: of each currency the newest, which stays when its source leaves it out."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

import structlog
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.connection import guarded
from schema.model.errors import GivingError
from schema.model.rates import Rate

# KEYS[1] the rates, ARGV[1] the channel, ARGV[2] the day, then code and rate by turns. Days in ISO form sort as text.
_KEEP: Final = """
local changed = 0
for i = 3, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  local told = ARGV[2] .. ' ' .. ARGV[i + 1]
  if known ~= told and (not known or string.sub(known, 1, 10) <= ARGV[2]) then
    redis.call('HSET', KEYS[1], ARGV[i], told)
    changed = 1
  end
end
if changed == 1 then redis.call('PUBLISH', ARGV[1], 'rates') end
return changed
"""
log = structlog.get_logger()


class RateShelf:
    """Rates of the European Central Bank. Every method raises LedgerUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def keep(self, day: date, rates: Mapping[str, Decimal]) -> bool:
        """Keeps what one euro was worth on a day, by code. What is known of a later day stays.

        Every process is told when anything changed, which is also the answer.
        """
        values = [part for code, rate in rates.items() for part in (code, f"{rate:f}")]
        async with guarded("the rates could not be kept"):
            script = self._redis.register_script(_KEEP)
            return bool(await script([keys.rates()], [keys.CHANNEL, day.isoformat(), *values]))

    async def read(self) -> tuple[Rate, ...]:
        """Every rate that was ever kept, with its day."""
        async with guarded("the rates could not be read"):
            kept = await cast("Any", self._redis.hgetall(keys.rates()))
        found = (_rate(code, told) for code, told in sorted(kept.items()))
        return tuple(rate for rate in found if rate is not None)


def _rate(code: bytes, told: bytes) -> Rate | None:
    try:
        day, _, value = told.decode().partition(" ")
        return Rate.of_ecb(code.decode(), Decimal(value), date.fromisoformat(day))
    except (ValueError, InvalidOperation, GivingError):  # of another version: one currency, not all of them
        log.warning("rates.unreadable", code=code.decode(errors="replace"))
        return None

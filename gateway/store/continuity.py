"""Whether the ledger's server is still the one that all that an account told was written to.

A server that was started again may have lost the end of what it wrote, or all of it; so may a replica that was promoted. Both
have another run id than before. Per account is kept on which server it was last known that nothing is missing, and until when
that was so: what was written before a mark that is still there is there as well, as a server loses the end first.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from redis.asyncio import Redis

from connectors.ports import Clock
from gateway.store import keys
from gateway.store.connection import guarded
from gateway.store.server import run_ids
from schema.model.time import micros

# KEYS[1] the account's health, ARGV[1] now 2 the account 3 the servers of a cluster.
# Answers the server, and of a gap the last mark and when it was noticed.
# A single server is asked within: between a question of ours and a write it could be another one.
_LOOK: Final = """
local server = ARGV[3] ~= '' and ARGV[3] or string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local kept = redis.call('HMGET', KEYS[1], 'whole_on', 'whole_at', 'gap_at')
if kept[1] == server and not kept[3] then
  redis.call('HSET', KEYS[1], 'whole_at', ARGV[1])
  return {server}
end
if not kept[3] then
  redis.call('HSET', KEYS[1], 'gap_at', ARGV[1])
  redis.call('PUBLISH', 'changes', 'health\\n' .. ARGV[2])
end
return {server, kept[2] or '', kept[3] or ARGV[1]}
"""
# ARGV[4] the server on which everything was read again
_CLOSE: Final = """
local server = ARGV[3] ~= '' and ARGV[3] or string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
if server ~= ARGV[4] then return 0 end
redis.call('HSET', KEYS[1], 'whole_on', server, 'whole_at', ARGV[1])
redis.call('HDEL', KEYS[1], 'gap_at')
redis.call('PUBLISH', 'changes', 'health\\n' .. ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """What was told after ``since``, or ever where that is None, may be missing on this server. ``noticed_at``: first."""

    since: datetime | None
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """The server at this moment, by its run id (of a cluster those of all), and what may be missing there."""

    server: str
    gap: Gap | None


class Continuity:
    """Every method raises LedgerUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._clock = clock
        self._redis = redis
        self._look, self._close = redis.register_script(_LOOK), redis.register_script(_CLOSE)

    async def look(self, account: str) -> Look:
        """How it is with an account. A gap is kept and told to every process when it is seen first; where there is none, that
        is marked.
        """
        async with guarded("it could not be seen whether the ledger is whole"):
            servers = await run_ids(self._redis)
            server, *gap = await cast("Any", self._look([keys.health(account)], [self._now(), account, servers]))
        if not gap:
            return Look(server.decode(), None)
        since, noticed = gap
        return Look(server.decode(), Gap(_moment(since) if since else None, _moment(noticed)))

    async def close(self, account: str, server: str) -> bool:
        """Nothing is missing any more, unless the server is by now another one than this."""
        async with guarded("it could not be kept that the ledger is whole"):
            servers = await run_ids(self._redis)
            return bool(await cast("Any", self._close([keys.health(account)], [self._now(), account, servers, server])))

    def _now(self) -> str:
        return f"{micros(self._clock.now()) / 1_000_000:.6f}"


def _moment(seconds: bytes) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)

"""What is genuine but cannot be applied yet. It is durable, so it is answered 2xx; nothing goes nowhere.

Deliveries are kept whole and sealed, with the time of their receipt, so that a connector can read them again after a fix.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
import structlog
from redis.asyncio import Redis

from connectors.contract import Delivery
from connectors.ports import Clock
from gateway.intake import kept
from gateway.store import keys
from gateway.store.connection import guarded
from gateway.store.seal import Sealer

KEPT: Final = timedelta(days=30)
TRIED_AGAIN: Final = frozenset({"unconfirmed", "unplaced", "nocampaign"})
"""Reasons that may go by themselves. The others wait for a person."""
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """One delivery in quarantine. ``tries`` counts how often it was tried again."""

    key: str
    account: str
    reason: str
    delivery: Delivery
    held_at: datetime
    tries: int


class Quarantine:
    """Holds deliveries per account. Every method raises LedgerUnavailable when Redis does not confirm."""

    def __init__(self, redis: Redis, sealer: Sealer, clock: Clock) -> None:
        self._redis = redis
        self._sealer = sealer
        self._clock = clock

    async def hold(self, account: str, delivery: Delivery, reason: str) -> None:
        """Keeps a delivery. The same bytes again are the same one."""
        whole = b"\n".join(
            (delivery.method.encode(), delivery.query.encode(), delivery.body)
        )  # some networks say it in the query
        digest = hashlib.sha256(whole).hexdigest()[:32]
        await self._write(Held(digest, account, reason, delivery, self._clock.now(), 0))

    async def due(self, account: str, most: int = 100) -> list[Held]:
        """Those to be tried now. What was held for 30 days is given up here, whatever its reason."""
        now, found = self._clock.now(), list[Held]()
        for held in await self._read(account, f"{now.timestamp()}", most):
            if now - held.held_at < KEPT:
                found.append(held)
            else:
                await self.release(held)
                log.error("delivery.given_up", account=account, reason=held.reason)
        return found

    async def all(self, account: str, most: int = 1_000) -> list[Held]:
        """Everything held for an account."""
        return await self._read(account, "+inf", most)

    async def release(self, held: Held) -> None:
        """It was applied, or is given up."""
        bodies, due = keys.held(held.account)
        await self._do(("HDEL", bodies, held.key), ("ZREM", due, held.key))

    async def again(self, held: Held, reason: str) -> None:
        """It could not be applied this time either."""
        await self._write(Held(held.key, held.account, reason, held.delivery, held.held_at, held.tries + 1))

    async def wake(self, account: str) -> None:
        """Makes everything that may go by itself due now, because something changed for it."""
        for held in await self.all(account):
            if held.reason in TRIED_AGAIN:
                # XX: one that was released meanwhile must not come back without its body
                await self._do(("ZADD", keys.held(account)[1], "XX", self._clock.now().timestamp(), held.key))

    async def _write(self, held: Held) -> None:
        bodies, due = keys.held(held.account)
        pause = PAUSES[min(held.tries, len(PAUSES) - 1)]
        end = held.held_at + KEPT
        due_at = min(end, self._clock.now() + pause) if held.reason in TRIED_AGAIN else end
        sealed = self._sealer.seal(_packed(held), f"held:{held.account}")
        await self._do(("HSET", bodies, held.key, sealed), ("ZADD", due, due_at.timestamp(), held.key))

    async def _read(self, account: str, until: str, most: int) -> list[Held]:
        bodies, due = keys.held(account)
        found = (await self._do(("ZRANGEBYSCORE", due, "-inf", until, "LIMIT", 0, most)))[0]
        sealed = (await self._do(("HMGET", bodies, *found)))[0] if found else []
        return [
            _unpacked(key.decode(), account, self._sealer.open(body, f"held:{account}"))
            for key, body in zip(found, sealed, strict=True)
            if body is not None
        ]

    async def _do(self, *commands: Sequence[Any]) -> list[Any]:
        async with guarded("quarantine did not confirm"):
            async with self._redis.pipeline(transaction=True) as pipe:
                for command in commands:
                    pipe.execute_command(*command)
                return await pipe.execute()


def _packed(held: Held) -> bytes:
    about = {"reason": held.reason, "held_at": held.held_at.timestamp(), "tries": held.tries}
    return orjson.dumps({**about, **kept.packed(held.delivery)})


def _unpacked(key: str, account: str, packed: bytes) -> Held:
    said = orjson.loads(packed)
    held_at = datetime.fromtimestamp(said["held_at"], UTC)
    return Held(key, account, said["reason"], kept.unpacked(said), held_at, said["tries"])

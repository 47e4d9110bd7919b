"""What is genuine but cannot be applied yet. It is durable, so it is answered 2xx; nothing goes nowhere.

It is kept whole and sealed, with the time of its receipt, so that a connector can read it again after a fix. What is known of
it besides (why it is held, since when, how often it was tried, its size) holds nothing of a person and lies beside it in clear.
"""

import hashlib
from collections import Counter
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, Final, cast

import structlog
from redis.asyncio import Redis

from connectors.ports import Clock
from gateway.intake.evidence import Evidence, packed, told_once, unpacked
from gateway.store import keys
from gateway.store.connection import guarded
from gateway.store.seal import Sealer
from schema.model.errors import QuarantineFull

KEPT: Final = timedelta(days=30)
MOST: Final = 10_000
"""Held of one account; more is a fault that must be looked at, and not a queue."""
MOST_BYTES: Final = 64 << 20
"""The same in bytes as they lie in Redis."""
TRIED_AGAIN: Final = frozenset({"unconfirmed", "unplaced", "nocampaign"})
"""Reasons that may go by themselves. The others wait for a person."""
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """One in quarantine, unopened. ``tries`` counts how often it was tried again, ``size`` its bytes."""

    key: str
    account: str
    reason: str
    held_at: datetime
    tries: int
    size: int
    due_at: datetime

    @property
    def tried_next(self) -> datetime | None:
        """When it is tried again by itself, None where it waits for a person."""
        return self.due_at if self.reason in TRIED_AGAIN and self.due_at < self.held_at + KEPT else None


@dataclass(frozen=True, slots=True)
class Holding:
    """How much is held of an account, by reason, and since when the oldest is."""

    reasons: Counter[str]
    size: int
    oldest: datetime | None


class Quarantine:
    """Holds what an account told. Every method raises LedgerUnavailable when Redis does not confirm."""

    def __init__(self, redis: Redis, sealer: Sealer, clock: Clock, *, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._redis = redis
        self._sealer = sealer
        self._clock = clock
        self._most = most
        self._most_bytes = most_bytes
        sources = files("gateway.store") / "lua"
        self._hold, self._hold_on, self._release = (
            redis.register_script((sources / f"{name}.lua").read_text("utf-8")) for name in ("hold", "hold_on", "release")
        )

    async def hold(self, account: str, evidence: Evidence, reason: str) -> None:
        """Keeps something. The same again is the same one, held since the first time, now for this reason.

        Raises QuarantineFull, with nothing kept, where it would be one too many or too large.
        """
        now = self._clock.now()
        key = hashlib.sha256(told_once(evidence)).hexdigest()[:32]
        sealed = self._sealer.seal(packed(evidence), _context(account))
        due = _due(reason, now, now, 0).timestamp()
        async with guarded("quarantine did not confirm"):
            await cast("Any", self._redis.sadd(keys.HOLDING, account))
            bounds = (self._most, self._most_bytes)
            answer = await self._hold(list(keys.held(account)), [key, sealed, reason, now.timestamp(), due, *bounds])
        if answer == -1:
            log.error("quarantine.full", account=account, reason=reason)
            raise QuarantineFull("quarantine holds as much of this account as it may")

    async def accounts(self) -> list[str]:
        """The accounts that ever held anything, also those that are configured no more."""
        names = await self._answer(self._redis.smembers(keys.HOLDING))
        return sorted(name.decode() for name in names)

    async def due(self, account: str, most: int = 100) -> list[Held]:
        """Those to be tried now, longest due first. What was held for 30 days is given up here, whatever its reason."""
        now, found = self._clock.now(), list[Held]()
        for held in await self._read(account, f"{now.timestamp()}", most):
            if now - held.held_at < KEPT:
                found.append(held)
            elif await self.release(held):
                log.error("delivery.given_up", account=account, reason=held.reason)
        return found

    async def all(self, account: str) -> list[Held]:
        """Everything held of an account, the next to be tried first."""
        return await self._read(account, "+inf", self._most)

    async def holding(self, account: str) -> Holding:
        """How much that is. Opens nothing."""
        everything = await self.all(account)
        return Holding(
            Counter(held.reason for held in everything),
            sum(held.size for held in everything),
            min((held.held_at for held in everything), default=None),
        )

    async def evidence(self, held: Held) -> Evidence | None:
        """What was received, opened; None where it was released meanwhile.

        Raises SettingsInvalid where another key sealed it, and Unreadable for what is spoiled.
        """
        sealed = await self._answer(self._redis.hget(keys.held(held.account)[0], held.key))
        return None if sealed is None else unpacked(self._sealer.open(sealed, _context(held.account)))

    async def release(self, held: Held) -> bool:
        """It was applied, or is given up. False where it was gone already."""
        async with guarded("quarantine did not confirm"):
            return bool(await self._release(list(keys.held(held.account)), [held.key]))

    async def again(self, held: Held, reason: str) -> None:
        """It could not be applied this time either."""
        due = _due(reason, held.held_at, self._clock.now(), held.tries + 1).timestamp()
        about = f"{held.held_at.timestamp()} {held.tries + 1} {held.size}\n{reason}"
        _, due_key, about_key, _ = keys.held(held.account)
        async with guarded("quarantine did not confirm"):
            await self._hold_on([about_key, due_key], [held.key, about, due])

    async def wake(self, account: str) -> None:
        """Makes everything that may go by itself due now, because something changed for it."""
        waiting = {held.key: self._clock.now().timestamp() for held in await self.all(account) if held.reason in TRIED_AGAIN}
        if waiting:
            # XX: one that was released meanwhile must not come back without its content
            await self._answer(self._redis.zadd(keys.held(account)[1], waiting, xx=True))

    async def _read(self, account: str, until: str, most: int) -> list[Held]:
        _, due, about, _ = keys.held(account)
        found = await self._answer(self._redis.zrangebyscore(due, "-inf", until, start=0, num=most, withscores=True))
        known = await self._answer(self._redis.hmget(about, [key for key, _ in found])) if found else []
        return list(_paired(account, found, known))

    async def _answer(self, call: Awaitable[Any] | Any) -> Any:
        async with guarded("quarantine did not confirm"):
            return await call


def _due(reason: str, held_at: datetime, now: datetime, tries: int) -> datetime:
    """When it is tried next, or given up."""
    end = held_at + KEPT
    return min(end, now + PAUSES[min(tries, len(PAUSES) - 1)]) if reason in TRIED_AGAIN else end


def _context(account: str) -> str:
    return f"held:{account}"


def _paired(account: str, found: Iterable[tuple[bytes, float]], known: Iterable[bytes | None]) -> Iterable[Held]:
    for (key, due), about in zip(found, known, strict=True):
        if about is not None:  # released between the two questions
            figures, _, reason = about.decode().partition("\n")
            since, tries, size = figures.split()
            held_at, due_at = datetime.fromtimestamp(float(since), UTC), datetime.fromtimestamp(due, UTC)
            yield Held(key.decode(), account, reason, held_at, int(tries), int(size), due_at)

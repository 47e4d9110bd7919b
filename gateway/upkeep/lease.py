"""Who does a job: one owner at a time, whoever of the equal processes holds the lease."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog

from gateway.store.cache import Cache
from schema.model.errors import TryLater

LASTS: Final = timedelta(seconds=30)
RENEWED_EVERY: Final = timedelta(seconds=10)
log = structlog.get_logger()


async def owning(
    cache: Cache,
    name: str,
    work: Callable[[], Awaitable[None]],
    *,
    lasts: timedelta = LASTS,
    renewed_every: timedelta = RENEWED_EVERY,
) -> None:
    """Runs ``work`` whenever this process holds the lease, for ever; stops it when the lease is lost.

    No fencing: facts are idempotent, so two owners for a moment cost one call and nothing else.
    """
    holder = secrets.token_hex(8)
    while True:
        try:
            if await cache.lease(name, holder, lasts):
                await _while_held(cache, name, holder, work, lasts, renewed_every)
        except TryLater:
            log.warning("lease.unreachable", lease=name)
        await asyncio.sleep(renewed_every.total_seconds() / 2)


async def _while_held(
    cache: Cache, name: str, holder: str, work: Callable[[], Awaitable[None]], lasts: timedelta, renewed_every: timedelta
) -> None:
    job = asyncio.ensure_future(work())
    try:
        while True:
            done, _ = await asyncio.wait({job}, timeout=renewed_every.total_seconds())
            if done:
                job.result()
                return
            if not await cache.renew(name, holder, lasts):
                log.warning("lease.lost", lease=name)
                return
    finally:
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)  # a fault of the work must not keep the lease from others
        with contextlib.suppress(TryLater):
            await cache.release(name, holder)

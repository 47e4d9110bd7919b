"""Notices that the ledger's server is another one than before, and then lets no job sleep on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog
from redis.asyncio import Redis

from gateway.clock import rest
from gateway.configured import Current
from gateway.store.connection import drop_idle
from gateway.store.continuity import Continuity

log = structlog.get_logger()


class Watch:
    """Of one process. ``sleep`` waits by the clock by which what is read is dated; ``clients`` are those of the ledger."""

    def __init__(
        self,
        continuity: Continuity,
        current: Current,
        sleep: Callable[[timedelta], Awaitable[None]] = rest,
        clients: Sequence[Redis] = (),
    ) -> None:
        self._continuity = continuity
        self._current = current
        self._sleep = sleep
        self._clients = clients
        self._server = ""
        self._woken = asyncio.Event()

    async def look(self) -> None:
        """To be called whenever the server may be another one, before anything is read from it. Raises LedgerUnavailable."""
        for name in self._current.now.accounts:
            server = (await self._continuity.look(name)).server
            former, self._server = self._server, server
            if former not in ("", server):
                log.warning("ledger.restarted")
                for each in self._clients:  # those that wait lead to the former one, and would fail whoever is next
                    await drop_idle(each)
                self._woken.set()
                self._woken = asyncio.Event()

    async def sleep(self, duration: timedelta) -> None:
        """Returns when that much has passed, or the server was seen to be another one."""
        waits = [asyncio.ensure_future(self._sleep(duration)), asyncio.ensure_future(self._woken.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

"""What an account reads again after its ledger's server was started: all that its network still tells, and its archive."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from connectors.ports import Clock
from gateway.accounts import Account
from gateway.clock import rest
from gateway.store.continuity import Continuity, Gap, Look
from gateway.upkeep.polls import Polls
from gateway.upkeep.reconcile import Reconcile
from gateway.upkeep.replay import Replay
from schema.model.time import micros

EVERY: Final = timedelta(minutes=1)
"""How often it is marked that nothing is missing; what came since the last mark is read again."""
LAG: Final = timedelta(minutes=1)
"""By how much a network may date back what it is asked for. One that dates by its last change may do so by more."""
AGAIN: Final = timedelta(minutes=5)
"""After this a part that could not be read is tried again."""
log = structlog.get_logger()


class CatchUp:
    """Of one account, in the process that does its work. Until all is done its figures are STALE.

    The archive comes first: a bill may lack the clues that deliveries had, and what is placed stays there.
    """

    def __init__(
        self,
        account: Account,
        continuity: Continuity,
        replay: Replay,
        clock: Clock,
        *,
        reconcile: Reconcile | None = None,
        polls: Polls | None = None,
        sleep: Callable[[timedelta], Awaitable[None]] = rest,
    ) -> None:
        self._account = account
        self._continuity = continuity
        self._replay = replay
        self._clock = clock
        self._reconcile = reconcile
        self._polls = polls
        self._sleep = sleep
        self._turn, self._asking = asyncio.Lock(), asyncio.Lock()
        self._begun = self._restored = self._polled = Look("", None)
        """For what each part was done last."""
        self._asked = asyncio.Event()
        self._rests_until: datetime | None = None

    @property
    def has_bills(self) -> bool:
        """Whether ``bills`` does anything."""
        return self._reconcile is not None

    async def once(self) -> None:
        """Reads what may be missing. Lists are read by ``poll``, for which it waits. Raises LedgerUnavailable, and what the
        connector raises.
        """
        former: Look | None = None
        # the server may have been started again meanwhile: that woke nobody who was at work
        while (look := await self._continuity.look(self._account.name)) != former and look.gap is not None:
            former = look
            read = await self._is_read(look, look.gap) and await self._is_listed(look, look.gap)
            if read and await self._continuity.close(self._account.name, look.server):
                self._replay.remember(self._account)
                log.info("catch_up.done", account=self._account.name)

    async def bills(self) -> None:
        """The job that reads bills, behind whatever has to come before them. Raises LedgerUnavailable."""
        await self.once()
        async with self._turn:
            if self._reconcile is not None:
                await self._reconcile.once()

    async def poll(self) -> None:
        """A cycle of asking, whole where something may be missing. Raises what the connector or the ledger raises."""
        if self._polls is None:
            return
        async with self._asking:
            look = await self._continuity.look(self._account.name)
            if look.gap is not None and self._polled != look:
                self._polls.forget()
            await self._polls.once()
            self._polled = look
            self._asked.set()
            self._asked = asyncio.Event()

    async def _is_read(self, look: Look, gap: Gap) -> bool:
        """Whether archive and bills are; reads them if not."""
        async with self._turn:
            if self._begun != look:
                self._begun, self._rests_until = look, None
                log.warning("catch_up.begun", account=self._account.name, since=gap.since and gap.since.isoformat())
            if self._rests_until is not None and self._clock.now() < self._rests_until:
                return False
            if self._restored != look and await self._replay.restore(self._account, gap.since):
                self._restored = look
            if self._restored == look:
                # what was notified since the newest bill comes back with the next one; of a new account there is no such thing
                lost = gap.since is None and self._replay.knew(self._account, gap.noticed_at)
                if self._reconcile is None or await self._reconcile.catch_up(gap, to_the_day=lost):
                    return True
            self._rests_until = self._clock.now() + AGAIN
            return False

    async def _is_listed(self, look: Look, gap: Gap) -> bool:
        """Waits until lists were read; gives whether what may be missing is still the same."""
        if self._polls is None:
            return True
        if self._polled != look:
            await self._asked.wait()
        oldest = self._polls.oldest
        behind = timedelta() if oldest is None else timedelta(microseconds=micros(gap.noticed_at) - oldest)
        if self._polled == look and timedelta() < behind <= LAG:
            await self._sleep(behind)  # what was lost may be newer than what was told, which then changed nothing
            async with self._asking:
                await self._polls.once()
        return self._polled == look

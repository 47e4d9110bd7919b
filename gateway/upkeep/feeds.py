"""Keeps what networks push coming: subscriptions at the network, or a connection that we hold open."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Final

from connectors.contract import KeepsFeed, ListensToFeed
from gateway.accounts import Account
from gateway.clock import rest
from gateway.intake.ingest import Ingest
from gateway.read.directory import LISTENING_EVERY
from schema.model.errors import GivingError
from schema.model.facts import DonationState, Fact, FeedStarted, FeedStopped, Movement, RefundState

STEADY: Final = timedelta(minutes=1)
"""A connection that held for so long begins with short pauses again."""
LONGEST_PAUSE: Final = timedelta(minutes=1)
FAULT: Final = "fault"
"""Why a feed is stopped when its connector raised what it may not raise."""


def pause(failures: int) -> float:
    """Seconds until the next attempt after so many in a row; grows up to ``LONGEST_PAUSE``."""
    longest = min(LONGEST_PAUSE.total_seconds(), 2.0 ** min(failures, 10))  # a float's power overflows after a bad night
    # full jitter: many gateways must not come back at the same moment
    return random.uniform(0.5, longest)  # noqa: S311


class Feeds:
    """The feed of one account. ``callback`` is its public webhook address, None where there is none.

    ``hold`` is awaited with each donation or refund that came over a connection and cannot be applied, and with the reason.
    """

    def __init__(
        self,
        account: Account,
        ingest: Ingest,
        callback: str | None,
        hold: Callable[[Account, Movement, str], Awaitable[None]],
        *,
        pause: Callable[[int], float] = pause,
        steady: timedelta = STEADY,
        sleep: Callable[[timedelta], Awaitable[None]] = rest,
    ) -> None:
        self._account = account
        self._ingest = ingest
        self._callback = callback
        self._hold = hold
        self._pause = pause
        self._steady = steady
        self._sleep = sleep

    async def keep(self) -> None:
        """Makes the network send to us. Raises what the connector raises; then the feed counts as stopped."""
        connector = self._account.connector
        if not isinstance(connector, KeepsFeed):
            return
        if self._callback is None:
            await self._ingest.feed(self._account, "no_public_url")
            return
        try:
            await connector.keep_feed([], self._callback)
        except GivingError as error:
            await self._ingest.feed(self._account, error.code.lower())
            raise
        except Exception:
            await self._ingest.feed(self._account, FAULT)
            raise
        await self._ingest.feed(self._account, None)

    async def listen(self) -> None:
        """Holds a connection open for ever, and comes back with growing pauses when it breaks.

        Raises LedgerUnavailable when it cannot be said how the feed is, and what no connector may raise; then the feed counts
        as stopped too.
        """
        connector = self._account.connector
        if not isinstance(connector, ListensToFeed):
            return
        failures, loop = 0, asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                async with aclosing(connector.listen([])) as facts:
                    await self._apply(facts)
            except GivingError as error:
                await self._ingest.feed(self._account, error.code.lower())
            except Exception:
                await self._ingest.feed(self._account, FAULT)
                raise
            # a line that always breaks soon is a failure each time, however much it says before
            failures = 1 if loop.time() - began >= self._steady.total_seconds() else failures + 1
            await asyncio.sleep(self._pause(failures))

    async def _apply(self, facts: AsyncGenerator[Fact, None]) -> None:
        """Applies what comes or has it held, and while nothing comes says that the line stands."""
        confirmed: asyncio.Task[None] | None = None
        try:
            async for fact in facts:
                [verdict] = await self._ingest.verdicts(self._account, [fact])
                if verdict.held is not None and isinstance(fact, DonationState | RefundState):
                    await self._hold(self._account, fact, verdict.held)  # it is told once, as what is posted to us is
                if isinstance(fact, FeedStarted) and confirmed is None:
                    confirmed = asyncio.create_task(self._confirm())
                elif isinstance(fact, FeedStopped) and confirmed is not None:
                    confirmed.cancel()
                    confirmed = None
        finally:
            if confirmed is not None:
                confirmed.cancel()

    async def _confirm(self) -> None:
        while True:
            await self._sleep(LISTENING_EVERY)
            with contextlib.suppress(GivingError):  # where it cannot be said, it turns STALE
                await self._ingest.feed(self._account, None)

"""Keeps what networks push coming: subscriptions at the network, or a connection that we hold open."""

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Final

from connectors.contract import KeepsFeed, ListensToFeed
from gateway.accounts import Account
from gateway.intake.ingest import Ingest
from schema.model.errors import GivingError

LONGEST_PAUSE: Final = timedelta(minutes=1)
FAULT: Final = "fault"
"""Why a feed is stopped when its connector raised what it may not raise."""


def pause(failures: int) -> float:
    """Seconds until the next attempt after so many in a row; grows up to ``LONGEST_PAUSE``."""
    longest = min(LONGEST_PAUSE.total_seconds(), 2.0 ** min(failures, 10))  # a float's power overflows after a bad night
    # full jitter: many gateways must not come back at the same moment
    return random.uniform(0.5, longest)  # noqa: S311


class Feeds:
    """The feed of one account. ``callback`` is its public webhook address, None where there is none."""

    def __init__(
        self, account: Account, ingest: Ingest, callback: str | None, *, pause: Callable[[int], float] = pause
    ) -> None:
        self._account = account
        self._ingest = ingest
        self._callback = callback
        self._pause = pause

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

        Raises only what no connector may raise; then too the feed counts as stopped.
        """
        connector = self._account.connector
        if not isinstance(connector, ListensToFeed):
            return
        failures = 0
        while True:
            try:
                async with aclosing(connector.listen([])) as facts:
                    async for fact in facts:
                        await self._ingest.apply(self._account, [fact])
                        failures = 0
            except GivingError as error:
                await self._ingest.feed(self._account, error.code.lower())
            except Exception:
                await self._ingest.feed(self._account, FAULT)
                raise
            failures += 1
            await asyncio.sleep(self._pause(failures))

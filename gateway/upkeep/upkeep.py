"""All scheduled work: per account one owner among the equal processes. Nothing here has an audience to wait for it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from connectors.contract import KeepsFeed, ListensToFeed, ListsCampaigns, ReceivesDeliveries, RefreshesKeys
from gateway.accounts import Account
from gateway.clock import rest
from gateway.intake.ingest import Ingest
from gateway.intake.quarantine import Quarantine
from gateway.intake.webhooks import Webhooks
from gateway.observe import Metrics
from gateway.read.directory import KEPT_EVERY
from gateway.store.cache import Cache
from gateway.store.health import HealthBook
from gateway.upkeep.feeds import Feeds
from gateway.upkeep.lease import owning
from gateway.upkeep.polls import Polls
from gateway.upkeep.repeat import AFTER_FAILURE, repeat
from schema.model.errors import GivingError, LedgerUnavailable

KEYS_EVERY: Final = timedelta(hours=6)
QUARANTINE_EVERY: Final = timedelta(seconds=30)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done for an account again and again. After a failure it is tried again sooner."""

    account: str
    name: str
    interval: timedelta
    work: Callable[[], Awaitable[object]]


class Upkeep:
    """Runs until it is cancelled. ``public_url`` is where networks reach this gateway; ``sleep`` waits by the clock by which
    what is read is dated. ``jobs`` are done beside what the abilities of each account ask for.
    """

    def __init__(
        self,
        accounts: Mapping[str, Account],
        ingest: Ingest,
        webhooks: Webhooks,
        quarantine: Quarantine,
        book: HealthBook,
        cache: Cache,
        metrics: Metrics,
        public_url: str | None,
        *,
        jobs: Sequence[Job] = (),
        after_failure: timedelta = AFTER_FAILURE,
        sleep: Callable[[timedelta], Awaitable[None]] = rest,
    ) -> None:
        self._accounts = accounts
        self._ingest = ingest
        self._webhooks = webhooks
        self._quarantine = quarantine
        self._book = book
        self._cache = cache
        self._metrics = metrics
        self._public_url = public_url
        self._jobs = jobs
        self._after_failure = after_failure
        self._sleep = sleep
        self._errands: set[asyncio.Task[None]] = set()
        ingest.opened = self._opened

    async def run(self) -> None:
        """One task an account; an account that fails disturbs no other."""
        async with asyncio.TaskGroup() as tasks:
            for account in self._accounts.values():
                # keys are every process's own, as each holds a key ring
                tasks.create_task(self._keys(account))
                tasks.create_task(owning(self._cache, f"upkeep:{account.name}", partial(self._account, account)))

    async def _keys(self, account: Account) -> None:
        connector = account.connector
        if isinstance(connector, RefreshesKeys):
            await self._every(account, "keys", KEYS_EVERY, connector.refresh_keys)

    async def _account(self, account: Account) -> None:
        connector, pace = account.connector, account.spec.pace.poll
        callback = None
        if self._public_url is not None:
            callback = f"{self._public_url.rstrip('/')}/webhooks/{account.platform}/{account.name}"
        feeds = Feeds(account, self._ingest, callback, sleep=self._sleep)
        async with asyncio.TaskGroup() as tasks:
            for job in self._jobs:
                if job.account == account.name:
                    tasks.create_task(self._every(account, job.name, job.interval, job.work))
            if isinstance(connector, ListsCampaigns) and pace is not None:
                polls = Polls(account, self._ingest, self._book)
                tasks.create_task(self._every(account, "poll", pace, polls.once))
            if isinstance(connector, KeepsFeed):
                tasks.create_task(self._every(account, "feed", KEPT_EVERY, feeds.keep))
            if isinstance(connector, ListensToFeed):
                with contextlib.suppress(LedgerUnavailable):  # it must not end the work; the feed says how it is soon
                    await self._book.feed(account.name, "connecting")
                tasks.create_task(self._every(account, "listen", self._after_failure, feeds.listen))
            if isinstance(connector, ReceivesDeliveries):
                tasks.create_task(
                    self._every(account, "quarantine", QUARANTINE_EVERY, partial(self._webhooks.try_again, account))
                )

    async def _every(self, account: Account, job: str, interval: timedelta, work: Callable[[], Awaitable[object]]) -> None:
        await repeat(account.name, job, work, interval, self._metrics, after_failure=self._after_failure, sleep=self._sleep)

    async def _try_again(self, account: Account) -> None:
        try:
            await self._webhooks.try_again(account)
        except GivingError as error:
            log.warning("quarantine.failed", account=account.name, code=error.code)
        except Exception:
            log.exception("quarantine.fault", account=account.name)

    async def _opened(self, name: str) -> None:
        """What came before its campaign was known need not wait any longer."""
        account = self._accounts[name]
        if isinstance(account.connector, ReceivesDeliveries):
            await self._quarantine.wake(name)
            # not awaited: the delivery that opened the campaign has a network waiting for its answer
            task = asyncio.create_task(self._try_again(account))
            self._errands.add(task)
            task.add_done_callback(self._errands.discard)

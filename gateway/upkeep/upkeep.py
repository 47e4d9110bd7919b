"""All scheduled work: per account one owner among the equal processes. Nothing here has an audience to wait for it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from connectors.contract import KeepsFeed, ListensToFeed, ListsCampaigns, RefreshesKeys
from gateway.accounts import Account
from gateway.clock import rest
from gateway.configured import Configured, Current
from gateway.intake.ingest import Ingest
from gateway.intake.quarantine import Quarantine
from gateway.intake.webhooks import Webhooks
from gateway.observe import Metrics
from gateway.read.directory import KEPT_EVERY
from gateway.settings import Settings
from gateway.store.cache import Cache
from gateway.store.health import HealthBook
from gateway.upkeep import catch_up, reconcile
from gateway.upkeep.catch_up import CatchUp
from gateway.upkeep.crew import Work, Works, crew
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
    """Runs until it is cancelled. ``jobs`` are done beside what the abilities of each account ask for, ``catching`` gives what
    reads bills and what may be missing; ``sleep`` waits by the clock by which what is read is dated.

    When the configuration changes, what is new begins and what is gone ends. All else goes on undisturbed: the work of an
    account that is the same one, and jobs of the same name and interval.
    """

    def __init__(
        self,
        current: Current,
        ingest: Ingest,
        webhooks: Webhooks,
        quarantine: Quarantine,
        book: HealthBook,
        cache: Cache,
        metrics: Metrics,
        *,
        jobs: Callable[[Configured], Sequence[Job]] = lambda _: (),
        catching: Callable[[Account, Polls | None], CatchUp] | None = None,
        after_failure: timedelta = AFTER_FAILURE,
        sleep: Callable[[timedelta], Awaitable[None]] = rest,
    ) -> None:
        self._current = current
        self._ingest = ingest
        self._webhooks = webhooks
        self._quarantine = quarantine
        self._book = book
        self._cache = cache
        self._metrics = metrics
        self._jobs = jobs
        self._catching = catching
        self._after_failure = after_failure
        self._sleep = sleep
        self._errands: set[asyncio.Task[None]] = set()
        ingest.opened = self._opened

    async def run(self) -> None:
        """One task an account; an account that fails disturbs no other."""
        await crew(self._all())

    async def _all(self) -> AsyncGenerator[Works, None]:
        async for configured in self._current.each():
            works: dict[Hashable, Work] = {}
            for account in configured.accounts.values():
                if isinstance(account.connector, RefreshesKeys):  # every process's own, as each holds a key ring
                    works["keys", account] = partial(self._every, account, "keys", KEYS_EVERY, account.connector.refresh_keys)
                # by name, so that an account that is built anew takes the lease over
                lease = f"upkeep:{account.name}"
                works["lease", account.name] = partial(owning, self._cache, lease, partial(self._account, account.name))
            yield works

    async def _account(self, name: str) -> None:
        await crew(self._owned(name))

    async def _owned(self, name: str) -> AsyncGenerator[Works, None]:
        """The work of one account for the process that does it."""
        first = True
        async for configured in self._current.each():
            account = configured.accounts.get(name)
            if account is not None and not first and account.is_told:
                await self._errand(account, self._quarantine.wake(name))  # what no rule took may have one now
            first = False
            yield {} if account is None else self._works(account, configured)

    def _works(self, account: Account, configured: Configured) -> Works:
        connector, pace, callback = account.connector, account.spec.pace.poll, _callback(account, configured.settings)
        works: dict[Hashable, Work] = {}

        def keep(job: str, interval: timedelta, work: Callable[[], Awaitable[object]], *on: Hashable) -> None:
            works[account, job, interval, *on] = partial(self._every, account, job, interval, work)

        for job in self._jobs(configured):
            if job.account == account.name:
                keep(job.name, job.interval, job.work)
        lists = isinstance(connector, ListsCampaigns) and pace is not None
        polls = Polls(account, self._ingest, self._book, self._metrics) if lists else None
        catching = None if self._catching is None else self._catching(account, polls)
        if polls is not None and pace is not None:
            keep("poll", pace, polls.once if catching is None else catching.poll)
        if catching is not None:
            keep("catch_up", catch_up.EVERY, catching.once)
            if catching.has_bills:
                keep("reconcile", reconcile.EVERY, catching.bills)
        feeds = Feeds(account, self._ingest, callback, self._webhooks.hold, sleep=self._sleep)
        if isinstance(connector, KeepsFeed):
            keep("feed", KEPT_EVERY, feeds.keep, callback)
        if isinstance(connector, ListensToFeed):
            works[account, "listen"] = partial(self._listen, account, feeds)
        if account.is_told:
            keep("quarantine", QUARANTINE_EVERY, partial(self._webhooks.try_again, account))
        return works

    async def _listen(self, account: Account, feeds: Feeds) -> None:
        with contextlib.suppress(LedgerUnavailable):  # it must not end the work; the feed says how it is soon
            await self._book.feed(account.name, "connecting")
        await self._every(account, "listen", self._after_failure, feeds.listen)

    async def _every(self, account: Account, job: str, interval: timedelta, work: Callable[[], Awaitable[object]]) -> None:
        await repeat(account.name, job, work, interval, self._metrics, after_failure=self._after_failure, sleep=self._sleep)

    async def _errand(self, account: Account, work: Awaitable[object]) -> None:
        """Something for the quarantine. Where it fails, what is held is tried again in its time."""
        try:
            await work
        except GivingError as error:
            log.warning("quarantine.failed", account=account.name, code=error.code)
        except Exception:
            log.exception("quarantine.fault", account=account.name)

    async def _opened(self, name: str) -> None:
        """What came before its campaign was known need not wait any longer."""
        account = self._current.now.accounts.get(name)
        if account is not None and account.is_told:
            await self._quarantine.wake(name)
            # not awaited: the delivery that opened the campaign has a network waiting for its answer
            task = asyncio.create_task(self._errand(account, self._webhooks.try_again(account)))
            self._errands.add(task)
            task.add_done_callback(self._errands.discard)


def _callback(account: Account, settings: Settings) -> str | None:
    """Where the network reaches this account, or None where it cannot."""
    base = settings.public_url
    return None if base is None else f"{base.rstrip('/')}/webhooks/{account.platform}/{account.name}"

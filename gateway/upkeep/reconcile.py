"""Reconciliation of an account whose network keeps bills: which days, and each of them until it was read."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from connectors.ports import Clock
from gateway.accounts import Account
from gateway.observe import Metrics
from gateway.store.continuity import Gap
from gateway.store.reconciled import Reconciled, Summary
from gateway.upkeep.findings import Kind, Report
from gateway.upkeep.statements import Statements, Tell
from schema.model.errors import GivingError, LedgerUnavailable

EVERY: Final = timedelta(minutes=30)
"""How often it is looked whether there is anything to do."""
DAYS: Final = 7
"""How far back that goes."""
AGAIN: Final = timedelta(hours=6)
"""After this a day is read again that lacked something, or of which rows could not be read or wait for what may yet come."""
NOTIFIED: Final = timedelta(days=2)
"""For how long a payment may be notified: what came at a moment is on bills from so long before."""
log = structlog.get_logger()


class Reconcile:
    """One account's bills, which ``bills``. What was done is known to all processes."""

    def __init__(self, account: Account, statements: Statements, done: Reconciled, clock: Clock, metrics: Metrics) -> None:
        self._account = account
        self._statements = statements
        self._done = done
        self._clock = clock
        self._metrics = metrics

    async def once(self) -> None:
        """Reads the bills of the last seven days that were not read yet. Raises LedgerUnavailable.

        A bill that cannot be had is left for the next time: to ask more often would not bring it sooner.
        """
        done = await self._done.read(self._account.name)
        self._tell(done)
        for day in self.days():
            summary = done.get(day)
            if summary is None or (summary.waiting and self._clock.now() - summary.read_at >= AGAIN):
                await self.day(day)

    async def catch_up(self, gap: Gap, *, to_the_day: bool = False) -> bool:
        """Reads the bills of which rows may be missing, once for a gap, and gives whether all of them are read. ``to_the_day``:
        the bill of the day on which it was noticed is one of them, which is there the day after.

        The newest one is not waited for where nothing of its own day is missing: a bill in the making cannot be told from a
        day without payments on some networks, and what was notified late is on it when it comes. Raises LedgerUnavailable.
        """
        zone = ZoneInfo(self._account.spec.pace.zone)
        since = None if gap.since is None else gap.since.astimezone(zone).date()
        first = date.min if since is None else since - NOTIFIED

        def lacks(day: date) -> bool:
            summary = done.get(day)
            return summary is None or (day >= first and summary.read_at < gap.noticed_at)

        done = await self._done.read(self._account.name)
        for day in filter(lacks, self.days()):
            await self.day(day)
        done = await self._done.read(self._account.name)
        last, due = gap.noticed_at.astimezone(zone).date(), self.days()
        waits = to_the_day or (since is not None and due[-1] >= since)
        return not any(map(lacks, due if waits else due[:-1])) and (not to_the_day or max(done, default=date.min) >= last)

    def days(self, since: date | None = None, until: date | None = None) -> list[date]:
        """The days within bounds (the last seven without a first one) of which the network has a bill by now."""
        pace, now = self._account.spec.pace, self._clock.now().astimezone(ZoneInfo(self._account.spec.pace.zone))
        newest = now.date() - timedelta(days=1 if now.time() >= (pace.statements_at or time()) else 2)
        last = newest if until is None else min(newest, until)
        first = newest - timedelta(days=DAYS - 1) if since is None else since
        first = max(first, now.date() - pace.statements_kept)
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    async def day(self, day: date, tell: Tell = lambda _: None) -> Report:
        """Reads the bill of one day, and keeps that it was read. Raises LedgerUnavailable; other errors are in the report."""
        name = self._account.name
        try:
            report = await self._statements.day(self._account, day, tell)
        except LedgerUnavailable:
            raise
        except GivingError as error:
            log.warning("statement.failed", account=name, day=day.isoformat(), code=error.code)
            return Report.unread(name, day.isoformat(), error)
        except Exception:  # one bill that a connector cannot bear must not keep the other days waiting
            log.exception("statement.fault", account=name, day=day.isoformat())
            return Report.unread(name, day.isoformat(), GivingError())
        found = {kind.value: count for kind, count in report.findings.of(None).items()}
        before = (await self._done.read(name)).get(day)
        await self._done.keep(name, day, Summary(self._clock.now(), report.rows, found, report.findings.waiting))
        news = _news(found, before)
        for kind in Kind:
            self._metrics.reconciled.labels(name, kind.value).inc(news[kind])
        log.info("statement.read", account=name, day=day.isoformat(), rows=report.rows, **found)
        if not report.agrees() and any(news[kind] for kind in Kind if kind is not Kind.MISSING_HERE):
            log.error("statement.differs", account=name, day=day.isoformat(), **found)
        self._tell(await self._done.read(name))
        return report

    def _tell(self, done: Mapping[date, Summary]) -> None:
        if done:
            newest = datetime.combine(max(done), time(), UTC)
            self._metrics.reconciled_day.labels(self._account.name).set(newest.timestamp())


def _news(found: Mapping[str, int], before: Summary | None) -> dict[Kind, int]:
    """What a reading of a day found beyond the one before. What was missing here is applied, so none of it is found twice."""
    known = {} if before is None else before.found
    return {
        kind: found.get(kind, 0) if kind is Kind.MISSING_HERE else max(0, found.get(kind, 0) - known.get(kind, 0))
        for kind in Kind
    }

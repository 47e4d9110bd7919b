"""What is read again: the archive, from which comes back what networks forget, and the lists of a network."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final, cast

import structlog

from connectors.contract import ReadsExports, ReceivesDeliveries
from gateway.accounts import Account
from gateway.intake.archive import Archive
from gateway.intake.webhooks import APPLIED, Webhooks
from gateway.upkeep.findings import Finding, Findings, Kind, Report
from gateway.upkeep.polls import Polls
from gateway.upkeep.statements import Statements, Tell
from schema.model.errors import DeliveryRejected, GivingError, LedgerUnavailable

MARGIN: Final = timedelta(minutes=10)
"""How far the clocks of machines may be apart, and a delivery on its way."""
log = structlog.get_logger()


class Replay:
    """Reads one file of the archive at a time. Raises LedgerUnavailable; other errors are in the reports."""

    def __init__(self, archive: Archive, webhooks: Webhooks, statements: Statements) -> None:
        self._archive = archive
        self._webhooks = webhooks
        self._statements = statements

    def knew(self, account: Account, before: datetime) -> bool:
        """Whether the ledger had everything of an account before a moment, at any time."""
        since = self._archive.remembered(account.name)
        return since is not None and since < before

    def remember(self, account: Account) -> None:
        """It has everything now."""
        self._archive.remember(account.name)

    async def restore(self, account: Account, since: datetime | None = None) -> bool:
        """All that was kept of an account, or what was kept from shortly before a moment on: deliveries first, then files.

        Whether all of it could be read; how it went is in the log.
        """
        reports = [report async for report in self._restored(account, since)]
        for report in reports:
            found = {kind.value: count for kind, count in report.findings.of(None).items()}
            log.info("archive.read", account=account.name, file=report.source, rows=report.rows, failed=report.failed, **found)
        return all(report.failed is None for report in reports)

    async def _restored(self, account: Account, since: datetime | None) -> AsyncIterator[Report]:
        if account.receiver is not None:
            for name in self._archive.deliveries(account.name, since):
                yield await self.deliveries(account, name, since=since)
        if isinstance(account.connector, ReadsExports):
            for name in self._archive.contents(account.name, since):
                yield await self.content(account, name)

    async def deliveries(
        self, account: Account, name: str, tell: Tell = lambda _: None, *, since: datetime | None = None
    ) -> Report:
        """Deliveries of an account that receives them, each as if it had just come: what it names is read again.

        With ``since`` those that came from shortly before it on.
        """
        connector = cast("ReceivesDeliveries", account.connector)
        findings, rows, failed = Findings(), 0, None
        try:
            async for delivery in self._archive.read(account.name, name):
                if since is not None and delivery.received_at < since - MARGIN:
                    continue
                rows += 1
                try:
                    _, outcome = await self._webhooks.take(account, connector, delivery)
                except DeliveryRejected as error:  # it was proven when it came; the key that did may have gone since
                    findings.add(Finding(Kind.UNREADABLE, line=rows, reason=error.reason))
                except GivingError:
                    raise
                except Exception:  # one that a connector cannot bear any more must not keep those behind it waiting
                    log.exception("archive.fault", account=account.name, file=name)
                    findings.add(Finding(Kind.UNREADABLE, line=rows, reason="fault"))
                else:
                    if outcome != APPLIED:
                        findings.add(Finding(Kind.HELD, line=rows, reason="quarantine"))
                tell(rows)
        except LedgerUnavailable:
            raise
        except GivingError as error:
            failed = error.code
        return Report(account.name, name, rows, findings, failed=failed)

    async def content(self, account: Account, name: str, tell: Tell = lambda _: None) -> Report:
        """A statement or an export, of an account that reads them."""
        try:
            async with self._archive.opened(account.name, name) as file:
                return await self._statements.file(account, name, file, tell)
        except LedgerUnavailable:
            raise
        except GivingError as error:
            return Report.unread(account.name, name, error)


async def relisted(account: Account, polls: Polls, tell: Tell = lambda _: None) -> Report:
    """The lists of an account, read whole by polls that remember nothing. Raises LedgerUnavailable."""
    findings = Findings()
    try:
        told = await polls.once()
    except LedgerUnavailable:
        raise
    except GivingError as error:
        return Report.unread(account.name, "lists", error)
    for verdict in told.elements():
        findings.judge(verdict)
    tell(told.total())
    return Report(account.name, "lists", told.total(), findings)

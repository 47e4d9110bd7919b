"""What is read again on request: the archive, from which comes back what networks forget, and the lists of a network."""

from typing import cast

import structlog

from connectors.contract import ReceivesDeliveries
from gateway.accounts import Account
from gateway.intake.archive import Archive
from gateway.intake.webhooks import APPLIED, Webhooks
from gateway.upkeep.findings import Finding, Findings, Kind, Report
from gateway.upkeep.polls import Polls
from gateway.upkeep.statements import Statements, Tell
from schema.model.errors import DeliveryRejected, GivingError, LedgerUnavailable

log = structlog.get_logger()


class Replay:
    """Reads one file of the archive at a time. Raises LedgerUnavailable; other errors are in the reports."""

    def __init__(self, archive: Archive, webhooks: Webhooks, statements: Statements) -> None:
        self._archive = archive
        self._webhooks = webhooks
        self._statements = statements

    async def restore(self, account: Account) -> None:
        """All deliveries that were kept of an account that receives them. How it went is in the log."""
        for name in self._archive.deliveries(account.name):
            report = await self.deliveries(account, name)
            found = {kind.value: count for kind, count in report.findings.of(None).items()}
            log.info("archive.read", account=account.name, file=name, rows=report.rows, failed=report.failed, **found)

    async def deliveries(self, account: Account, name: str, tell: Tell = lambda _: None) -> Report:
        """Deliveries of an account that receives them, each as if it had just come: what it names is read again."""
        connector = cast("ReceivesDeliveries", account.connector)
        findings, rows, failed = Findings(), 0, None
        try:
            async for delivery in self._archive.read(account.name, name):
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

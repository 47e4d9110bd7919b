"""The archive read again: what networks forget is restored from it."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import cast

from connectors.contract import ReadsExports, ReceivesDeliveries
from gateway.accounts import Account
from gateway.intake.archive import Archive
from gateway.intake.ingest import Verdict
from gateway.intake.webhooks import Webhooks
from gateway.upkeep.findings import Finding, Findings, Kind, Report
from gateway.upkeep.polls import Polls
from gateway.upkeep.statements import Statements, Tell
from schema.model.errors import DeliveryRejected, GivingError, LedgerUnavailable


class Replay:
    """Reads what was kept of an account. Raises LedgerUnavailable; other errors are in the reports."""

    def __init__(self, archive: Archive, webhooks: Webhooks, statements: Statements) -> None:
        self._archive = archive
        self._webhooks = webhooks
        self._statements = statements

    async def reports(self, account: Account, tell: Tell) -> AsyncIterator[Report]:
        """One report for each file."""
        if isinstance(account.connector, ReceivesDeliveries):
            for name in self._archive.deliveries(account.name):
                yield await self._deliveries(account, name, tell)
        if isinstance(account.connector, ReadsExports):
            for name in self._archive.contents(account.name):
                yield await self._content(account, name, tell)

    async def _deliveries(self, account: Account, name: str, tell: Tell) -> Report:
        """Each as if it had just come, so that what it names is read again from the network."""
        findings, rows = Findings(), 0
        connector = cast("ReceivesDeliveries", account.connector)
        try:
            async with aclosing(self._archive.read(account.name, name)) as deliveries:
                async for delivery in deliveries:
                    rows += 1
                    try:
                        _, outcome = await self._webhooks.take(account, connector, delivery)
                    except DeliveryRejected as error:  # it was proven when it came; the key that did may have gone since
                        findings.add(Finding(Kind.UNREADABLE, line=rows, reason=error.reason))
                    else:
                        if outcome != "applied":
                            findings.add(Finding(Kind.HELD, line=rows, reason="quarantine"))
                    tell(rows)
        except LedgerUnavailable:
            raise
        except GivingError as error:
            return Report(account.name, name, rows, findings, failed=error.code)
        return Report(account.name, name, rows, findings)

    async def _content(self, account: Account, name: str, tell: Tell) -> Report:
        try:
            async with self._archive.opened(account.name, name) as file:
                return await self._statements.file(account, name, file, tell)
        except LedgerUnavailable:
            raise
        except GivingError as error:
            return Report.unread(account.name, name, error)


async def relisted(account: Account, polls: Polls) -> Report:
    """The lists of an account read whole, and what they told. Raises LedgerUnavailable."""
    findings, told = Findings(), Counter[Verdict]()
    try:
        told = await polls.once()
    except LedgerUnavailable:
        raise
    except GivingError as error:
        return Report.unread(account.name, "lists", error)
    for verdict, count in told.items():
        for _ in range(count):
            findings.judge(verdict)
    return Report(account.name, "lists", told.total(), findings)

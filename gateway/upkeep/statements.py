"""Statements through the same door as everything else, and what the ledger has beside them."""

import asyncio
from collections.abc import Callable
from datetime import date
from itertools import islice
from typing import BinaryIO, Final, cast

from connectors.contract import FetchesStatements, ReadsExports, Row
from gateway.accounts import Account
from gateway.intake.archive import Archive
from gateway.intake.ingest import Ingest, Verdict
from gateway.intake.rows import each, facts, waits
from gateway.upkeep.expected import Counted, Expected
from gateway.upkeep.findings import Finding, Findings, Kind, Report
from schema.model.errors import NotFound
from schema.model.facts import DonationState
from schema.model.ids import entity

BATCH: Final = 200
"""Rows that are read from a file together, in a thread."""
AT_ONCE: Final = 8
"""Rows under way at the same moment. A process that serves has a quarter of its connections taken by them at most."""
NOTHING: Final = Expected({}, ())
Tell = Callable[[int], None]
"""Is told how many rows were taken in so far."""


def bills(account: Account) -> bool:
    """Whether the network keeps a bill of each day that can be read."""
    return isinstance(account.connector, FetchesStatements) and isinstance(account.connector, ReadsExports)


class Statements:
    """Reads bills and files like them into the ledger. Raises LedgerUnavailable where a row could not be confirmed."""

    def __init__(self, ingest: Ingest, archive: Archive, counted: Counted, *, at_once: int = AT_ONCE) -> None:
        self._ingest = ingest
        self._archive = archive
        self._counted = counted
        self._at_once = at_once

    async def day(self, account: Account, day: date, tell: Tell = lambda _: None) -> Report:
        """The bill of one day of an account that ``bills``: archived, applied, and held against the ledger.

        A bill that is not there means a day without transactions, unless the ledger has some, or may have some: then it may
        be late, and the day is worth another look. Raises what the connector raises, and ArchiveUnavailable.
        """
        findings, rows = Findings(), 0
        expected = await self._counted.on(account, day)
        try:
            async with cast("FetchesStatements", account.connector).statement(day) as file:
                await self._archive.keep(account.name, file)
                rows = await self._read(account, file, findings, expected, tell)
        except NotFound:
            findings.waiting = bool(expected.unlike)
        for missing, campaign in expected.donations.items():
            findings.add(Finding(Kind.MISSING_THERE, campaign, entity=missing))
        return Report(account.name, day.isoformat(), rows, findings, expected.unlike)

    async def file(self, account: Account, source: str, file: BinaryIO, tell: Tell = lambda _: None) -> Report:
        """A statement or an export that was kept, of an account that reads them: applied."""
        findings = Findings()
        return Report(account.name, source, await self._read(account, file, findings, NOTHING, tell), findings)

    async def _read(self, account: Account, file: BinaryIO, findings: Findings, expected: Expected, tell: Tell) -> int:
        """Applies what is in a file, refunds after all donations; gives the number of rows that say anything."""
        taken = 0
        for refunds in (False, True):
            file.seek(0)
            rows = cast("ReadsExports", account.connector).read_export(file)
            waiting = False
            while batch := await asyncio.to_thread(list, islice(rows, BATCH)):
                ours = [row for row in batch if waits(row) is refunds]
                waiting = waiting or len(ours) < len(batch)
                told = await each(ours, lambda row: self._one(account, row), self._at_once)
                for row, verdicts in zip(ours, told, strict=True):
                    _note(account, row, verdicts, findings, expected)
                taken += sum(row.problem is not None or bool(facts(row)) for row in ours)
                tell(taken)
            if not waiting:
                break
        return taken

    async def _one(self, account: Account, row: Row) -> list[Verdict]:
        return [] if row.problem is not None else await self._ingest.verdicts(account, facts(row))


def _note(account: Account, row: Row, verdicts: list[Verdict], findings: Findings, expected: Expected) -> None:
    if row.problem is not None:
        findings.add(Finding(Kind.UNREADABLE, line=row.line, reason=row.problem))
        return
    for fact, verdict in zip(facts(row), verdicts, strict=True):
        who = entity(account.platform, fact.native_id) if isinstance(fact, DonationState) else None
        if who is not None:
            expected.donations.pop(who, None)
        findings.judge(verdict, line=row.line, entity=who)

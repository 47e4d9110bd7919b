"""Files in: exports, statements and published figures of any size, through the same door as everything else.

Constant memory. Each fact is one call of the ledger, so no row is half applied, and a file that is read again, whole or in
part, counts nothing twice. A killed import goes on where it was. What cannot be applied is listed with its line and reason.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from connectors.contract import ReadsExports, Row
from gateway.accounts import Account
from gateway.intake.archive import Archive
from gateway.intake.ingest import Ingest
from gateway.intake.journal import Journal, Mark, Rejected, name_of
from gateway.intake.rows import REASONS, each, facts, waits
from gateway.store.health import HealthBook
from schema.model.errors import OperatorError

BATCH: Final = 2_000
"""Rows between two marks: what a killed import applies again, and all that is held in memory."""
AT_ONCE: Final = 64
"""Rows under way at the same moment, so that many share one write to disk."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: bytes of the file read, rows taken in, rows rejected. ``again``: now for its refunds."""

    read: int
    size: int
    taken: int
    rejected: int
    again: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What has become of a file's rows: ``known`` ones told nothing new. Rows that say nothing are in no number."""

    new: int
    known: int
    rejected: int
    rejected_file: Path | None


@dataclass(frozen=True, slots=True)
class _Told:
    """What became of one row."""

    line: int
    rejected: str | None = None
    new: bool = False
    known: bool = False


class Imports:
    """Reads files into the ledger. ``folder`` keeps what outlives a killed one."""

    def __init__(
        self,
        ingest: Ingest,
        book: HealthBook,
        archive: Archive,
        folder: Path,
        *,
        batch: int = BATCH,
        at_once: int = AT_ONCE,
    ) -> None:
        self._ingest = ingest
        self._book = book
        self._archive = archive
        self._folder = folder
        self._batch = batch
        self._at_once = at_once

    async def read(self, account: Account, path: Path, tell: Callable[[Progress], None] = lambda _: None) -> Report:
        """Archives a file and applies it, from where it was left if it was.

        Raises ArchiveUnavailable before any row was applied, and LedgerUnavailable where one could not be confirmed: the
        next call goes on. Raises OperatorError for an account without files, and for a file that is being imported.
        """
        if not isinstance(account.connector, ReadsExports):
            raise OperatorError(f"{account.spec.name} hands over no files that could be imported ({account.name}).")
        with path.open("rb") as file:
            name = name_of(account.name, file)
            with Journal.of(self._folder, name) as journal:
                await self._archive.keep(account.name, file)
                rejected, mark = Rejected(path, self._folder / f"{name}.rejected.csv"), journal.read()
                if not rejected.goes_on(mark.length):
                    mark = Mark()
                    rejected.goes_on(0)
                reading = _Reading(file, path.stat().st_size, journal, rejected, tell)
                if not mark.again:
                    mark = await self._sweep(account, account.connector, reading, mark)
                if mark.refunds:
                    # those that stand above their donations, and those that overtook them
                    mark = replace(mark, rows=0, again=True) if not mark.again else mark
                    mark = await self._sweep(account, account.connector, reading, mark)
                journal.end()
        if account.is_silent and (mark.new or mark.known):  # of others a file says nothing of how they are now
            await self._book.heard(account.name)
        return Report(mark.new, mark.known, mark.rejected, rejected.path if mark.rejected else None)

    async def _sweep(self, account: Account, reader: ReadsExports, reading: "_Reading", mark: Mark) -> Mark:
        reading.file.seek(0)
        rows = islice(reader.read_export(reading.file), mark.rows, None)
        while batch := list(islice(rows, self._batch)):
            ours = [row for row in batch if waits(row) == mark.again]
            told = await each(ours, lambda row: self._one(account, row), self._at_once)
            lines = [(row.line, row.rejected) for row in told if row.rejected is not None]
            mark = replace(
                mark,
                rows=mark.rows + len(batch),
                refunds=mark.refunds or len(ours) < len(batch),
                new=mark.new + sum(row.new for row in told),
                known=mark.known + sum(row.known for row in told),
                rejected=mark.rejected + len(lines),
                length=reading.rejected.add(lines) if lines else mark.length,
            )
            reading.note(mark)
        return mark

    async def _one(self, account: Account, row: Row) -> _Told:
        if row.problem is not None:
            return _Told(row.line, row.problem)
        verdicts = await self._ingest.verdicts(account, facts(row))
        held = next((verdict.held for verdict in verdicts if verdict.held is not None), None)
        if held is not None:
            return _Told(row.line, REASONS.get(held, held))
        new = any(verdict.new for verdict in verdicts)
        return _Told(row.line, new=new, known=bool(verdicts) and not new)


@dataclass(frozen=True, slots=True)
class _Reading:
    file: BinaryIO
    size: int
    journal: Journal
    rejected: Rejected
    tell: Callable[[Progress], None]

    def note(self, mark: Mark) -> None:
        self.journal.keep(mark)
        self.tell(Progress(min(self.file.tell(), self.size), self.size, mark.new + mark.known, mark.rejected, mark.again))

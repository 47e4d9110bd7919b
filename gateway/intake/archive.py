"""The archive: what was received and the network will not tell again, sealed, in ``data_dir/archive/<account>``.

Two kinds of files. Deliveries of networks that neither list donations nor bill them with all their clues, each on disk before
it is answered: a file for each process and month. Statements and exports that were read: a file for each content, named by the
moment of its keeping, as of two amounts the first stands. The files of several machines simply add up. They are never changed
and never removed by the gateway.
"""

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Final

import orjson
import structlog

from connectors.contract import Delivery, FetchesStatements, ListsDonations
from gateway.accounts import Account
from gateway.intake import kept
from gateway.intake.frames import frames
from gateway.intake.sealed_files import Contents, Log
from gateway.observe import Metrics
from gateway.store.seal import Sealer
from schema.model.errors import ArchiveUnavailable
from schema.model.total import Basis

WHOLE: Final = "whole"
"""An empty file, as old as the account is known."""
LATE: Final = timedelta(days=1)
"""How long a file may take to be applied after it was kept."""
AT_ONCE: Final = 20
"""Deliveries that are read together."""
log = structlog.get_logger()


def forgets(account: Account) -> bool:
    """Whether a delivery is the only time that the network tells all that it does of a donation that counts.

    What a network states as its total needs no donation to be restored, and its deliveries name donors, who may be erased.
    """
    # asked at every delivery, so what costs least is asked first
    connector, spec = account.connector, account.spec
    if spec.basis is not Basis.COUNTED or (spec.pace.statements_whole and isinstance(connector, FetchesStatements)):
        return False
    return account.receiver is not None and not isinstance(connector, ListsDonations)


class Archive:
    """Files under ``folder``. What writes raises ArchiveUnavailable when it is not certain to be on disk.

    What reads raises Unreadable where a file is spoiled, and SettingsInvalid where another key sealed it.
    """

    def __init__(self, folder: Path, sealer: Sealer, metrics: Metrics) -> None:
        self._folder = folder
        self._sealer = sealer
        self._metrics = metrics
        self._contents = Contents(folder, sealer)
        self._contents.tidy()
        self._logs: dict[str, Log] = {}
        # one thread, so that whoever gives up waiting leaves no two of them in one file
        self._writer = ThreadPoolExecutor(1, "archive")

    async def add(self, account: Account, delivery: Delivery) -> None:
        """Keeps a delivery, if its network will not tell it again. It is on disk when this returns."""
        if forgets(account):
            plain, month = orjson.dumps(kept.packed(delivery)), f"{delivery.received_at:%Y-%m}"
            await self._written(account.name, Log.KIND, lambda: self._append(account.name, month, plain), self._writer)

    async def keep(self, account: str, file: BinaryIO) -> None:
        """Keeps a statement or an export, once for each content. Leaves the file at its beginning."""
        await self._written(account, Contents.KIND, lambda: self._contents.store(account, file), None)

    def deliveries(self, account: str, since: datetime | None = None) -> Sequence[str]:
        """The names of the files of deliveries; with ``since`` of those that may hold one that came from then on."""
        first = "" if since is None else f"{Log.KIND}-{since - LATE:%Y-%m}"
        return [name for name in self._names(account, Log.KIND) if name >= first]

    def contents(self, account: str, since: datetime | None = None) -> Sequence[str]:
        """The names of the statements and exports, in the order in which they were kept; with ``since`` of those whose rows may
        have been applied from then on.
        """
        first = "" if since is None else Contents.name(since - LATE)
        return [name for name in self._names(account, Contents.KIND) if name >= first]

    def remember(self, account: str) -> None:
        """That the ledger had everything of an account, whatever may become of the ledger; of several times the first one."""
        with contextlib.suppress(OSError):  # without it a loss is taken for a new account
            (self._folder / account).mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._folder / account / WHOLE).open("x").close()

    def remembered(self, account: str) -> datetime | None:
        """Since when that is so."""
        try:
            return datetime.fromtimestamp((self._folder / account / WHOLE).stat().st_mtime, UTC)
        except OSError:
            return None

    async def read(self, account: str, name: str) -> AsyncIterator[Delivery]:
        """The deliveries of one file."""
        with (self._folder / account / name).open("rb") as source:
            plain = frames(self._sealer, source, f"{account}/{name}")
            while batch := await asyncio.to_thread(list, islice(plain, AT_ONCE)):
                for each in batch:
                    yield kept.unpacked(orjson.loads(each))

    @asynccontextmanager
    async def opened(self, account: str, name: str) -> AsyncIterator[BinaryIO]:
        """A statement or an export as it was, whole."""
        with TemporaryFile(dir=self._folder) as file:
            await asyncio.to_thread(self._contents.restore, f"{account}/{name}", file)
            yield file

    def close(self) -> None:
        """Ends what it started."""
        self._writer.shutdown()
        for each in self._logs.values():
            each.close()
        self._logs.clear()

    async def _written(self, account: str, kind: str, work: Callable[[], None], executor: Executor | None) -> None:
        outcome = "failed"
        try:
            await asyncio.get_running_loop().run_in_executor(executor, work)
            outcome = "kept"
        except OSError as error:
            reason = errno.errorcode.get(error.errno or 0, "unknown")
            log.critical("archive.failed", account=account, kind=kind, reason=reason)
            raise ArchiveUnavailable("the archive could not be written") from error
        finally:
            self._metrics.archived.labels(account, kind, outcome).inc()

    def _append(self, account: str, month: str, plain: bytes) -> None:
        current = self._logs.get(account)
        if current is not None and current.month != month:
            self._logs.pop(account).close()
            current = None
        if current is None:
            current = self._logs[account] = Log.begin(self._folder / account, month)
        try:
            current.write(self._sealer, plain)
        except OSError:
            del self._logs[account]  # what is torn stays the end of its file: the next delivery begins another one
            current.abandon()
            raise

    def _names(self, account: str, kind: str) -> list[str]:
        return sorted(path.name for path in (self._folder / account).glob(f"{kind}-*.sealed"))

"""How far an import has come, on disk: it survives a kill, and goes when the import is done. One process has it at a time."""

import csv
import fcntl
import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

import orjson

from schema.model.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Mark:
    """All of the first ``rows`` are applied, or in the first ``length`` bytes of the list of rejected ones.

    ``again``: the file is being read for the second time, for its refunds. ``refunds``: there are any.
    """

    again: bool = False
    rows: int = 0
    refunds: bool = False
    new: int = 0
    known: int = 0
    rejected: int = 0
    length: int = 0


class Journal:
    """The mark of one import. Only ever behind what was done, which does no harm."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    @contextmanager
    def of(cls, folder: Path, name: str) -> Iterator[Self]:
        """The journal of that name. Raises OperatorError while another process has it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{name}.json"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OperatorError("This file is being imported by another process.") from None
            yield cls(path, descriptor)
        finally:
            os.close(descriptor)

    def read(self) -> Mark:
        """The mark that was kept last, or the beginning where none can be read."""
        try:
            said: dict[str, Any] = orjson.loads(os.pread(self._descriptor, 4_096, 0))
            return Mark(**said)
        except (ValueError, TypeError):
            return Mark()

    def keep(self, mark: Mark) -> None:
        """In one piece, or it cannot be read."""
        packed = orjson.dumps(asdict(mark))
        os.ftruncate(self._descriptor, len(packed))
        os.pwrite(self._descriptor, packed, 0)

    def end(self) -> None:
        """The import is done: the next one begins anew."""
        self._path.unlink(missing_ok=True)


class Rejected:
    """The rows that could not be applied, as CSV: in FILE.rejected.csv, or in ``otherwise`` where that cannot be written."""

    def __init__(self, file: Path, otherwise: Path) -> None:
        self.path = file.with_name(f"{file.name}.rejected.csv") if os.access(file.parent, os.W_OK) else otherwise

    def goes_on(self, length: int) -> bool:
        """Takes back what is beyond ``length`` bytes. False where there are not even those."""
        if not length:
            self.path.unlink(missing_ok=True)
        elif not self.path.is_file() or self.path.stat().st_size < length:
            return False
        else:
            os.truncate(self.path, length)
        return True

    def add(self, rows: Sequence[tuple[int, str]]) -> int:
        """Writes lines with their reasons; gives how long the list is now."""
        text = io.StringIO()
        with self.path.open("ab") as file:
            writer = csv.writer(text)
            if file.tell() == 0:
                writer.writerow(("line", "reason"))
            writer.writerows(rows)
            file.write(text.getvalue().encode())
            return file.tell()


def name_of(account: str, file: BinaryIO) -> str:
    """The same for the same bytes and account, whatever the file is called."""
    digest = hashlib.sha256(f"{account}\n".encode())
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()

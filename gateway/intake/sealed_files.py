"""The files of the archive as they come to disk. All of it blocks, and raises OSError."""

import errno
import hashlib
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, ClassVar, Final, Self

from gateway.intake.frames import SIZE, framed, frames
from gateway.store.seal import Sealer
from schema.model.errors import Unreadable

UNFINISHED: Final = timedelta(days=1)
"""A file that was not written to for so long is nobody's: other processes keep files as well."""


@dataclass(slots=True)
class Log:
    """The deliveries of one account, month and process. Each is on disk when ``write`` returns."""

    KIND: ClassVar[str] = "deliveries"
    month: str
    path: Path
    descriptor: int
    frames: int = 0

    @classmethod
    def begin(cls, folder: Path, month: str) -> Self:
        """A new file in the folder of an account."""
        path = _made(folder) / f"{cls.KIND}-{month}-{secrets.token_hex(8)}.sealed"
        descriptor = _new(path)
        _settle(folder)
        return cls(month, path, descriptor)

    def write(self, sealer: Sealer, plain: bytes) -> None:
        """Adds a frame. When this fails nothing may follow it."""
        frame = framed(sealer, plain, f"{self.path.parent.name}/{self.path.name}", self.frames)
        if os.write(self.descriptor, frame) != len(frame):
            raise OSError(errno.ENOSPC, "written in part")
        os.fsync(self.descriptor)
        self.frames += 1

    def abandon(self) -> None:
        """Closes it, and leaves no file where nothing whole is in it."""
        self.close()
        if not self.frames:
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Ends it."""
        os.close(self.descriptor)


class Contents:
    """Whole files, each under the moment of its keeping and the hash of what is in it. One that is there is complete."""

    KIND: ClassVar[str] = "content"

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        self._folder = folder
        self._sealer = sealer

    @classmethod
    def name(cls, moment: datetime) -> str:
        """How names of files begin that were kept at a moment. They sort by time."""
        return f"{cls.KIND}-{moment:%Y-%m-%dT%H%M%S.%f}"

    def store(self, account: str, file: BinaryIO) -> None:
        """Keeps a file, unless it is there. Leaves it at its beginning."""
        folder, ending = _made(self._folder / account), _ending(file)
        if not any(folder.glob(f"{self.KIND}-*{ending}")):
            name = f"{self.name(datetime.now(UTC))}{ending}"
            unfinished = folder / f"{name}.{secrets.token_hex(4)}"
            try:
                with os.fdopen(_new(unfinished), "wb") as out:
                    for number, plain in enumerate(iter(lambda: file.read(SIZE), b"")):
                        out.write(framed(self._sealer, plain, f"{account}/{name}", number))
                    out.flush()
                    os.fsync(out.fileno())
                unfinished.replace(folder / name)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise
            _settle(folder)
        file.seek(0)

    def restore(self, place: str, file: BinaryIO) -> None:
        """Writes what was kept at ``account/name`` into an empty file, which is left at its beginning. Raises Unreadable."""
        with (self._folder / place).open("rb") as source:
            for plain in frames(self._sealer, source, place):
                file.write(plain)
        if not place.endswith(_ending(file)):
            raise Unreadable("content")

    def tidy(self) -> None:
        """Removes what was left of files by processes that were killed. Raises nothing."""
        before = time.time() - UNFINISHED.total_seconds()
        for path in self._folder.glob(f"*/{self.KIND}-*.sealed.*"):
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    path.unlink()


def _ending(file: BinaryIO) -> str:
    """How the name of a file ends that keeps this one, which is left at its beginning."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(SIZE):
        digest.update(chunk)
    file.seek(0)
    return f"-{digest.hexdigest()}.sealed"


def _new(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)


def _made(folder: Path) -> Path:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _settle(folder.parent)
    return folder


def _settle(folder: Path) -> None:
    """Puts the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

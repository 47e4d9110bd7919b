"""A bill's bytes, in a ZIP or plain: unpacked into a file, or line by line. Constant memory, bounded."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, cast

from connectors.alipay.sheet import ENCODING, MAX_BILL_BYTES, SUMMARY_FILE
from schema.model.errors import Unreadable, UpstreamGarbled

MAX_LINE: Final = 64 * 1024
"""Bytes; a row of a bill has about 300."""
MAX_DIRECTORY: Final = 64 * 1024
"""Bytes of a ZIP's table of contents, which is read whole; that of a bill has about 200."""
_CHUNK: Final = 256 * 1024
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_END: Final = struct.Struct("<4s4H2LH")  # the end of a ZIP: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.16
_COMMENT: Final = 0xFFFF
_LARGE: Final = b"PK\x06\x07"
_ENCRYPTED: Final = 1
_BROKEN: Final = (zipfile.BadZipFile, EOFError, zlib.error, struct.error, ValueError, NotImplementedError, RuntimeError)
"""What the standard library raises on a ZIP that is broken in one way or another."""


def unpack(source: BinaryIO, into: BinaryIO, most: int = MAX_BILL_BYTES) -> None:
    """Writes the bytes of the detail file of a ZIP. Raises UpstreamGarbled where there is none, whole and of that size."""
    if not _packed(source):
        raise UpstreamGarbled("the bill is no ZIP file, as when its address has expired")
    size = 0
    try:
        with _detail(source) as plain:
            while chunk := plain.read(_CHUNK):
                size += len(chunk)
                if size > most:
                    raise UpstreamGarbled(f"the bill has more than {most} bytes")
                into.write(chunk)
    except Unreadable as error:
        raise UpstreamGarbled(f"the bill is not packed as it must be ({error.reason})") from error
    except _BROKEN as error:
        raise UpstreamGarbled("the bill is no whole ZIP file") from error


def lines(source: BinaryIO, most: int = MAX_BILL_BYTES) -> Iterator[tuple[int, str | None]]:
    """The lines with their numbers from 1, without their ends, empty ones left out; None for one that is no text.

    ``source`` can seek. Raises Unreadable where the file breaks off or passes ``most`` bytes.
    """
    size = line = 0
    try:
        with _detail(source) as plain:
            while raw := plain.readline(MAX_LINE):
                line, whole = line + 1, raw
                while len(raw) == MAX_LINE and not raw.endswith(b"\n"):
                    raw, size = plain.readline(MAX_LINE), size + len(raw)
                size += len(raw)
                if size > most:
                    raise Unreadable("size")
                if found := whole.rstrip(b"\r\n"):
                    yield line, _text(found) if len(whole) < MAX_LINE else None
    except _BROKEN:
        raise Unreadable("zip") from None


def _packed(source: BinaryIO) -> bool:
    start = source.tell()
    packed = source.read(4) in _ZIP
    source.seek(start)
    return packed


@contextmanager
def _detail(source: BinaryIO) -> Iterator[BinaryIO]:
    """The file that tells every trade; beside it lies a summary. A file that is no ZIP is it itself."""
    if not _packed(source):
        yield source
        return
    if _directory(source) > MAX_DIRECTORY:
        raise Unreadable("directory")
    try:
        plain = _opened(source)
    except (*_BROKEN, OSError) as error:  # also of places outside of the file
        raise Unreadable("zip") from error
    with plain:
        yield plain


def _opened(source: BinaryIO) -> BinaryIO:
    with zipfile.ZipFile(source, metadata_encoding=ENCODING) as archive:  # names are GBK too, and not marked as anything
        details = [info for info in archive.infolist() if info.filename.endswith(".csv") and SUMMARY_FILE not in info.filename]
        if len(details) != 1:
            raise Unreadable("files")
        (info,) = details
        if info.flag_bits & _ENCRYPTED or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("compression")
        return cast("BinaryIO", archive.open(info))  # stays open without the archive


def _directory(source: BinaryIO) -> int:
    """How many bytes the table of contents says to have. Raises Unreadable for a ZIP beyond 4 GiB, which says it elsewhere."""
    length = source.seek(0, io.SEEK_END)
    source.seek(max(0, length - _COMMENT - _END.size))
    tail = source.read()
    place = tail.rfind(_ZIP[1])
    source.seek(0)
    if place < 0 or len(tail) - place < _END.size or tail.find(_LARGE) >= 0:
        raise Unreadable("zip")
    return int(_END.unpack_from(tail, place)[5])


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode(ENCODING)
    except UnicodeDecodeError:
        return None

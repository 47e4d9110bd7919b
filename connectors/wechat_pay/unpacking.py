"""A bill's bytes, packed or plain: unpacked into a file, or line by line. Constant memory, bounded."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from connectors.wechat_pay.sheet import MAX_BILL_BYTES
from schema.model.errors import Unreadable, UpstreamGarbled

MAX_LINE: Final = 64 * 1024
"""Bytes; a row of a bill has about 400."""
_CHUNK: Final = 256 * 1024
_GZIP: Final = b"\x1f\x8b"
_BROKEN: Final = (gzip.BadGzipFile, EOFError, zlib.error)


def unpack(source: BinaryIO, into: BinaryIO, most: int = MAX_BILL_BYTES) -> str:
    """Writes the unpacked bytes and gives their SHA-1 in hex. Raises UpstreamGarbled on a broken or too large file."""
    digest, size = hashlib.sha1(usedforsecurity=False), 0
    plain = _plain(source)
    try:
        while chunk := plain.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise UpstreamGarbled(f"the bill has more than {most} bytes")
            digest.update(chunk)
            into.write(chunk)
    except _BROKEN as error:
        raise UpstreamGarbled("the bill is no whole gzip file") from error
    return digest.hexdigest()


def lines(source: BinaryIO, most: int = MAX_BILL_BYTES) -> Iterator[tuple[int, str | None]]:
    """The lines with their numbers from 1, without their ends, empty ones left out; None for one that is no text.

    ``source`` can seek. Raises Unreadable where the file breaks off or passes ``most`` bytes.
    """
    plain, size, line = _plain(source), 0, 0
    try:
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
        raise Unreadable("gzip") from None


def _plain(source: BinaryIO) -> BinaryIO:
    start = source.tell()
    packed = source.read(len(_GZIP)) == _GZIP
    source.seek(start)
    return gzip.GzipFile(fileobj=source) if packed else source  # type: ignore[return-value]  # reads like one


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None
